// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerDriver: the channels beside the session's own one.
#include "io/native/peer_driver.hpp"

#include <algorithm>
#include <utility>

namespace flnet::io {
namespace {

rtc::DataChannelOptions machine_options(const DataChannelOptions& options) {
  rtc::DataChannelOptions machine{
      .label = options.label, .protocol = options.protocol, .ordered = options.ordered};
  if (options.max_retransmits) {
    machine.reliability = rtc::Reliability::max_retransmits;
    machine.reliability_parameter = *options.max_retransmits;
  } else if (options.max_packet_life_time) {
    const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(*options.max_packet_life_time);
    machine.reliability = rtc::Reliability::max_lifetime;
    machine.reliability_parameter = static_cast<std::uint32_t>(life.count());
  }
  return machine;
}

/// A peer may name more than W3C's 16 bits hold.
DataChannelOptions public_options(const rtc::DataChannelOptions& machine) {
  DataChannelOptions options{
      .label = machine.label, .protocol = machine.protocol, .ordered = machine.ordered};
  const auto limit =
      static_cast<std::uint16_t>(std::min<std::uint32_t>(machine.reliability_parameter, 0xffff));
  if (machine.reliability == rtc::Reliability::max_retransmits) options.max_retransmits = limit;
  if (machine.reliability == rtc::Reliability::max_lifetime)
    options.max_packet_life_time = std::chrono::milliseconds(limit);
  return options;
}

}  // namespace

Result<ChannelNumber> PeerDriver::open_channel(const DataChannelOptions& options) {
  if (stage_ == Stage::waiting) return failure(ErrorCode::not_connected, "the session is not open yet");
  if (stage_ != Stage::open) return failure(ErrorCode::closed, "the session is closed");
  // Its id must be known at once; the machine takes no calls from within.
  if (in_machine_) return failure(ErrorCode::queue_full, "a message is being delivered");
  Result<ChannelNumber> number = failure(ErrorCode::closed, "the session is closed");
  command([&] {
    const auto id = connection_.open_channel(machine_options(options), host_.now());
    number = id ? Result<ChannelNumber>(number_of(*id)) : failure(id.error());
  });
  return number;
}

Result<> PeerDriver::send_on(ChannelNumber number, MessageView message) {
  return send(std::optional(number), message);
}

void PeerDriver::close_channel(ChannelNumber number) {
  if (machine_over_) return;
  command([this, number] { connection_.close_channel(id_of(number), host_.now()); });
}

std::size_t PeerDriver::buffered_on(ChannelNumber number) const {
  return connection_.buffered_bytes(id_of(number));
}

// --- What the machine tells

void PeerDriver::other_channel_opened(rtc::ChannelId id, const rtc::DataChannelOptions& options,
                                      bool by_peer) {
  if (by_peer) {
    tell(ChannelOffered{number_of(id), public_options(options)});
  } else {
    tell(ChannelOpened{number_of(id)});
  }
}

void PeerDriver::other_channel_received(rtc::ChannelId id, MessageView message) {
  const ChannelNumber number = number_of(id);
  if (!from_loop_) return tell(ChannelMessage{number, Message::copy(message)});
  if (!events_.empty()) deliver_waiting();
  if (sink_ != nullptr) sink_->channel_received(number, message);
}

void PeerDriver::other_channel_closed(rtc::ChannelId id) {
  tell(ChannelClosed{number_of(id)});
}

}  // namespace flnet::io
