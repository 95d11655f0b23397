// SPDX-License-Identifier: MIT OR Apache-2.0
// Opening, acknowledging and using the channels of one association.
#include "rtc/data_channel.hpp"

#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

namespace flnet::rtc {

namespace {

constexpr std::size_t max_text_size = 1024;
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

}  // namespace

///   ours:       waiting --role and association known: OPEN--> opening --ACK or a message--> open
///   the peer's: OPEN received --> open, ACK sent
///   all but waiting: the peer resets the stream --> closed
struct DataChannels::State {
  enum class Phase : std::uint8_t { waiting, opening, open, closed };
  struct Channel {
    DataChannelOptions options;
    Phase phase = Phase::waiting;
    bool ack_due = false;
    StreamId stream = 0;          ///< Not while waiting.
    std::deque<Message> waiting;  ///< Sent before the channel could be, or while the buffer was full.
  };
  struct Early {
    StreamId stream;
    std::uint32_t ppid;
    Bytes bytes;
  };

  State(SctpAssociation& sctp, DataChannelSink& owner) : association(sctp), sink(owner) {}

  void start_waiting(Time now);
  bool start(Channel& channel, Time now);
  bool send_waiting(Channel& channel, Time now);
  std::optional<StreamId> free_stream() const;
  Result<> send_now(const Channel& channel, MessageView message, Time now);
  Result<> wait(Channel& channel, MessageView message);
  Channel* channel_on(StreamId stream);
  void bind(StreamId stream, ChannelId id);
  void receive_dcep(StreamId stream, ByteView message, Time now);
  void receive_open(StreamId stream, DataChannelOptions options, Time now);
  void receive_message(ChannelId id, std::uint32_t ppid, ByteView bytes);
  void acknowledged(ChannelId id);
  void acknowledge(Channel& channel, Time now);
  void close(Channel& channel);
  void keep_early(StreamId stream, std::uint32_t ppid, ByteView message);
  void deliver_early(StreamId stream);
  ChannelId id_of(const Channel& channel) const { return static_cast<ChannelId>(&channel - channels.data()); }

  static constexpr ChannelId no_channel = ~ChannelId{0};

