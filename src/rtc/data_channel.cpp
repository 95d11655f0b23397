// SPDX-License-Identifier: MIT OR Apache-2.0
// DataChannels' public face, and which channel an id or a stream means.
#include "rtc/data_channel.hpp"

#include "base/encoding.hpp"
#include "rtc/data_channel_state.hpp"

#include <algorithm>

namespace flnet::rtc {

namespace {

constexpr std::size_t max_text_size = 1024;

}  // namespace

DataChannels::State::Channel* DataChannels::State::find(ChannelId id) {
  const std::size_t place = id % max_channels;
  if (place >= channels.size()) return nullptr;
  Channel& channel = channels[place];
  return channel.phase != Phase::free && channel.generation == id / max_channels ? &channel : nullptr;
}

bool DataChannels::State::was_one(ChannelId id) const {
  const std::size_t place = id % max_channels;
  return place < channels.size() && id / max_channels < channels[place].generation;
}

ChannelId DataChannels::State::id_of(const Channel& channel) const {
  const auto place = static_cast<ChannelId>(&channel - channels.data());
  return channel.generation * static_cast<ChannelId>(max_channels) + place;
}

DataChannels::State::Channel* DataChannels::State::free_channel() {
  const auto is_free = [](const Channel& channel) { return channel.phase == Phase::free; };
  const auto found = std::ranges::find_if(channels, is_free);
  if (found != channels.end()) return &*found;
  if (channels.size() == max_channels) return nullptr;
  return &channels.emplace_back();
}

DataChannels::State::Channel* DataChannels::State::channel_on(StreamId stream) {
  if (stream >= by_stream.size() || by_stream[stream] >= channels.size()) return nullptr;
  return &channels[by_stream[stream]];
}

void DataChannels::State::bind(StreamId stream, std::uint32_t owner) {
  if (stream >= by_stream.size()) by_stream.resize(std::size_t{stream} + 1, no_channel);
  by_stream[stream] = owner;
}

DataChannels::DataChannels(SctpAssociation& association, DataChannelSink& sink)
    : state_(std::make_unique<State>(association, sink)) {}
DataChannels::~DataChannels() = default;

void DataChannels::set_dtls_client(bool is_client, Time now) {
  state_->dtls_client = is_client;
  state_->start_waiting(now);
}

void DataChannels::association_connected(Time now) {
  state_->connected = true;
  state_->start_waiting(now);
}

Result<ChannelId> DataChannels::open(const DataChannelOptions& options, Time now) {
  State& state = *state_;
  if (options.label.size() > max_text_size || options.protocol.size() > max_text_size) {
    return failure(ErrorCode::too_large, "a label or protocol above 1024 bytes");
  }
  if (!is_utf8(options.label) || !is_utf8(options.protocol)) {
    return failure(ErrorCode::invalid_argument, "a label or protocol that is not UTF-8");
  }
  State::Channel* channel = state.free_channel();
  if (channel == nullptr) return failure(ErrorCode::queue_full, "too many channels");
  channel->options = options;
  channel->phase = State::Phase::waiting;
  const ChannelId id = state.id_of(*channel);
  state.start_waiting(now);
  return id;
}

Result<> DataChannels::send(ChannelId id, MessageView message, Time now) {
  State& state = *state_;
  State::Channel* channel = state.find(id);
  if (channel == nullptr) {
    if (state.was_one(id)) return failure(ErrorCode::closed, "the channel is closed");
    return failure(ErrorCode::not_connected, "no such channel");
  }
  if (channel->closing) return failure(ErrorCode::closed, "the channel is closed");
  const auto must_wait = [channel] {
    return channel->phase == State::Phase::waiting || !channel->waiting.empty();
  };
  if (must_wait()) state.start_waiting(now);
  if (must_wait()) return state.wait(*channel, message, now);
  auto sent = state.send_now(*channel, message, now);
  if (sent) ++state.counters.messages_sent;
  return sent;
}

std::size_t DataChannels::buffered_bytes(ChannelId id) const {
  const State::Channel* channel = state_->find(id);
  if (channel == nullptr) return 0;
  const bool has_stream = channel->phase != State::Phase::waiting;
  return channel->waiting_bytes + (has_stream ? state_->association.unsent_bytes(channel->stream) : 0);
}

void DataChannels::receive(StreamId stream, std::uint32_t ppid, ByteView message, Time now) {
  State& state = *state_;
  if (ppid == ppid_dcep) return state.receive_dcep(stream, message, now);
  State::Channel* channel = state.channel_on(stream);
  // Behind the peer's reset it is of the next channel there.
  if (channel != nullptr && !channel->peer_reset) return state.receive_message(*channel, ppid, message);
  state.keep_early(stream, ppid, message);
}

void DataChannels::resume(Time now) {
  state_->start_waiting(now);
  for (State::Channel& channel : state_->channels) {
    if (channel.ack_due) state_->acknowledge(channel, now);
    state_->advance_closing(channel);
  }
}

const DataChannelCounters& DataChannels::counters() const {
  return state_->counters;
}

}  // namespace flnet::rtc
