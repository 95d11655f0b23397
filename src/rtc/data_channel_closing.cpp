// SPDX-License-Identifier: MIT OR Apache-2.0
// Closing channels: each side resets its direction of the stream (RFC 8831 §6.7).
#include "rtc/data_channel_state.hpp"

#include <algorithm>
#include <utility>

namespace flnet::rtc {

// Goes on when nothing waits any more. The association sends what it has of the stream before it resets it.
void DataChannels::State::advance_closing(Channel& channel) {
  const bool is_ready =
      channel.closing && channel.phase != Phase::waiting && channel.waiting.empty() && !channel.grace_end;
  if (!is_ready || channel.ack_due || channel.own_reset != OwnReset::none) return;
  channel.own_reset = OwnReset::asked;
  association.reset_stream(channel.stream);
}

// From the OPEN on, and anew from its ACK on.
void DataChannels::State::begin_grace(Channel& channel, Time now) {
  channel.grace_end = now + listening_grace;
  if (channel.closing) find_close_deadline();
}

void DataChannels::State::end_grace(Channel& channel) {
  if (!channel.grace_end) return;
  channel.grace_end.reset();
  if (channel.closing) find_close_deadline();
}

// Whoever closed first is answered in kind; nobody would read what waits.
void DataChannels::State::take_peer_reset(Channel& channel) {
  if (channel.peer_reset) return;
  channel.peer_reset = true;
  channel.ack_due = false;
  end_grace(channel);
  drop_waiting(channel);
  if (channel.own_reset == OwnReset::done) return finish(channel, no_channel);
  const bool is_peers_will = !channel.closing;
  channel.closing = true;
  advance_closing(channel);
  if (is_peers_will) tell_closed(channel);
}

void DataChannels::State::take_own_reset(Channel& channel, bool performed, Time now) {
  const bool is_of_channel_before = channel.own_reset == OwnReset::inherited;
  if (channel.own_reset != OwnReset::asked && !is_of_channel_before) return;
  if (!performed) return finish(channel, lost_stream);
  if (is_of_channel_before) {
    channel.own_reset = OwnReset::none;
    return advance_closing(channel);
  }
  channel.own_reset = OwnReset::done;
  if (channel.peer_reset) return finish(channel, no_channel);
  channel.close_deadline = now + close_timeout;
  close_deadline = earliest(close_deadline, channel.close_deadline);
}

void DataChannels::State::tell_closed(Channel& channel) {
  if (std::exchange(channel.told, true)) return;
  sink.channel_closed(id_of(channel));
}

// Its place and, when `next_owner` is nobody, its stream are free for other channels.
void DataChannels::State::finish(Channel& channel, std::uint32_t next_owner) {
  drop_waiting(channel);
  if (channel.phase != Phase::waiting) by_stream[channel.stream] = next_owner;
  const bool told = channel.told;
  const ChannelId id = id_of(channel);
  const std::uint32_t generation = (channel.generation + 1) & max_generation;
  const bool was_awaited = channel.close_deadline || channel.grace_end;
  channel = Channel{};
  channel.generation = generation;
  if (was_awaited) find_close_deadline();
  if (!told) sink.channel_closed(id);
}

void DataChannels::State::find_close_deadline() {
  close_deadline.reset();
  for (const Channel& channel : channels) {
    close_deadline = earliest(close_deadline, channel.close_deadline);
    if (channel.closing) close_deadline = earliest(close_deadline, channel.grace_end);
  }
}

// The peer has not reset its direction: its stream can't serve another channel before it does.
void DataChannels::State::handle_timeout(Time now) {
  if (!close_deadline || now < *close_deadline) return;
  for (Channel& channel : channels) {
    if (channel.closing && channel.grace_end && *channel.grace_end <= now) {
      end_grace(channel);
      advance_closing(channel);
    }
    if (channel.close_deadline && *channel.close_deadline <= now) finish(channel, half_reset);
  }
}

void DataChannels::close(ChannelId id, Time now) {
  State::Channel* channel = state_->find(id);
  if (channel == nullptr || channel->closing) return;
  channel->closing = true;
  if (channel->phase == State::Phase::waiting && channel->waiting.empty()) {
    return state_->finish(*channel, State::no_channel);  // The peer never hears of it.
  }
  if (channel->grace_end && *channel->grace_end <= now) channel->grace_end.reset();
  state_->find_close_deadline();
  state_->start_waiting(now);
  state_->advance_closing(*channel);
}

void DataChannels::streams_reset(std::span<const StreamId> streams) {
  State& state = *state_;
  const auto named = [streams](std::size_t stream) {
    return streams.empty() || std::ranges::find(streams, stream) != streams.end();
  };
  for (State::Channel& channel : state.channels) {
    const bool has_stream = channel.phase == State::Phase::opening || channel.phase == State::Phase::open;
    if (has_stream && named(channel.stream)) state.take_peer_reset(channel);
  }
  for (std::size_t stream = 0; stream < state.by_stream.size(); ++stream) {
    if (state.by_stream[stream] == State::half_reset && named(stream))
      state.by_stream[stream] = State::no_channel;
  }
  std::erase_if(state.early, [&](const State::Early& message) {
    if (!named(message.stream)) return false;
    state.early_bytes -= message.bytes.size();
    return true;
  });
}

void DataChannels::own_streams_reset(std::span<const StreamId> streams, bool performed, Time now) {
  for (const StreamId stream : streams) {
    if (State::Channel* channel = state_->channel_on(stream))
      state_->take_own_reset(*channel, performed, now);
  }
  state_->start_waiting(now);  // Some may wait for a stream.
}

void DataChannels::handle_timeout(Time now) {
  state_->handle_timeout(now);
}

std::optional<Time> DataChannels::deadline() const {
  return state_->close_deadline;
}

std::optional<Time> DataChannels::grace_end() const {
  std::optional<Time> end;
  for (const State::Channel& channel : state_->channels) end = std::max(end, channel.grace_end);
  return end;
}

}  // namespace flnet::rtc