  SctpAssociation& association;
  DataChannelSink& sink;
  DataChannelCounters counters;
  std::optional<bool> dtls_client;
  bool connected = false;
  std::vector<Channel> channels;     ///< By ChannelId.
  std::vector<ChannelId> by_stream;  ///< no_channel where there is none.
  std::size_t waiting_bytes = 0;
  std::deque<Early> early;
  std::size_t early_bytes = 0;
};

void DataChannels::State::start_waiting(Time now) {
  if (!dtls_client || !connected) return;
  for (Channel& channel : channels) {
    const bool done = channel.phase == Phase::waiting ? start(channel, now) : send_waiting(channel, now);
    if (!done) return;
  }
}

// Sends the OPEN and what waited behind it; false when the send buffer has no room.
bool DataChannels::State::start(Channel& channel, Time now) {
  const auto stream = free_stream();
  if (!stream) return false;
  if (!association.send(*stream, ppid_dcep, false, encode_channel_open(channel.options), now)) return false;
  channel.stream = *stream;
  channel.phase = Phase::opening;
  bind(*stream, id_of(channel));
  return send_waiting(channel, now);
}

bool DataChannels::State::send_waiting(Channel& channel, Time now) {
  while (!channel.waiting.empty()) {
    const Message& message = channel.waiting.front();
    if (!send_now(channel, message.view(), now)) return false;
    ++counters.messages_sent;
    waiting_bytes -= message.bytes.size() + message_overhead;
    channel.waiting.pop_front();
  }
  return true;
}

// RFC 8832 §6: even ones are the DTLS client's.
std::optional<StreamId> DataChannels::State::free_stream() const {
  for (std::uint32_t stream = *dtls_client ? 0 : 1; stream < 2 * max_channels; stream += 2) {
    if (stream >= by_stream.size() || by_stream[stream] == no_channel) return static_cast<StreamId>(stream);
  }
  return std::nullopt;
}

Result<> DataChannels::State::send_now(const Channel& channel, MessageView message, Time now) {
  // Until the peer knows the channel its messages stay behind the OPEN (RFC 8832 §6).
  const bool unordered = !channel.options.ordered && channel.phase == Phase::open;
  const ByteView bytes = message.bytes.empty() ? ByteView(empty_message) : message.bytes;
  return association.send(channel.stream, ppid_of(message), unordered, bytes, now);
}

Result<> DataChannels::State::wait(Channel& channel, MessageView message) {
  const std::size_t charge = message.bytes.size() + message_overhead;
  if (waiting_bytes + charge > waiting_limit_bytes) {
    return failure(ErrorCode::queue_full, "too much waits for the channel to open");
  }
  waiting_bytes += charge;
  channel.waiting.push_back(Message::copy(message));
  return {};
}

DataChannels::State::Channel* DataChannels::State::channel_on(StreamId stream) {
  if (stream >= by_stream.size() || by_stream[stream] == no_channel) return nullptr;
  return &channels[by_stream[stream]];
}

void DataChannels::State::bind(StreamId stream, ChannelId id) {
  if (stream >= by_stream.size()) by_stream.resize(std::size_t{stream} + 1, no_channel);
  by_stream[stream] = id;
}

void DataChannels::State::receive_dcep(StreamId stream, ByteView message, Time now) {
  auto decoded = decode_dcep(message);
  if (!decoded) {
    ++counters.dropped_malformed;
    return;
  }
  if (auto* options = std::get_if<DataChannelOptions>(&*decoded)) {
    return receive_open(stream, std::move(*options), now);
  }
  if (const Channel* channel = channel_on(stream)) {
    acknowledged(id_of(*channel));
  } else {
    ++counters.dropped_unknown_channel;
  }
}

void DataChannels::State::receive_open(StreamId stream, DataChannelOptions options, Time now) {
  const bool peers_stream = !dtls_client || (stream % 2 == 0) != *dtls_client;
  if (!peers_stream || channel_on(stream) != nullptr || channels.size() >= max_channels) {
    ++counters.dropped_malformed;
    return;
  }
  const auto id = static_cast<ChannelId>(channels.size());
  channels.push_back({std::move(options), Phase::open, false, stream, {}});
  bind(stream, id);
  acknowledge(channels[id], now);
  const DataChannelOptions announced = channels[id].options;
  sink.channel_opened(id, announced, true);
  deliver_early(stream);
}

void DataChannels::State::acknowledge(Channel& channel, Time now) {
  channel.ack_due = !association.send(channel.stream, ppid_dcep, false, encode_channel_ack(), now);
}

void DataChannels::State::acknowledged(ChannelId id) {
  if (channels[id].phase != Phase::opening) return;
  channels[id].phase = Phase::open;
  const DataChannelOptions announced = channels[id].options;
  sink.channel_opened(id, announced, false);
}

// Our own direction is not reset: whoever hears of the end ends the whole association.
void DataChannels::State::close(Channel& channel) {
  by_stream[channel.stream] = no_channel;
  channel.phase = Phase::closed;
  for (const Message& message : channel.waiting) waiting_bytes -= message.bytes.size() + message_overhead;
  channel.waiting.clear();
  sink.channel_closed(id_of(channel));
}

void DataChannels::State::receive_message(ChannelId id, std::uint32_t ppid, ByteView bytes) {
  const auto message = message_of(ppid, bytes);
  const bool bad_text = message && message->kind == MessageKind::text && !is_utf8(message->text());
  if (!message || bad_text) {
    ++counters.dropped_malformed;
    return;
  }
  acknowledged(id);  // Who answers on a channel knows it, even when the ACK is late.
  ++counters.messages_received;
  sink.channel_received(id, *message);
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

void DataChannels::State::deliver_early(StreamId stream) {
  const ChannelId id = by_stream[stream];
  for (auto it = early.begin(); it != early.end();) {
    if (it->stream != stream) {
      ++it;
      continue;
    }
    early_bytes -= it->bytes.size();
    receive_message(id, it->ppid, it->bytes);
    it = early.erase(it);
  }
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
  if (options.reliability != Reliability::reliable) {
    return failure(ErrorCode::unsupported, "partial reliability");
  }
  if (options.label.size() > max_text_size || options.protocol.size() > max_text_size) {
    return failure(ErrorCode::too_large, "a label or protocol above 1024 bytes");
  }
  if (!is_utf8(options.label) || !is_utf8(options.protocol)) {
    return failure(ErrorCode::invalid_argument, "a label or protocol that is not UTF-8");
  }
  if (state.channels.size() >= max_channels) return failure(ErrorCode::queue_full, "too many channels");
  const auto id = static_cast<ChannelId>(state.channels.size());
  state.channels.push_back({options, State::Phase::waiting, false, 0, {}});
  state.start_waiting(now);
  return id;
}

Result<> DataChannels::send(ChannelId id, MessageView message, Time now) {
  State& state = *state_;
  if (id >= state.channels.size()) return failure(ErrorCode::not_connected, "no such channel");
  State::Channel& channel = state.channels[id];
  if (channel.phase == State::Phase::closed)
    return failure(ErrorCode::closed, "the peer has closed the channel");
  const auto must_wait = [&channel] {
    return channel.phase == State::Phase::waiting || !channel.waiting.empty();
  };
  if (must_wait()) state.start_waiting(now);
  if (must_wait()) return state.wait(channel, message);
  auto sent = state.send_now(channel, message, now);
  if (sent) ++state.counters.messages_sent;
  return sent;
}

void DataChannels::streams_reset(std::span<const StreamId> streams) {
  for (State::Channel& channel : state_->channels) {
    const bool alive = channel.phase == State::Phase::opening || channel.phase == State::Phase::open;
    const bool named = streams.empty() || std::ranges::find(streams, channel.stream) != streams.end();
    if (alive && named) state_->close(channel);
  }
}

void DataChannels::receive(StreamId stream, std::uint32_t ppid, ByteView message, Time now) {
  State& state = *state_;
  if (ppid == ppid_dcep) return state.receive_dcep(stream, message, now);
  if (const State::Channel* channel = state.channel_on(stream)) {
    return state.receive_message(state.id_of(*channel), ppid, message);
  }
  state.keep_early(stream, ppid, message);
}

void DataChannels::resume(Time now) {
  state_->start_waiting(now);
  for (State::Channel& channel : state_->channels) {
    if (channel.ack_due && channel.phase != State::Phase::closed) state_->acknowledge(channel, now);
  }
}

const DataChannelCounters& DataChannels::counters() const {
  return state_->counters;
}

}  // namespace flnet::rtc
