// SPDX-License-Identifier: MIT OR Apache-2.0
// Messages on channels: sent, waiting, received, early.
#include "base/encoding.hpp"
#include "rtc/data_channel_state.hpp"

#include <array>

namespace flnet::rtc {

namespace {

constexpr std::size_t message_overhead = 64;  // Of a message that waits, as its record needs memory too.
constexpr std::array<std::uint8_t, 1> empty_message = {0};  // RFC 8831 §6.6: SCTP carries no empty ones.

std::uint32_t ppid_of(MessageView message) {
  if (message.kind == MessageKind::text) return message.bytes.empty() ? ppid_text_empty : ppid_text;
  return message.bytes.empty() ? ppid_binary_empty : ppid_binary;
}

/// What a payload protocol id makes of the bytes; nothing for those that carry no message.
std::optional<MessageView> message_of(std::uint32_t ppid, ByteView bytes) {
  switch (ppid) {
    case ppid_text:
      return MessageView{MessageKind::text, bytes};
    case ppid_binary:
      return MessageView{MessageKind::binary, bytes};
    case ppid_text_empty:
      return MessageView{MessageKind::text, {}};
    case ppid_binary_empty:
      return MessageView{MessageKind::binary, {}};
    default:
      return std::nullopt;
  }
}

SctpDelivery::Limit limit_of(Reliability reliability) {
  switch (reliability) {
    case Reliability::reliable:
      return SctpDelivery::Limit::none;
    case Reliability::max_retransmits:
      return SctpDelivery::Limit::retransmissions;
    case Reliability::max_lifetime:
      return SctpDelivery::Limit::lifetime;
  }
  return SctpDelivery::Limit::none;
}

}  // namespace

Result<> DataChannels::State::send_now(const Channel& channel, MessageView message, Time accepted) {
  // Until the peer knows the channel its messages stay behind the OPEN (RFC 8832 §6).
  const bool unordered = !channel.options.ordered && channel.phase == Phase::open;
  const SctpDelivery delivery{unordered, limit_of(channel.options.reliability),
                              channel.options.reliability_parameter};
  const ByteView bytes = message.bytes.empty() ? ByteView(empty_message) : message.bytes;
  return association.send(channel.stream, ppid_of(message), delivery, bytes, accepted);
}

bool DataChannels::State::send_waiting(Channel& channel) {
  while (!channel.waiting.empty()) {
    const Waiting& next = channel.waiting.front();
    if (!send_now(channel, next.message.view(), next.accepted)) return false;
    ++counters.messages_sent;
    waiting_bytes -= next.message.bytes.size() + message_overhead;
    channel.waiting_bytes -= next.message.bytes.size();
    channel.waiting.pop_front();
  }
  return true;
}

Result<> DataChannels::State::wait(Channel& channel, MessageView message, Time now) {
  const std::size_t charge = message.bytes.size() + message_overhead;
  if (waiting_bytes + charge > waiting_limit_bytes) {
    return failure(ErrorCode::queue_full, "too much waits for the channel to open");
  }
  waiting_bytes += charge;
  channel.waiting_bytes += message.bytes.size();
  channel.waiting.push_back({Message::copy(message), now});
  return {};
}

void DataChannels::State::drop_waiting(Channel& channel) {
  for (const Waiting& next : channel.waiting) waiting_bytes -= next.message.bytes.size() + message_overhead;
  channel.waiting.clear();
  channel.waiting_bytes = 0;
}

void DataChannels::State::receive_message(Channel& channel, std::uint32_t ppid, ByteView bytes) {
  const auto message = message_of(ppid, bytes);
  const bool bad_text = message && message->kind == MessageKind::text && !is_utf8(message->text());
  if (!message || bad_text) {
    ++counters.dropped_malformed;
    return;
  }
  acknowledged(channel);  // Who answers on a channel knows it, even when the ACK is late.
  end_grace(channel);
  if (channel.closing) {
    ++counters.dropped_closing;
    return advance_closing(channel);
  }
  ++counters.messages_received;
  sink.channel_received(id_of(channel), *message);
}

void DataChannels::State::keep_early(StreamId stream, std::uint32_t ppid, ByteView message) {
  if (!message_of(ppid, message)) {
    ++counters.dropped_malformed;
  } else if (early_bytes + message.size() > early_limit_bytes || early.size() >= early_limit_messages) {
    ++counters.dropped_early;
  } else {
    early_bytes += message.size();
    early.push_back({stream, ppid, to_bytes(message)});
  }
}

void DataChannels::State::deliver_early(Channel& channel) {
  for (auto it = early.begin(); it != early.end();) {
    if (it->stream != channel.stream) {
      ++it;
      continue;
    }
    early_bytes -= it->bytes.size();
    receive_message(channel, it->ppid, it->bytes);
    it = early.erase(it);
  }
}

}  // namespace flnet::rtc
