// SPDX-License-Identifier: MIT OR Apache-2.0
// ChannelTable: who gets what the session tells of a channel.
#include "net/channel_table.hpp"

#include <flnet/peer_connection.hpp>

#include <utility>

namespace flnet::net {
namespace {

Result<> check(const DataChannelOptions& options) {
  if (options.max_retransmits && options.max_packet_life_time)
    return failure(ErrorCode::invalid_argument,
                   "a channel has max_retransmits or max_packet_life_time, not both");
  if (const auto& life = options.max_packet_life_time;
      life && (*life < Duration::zero() || *life > DataChannelOptions::longest_life_time))
    return failure(ErrorCode::invalid_argument, "max_packet_life_time must be between 0 and 65535 ms");
  return {};
}

}  // namespace

Result<DataChannel> ChannelTable::create(DataChannelOptions options) {
  if (auto good = check(options); !good) return failure(std::move(good.error()));
  if (channels_.size() >= PeerConnectionLimits::channels)
    return failure(ErrorCode::queue_full, "the connection has too many channels");
  const auto number = owner_.session().open_channel(options);
  if (!number) return failure(number.error());
  auto state = std::make_shared<DataChannel::State>(owner_, *number, std::move(options), false);
  channels_.emplace(*number, state);
  return DataChannel(std::move(state));
}

bool ChannelTable::offered(io::ChannelNumber number, const DataChannelOptions& options) {
  if (over_ || offered_.size() >= PeerConnectionLimits::offered_channels ||
      channels_.size() >= PeerConnectionLimits::channels)
    return false;
  auto state = std::make_shared<DataChannel::State>(owner_, number, options, true);
  channels_.emplace(number, state);
  offered_.push_back(DataChannel(std::move(state)));
  takers_.wake_one();
  return true;
}

Task<std::optional<DataChannel>> ChannelTable::next(std::shared_ptr<ChannelTable> table) {
  while (table->offered_.empty() && !table->over_) {
    WaitList::Waiter turn(table->takers_);
    co_await turn;
  }
  if (table->offered_.empty()) co_return std::nullopt;
  std::optional<DataChannel> channel(table->offered_.take_front());
  co_return std::move(channel);
}

ChannelTable::Shared ChannelTable::find(io::ChannelNumber number) const {
  const auto found = channels_.find(number);
  return found == channels_.end() ? nullptr : found->second;
}

void ChannelTable::opened(io::ChannelNumber number) {
  if (const Shared channel = find(number)) channel->session_opened();
}

bool ChannelTable::received(io::ChannelNumber number, MessageView message) {
  const Shared channel = find(number);
  return channel == nullptr || channel->session_received(message);
}

void ChannelTable::closed(io::ChannelNumber number) {
  if (const Shared channel = find(number)) channel->session_closed();
}

void ChannelTable::has_room() {
  for (const auto& [number, channel] : channels_) channel->session_has_room();
}

void ChannelTable::end(const Error& reason) {
  over_ = true;
  const auto channels = std::exchange(channels_, {});
  for (const auto& [number, channel] : channels) channel->connection_ended(reason);
  takers_.wake_all();
}

}  // namespace flnet::net
