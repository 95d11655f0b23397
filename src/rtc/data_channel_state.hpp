// SPDX-License-Identifier: MIT OR Apache-2.0
// The inside of DataChannels: its channels, who has which stream, what waits.
#pragma once

#include "rtc/data_channel.hpp"

#include <deque>
#include <vector>

namespace flnet::rtc {

///   ours:       waiting --role and association known: OPEN--> opening --ACK or a message--> open
///   the peer's: OPEN received --> open, ACK sent
///   opening, open: `close`, or the peer's reset --> the same, and `closing`: all that waits is sent, then
///   our stream is reset; when both directions are, or the peer does not do its part --> free
struct DataChannels::State {
  enum class Phase : std::uint8_t { free, waiting, opening, open };
  /// Of our direction of the stream. `inherited`: the channel that had it before asked, and the peer has done
  /// it, or it could not have opened another one, but the answer to us was lost so far.
  enum class OwnReset : std::uint8_t { none, inherited, asked, done };
  struct Waiting {
    Message message;
    Time accepted;
  };
  struct Channel {
    DataChannelOptions options;
    Phase phase = Phase::free;
    bool ack_due = false;
    bool closing = false;
    bool told = false;        ///< The sink, that it is closed.
    bool peer_reset = false;  ///< The peer's direction of the stream.
    OwnReset own_reset = OwnReset::none;
    StreamId stream = 0;  ///< Not while waiting.
    std::uint32_t generation = 0;
    std::deque<Waiting> waiting;  ///< Sent before the channel could be, or while the buffer was full.
    std::size_t waiting_bytes = 0;
    std::optional<Time> close_deadline;
    std::optional<Time> grace_end;  ///< Ours, and no message has come on it: the end of listening_grace.
  };
  struct Early {
    StreamId stream;
    std::uint32_t ppid;
    Bytes bytes;
  };

  State(SctpAssociation& sctp, DataChannelSink& owner) : association(sctp), sink(owner) {}

  // data_channel.cpp
  Channel* find(ChannelId id);
  bool was_one(ChannelId id) const;
  Channel* free_channel();
  ChannelId id_of(const Channel& channel) const;
  Channel* channel_on(StreamId stream);
  void bind(StreamId stream, std::uint32_t owner);

  // data_channel_opening.cpp
  void start_waiting(Time now);
  bool start(Channel& channel, Time now);
  std::optional<StreamId> free_stream() const;
  void receive_dcep(StreamId stream, ByteView message, Time now);
  void receive_open(StreamId stream, DataChannelOptions options, Time now);
  bool takes_open(StreamId stream);
  void acknowledged(Channel& channel);
  void acknowledge(Channel& channel, Time now);

  // data_channel_messages.cpp
  Result<> send_now(const Channel& channel, MessageView message, Time accepted);
  bool send_waiting(Channel& channel);
  Result<> wait(Channel& channel, MessageView message, Time now);
  void drop_waiting(Channel& channel);
  void receive_message(Channel& channel, std::uint32_t ppid, ByteView bytes);
  void keep_early(StreamId stream, std::uint32_t ppid, ByteView message);
  void deliver_early(Channel& channel);

  // data_channel_closing.cpp
  void advance_closing(Channel& channel);
  void begin_grace(Channel& channel, Time now);
  void end_grace(Channel& channel);
  void take_peer_reset(Channel& channel);
  void take_own_reset(Channel& channel, bool performed, Time now);
  void tell_closed(Channel& channel);
  void finish(Channel& channel, std::uint32_t next_owner);
  void find_close_deadline();
  void handle_timeout(Time now);

  static constexpr std::uint32_t max_generation = (std::uint32_t{1} << 24) - 1;
  // Who has a stream, where it is no channel: nobody; nobody until the peer has reset it; nobody any more.
  static constexpr std::uint32_t no_channel = ~std::uint32_t{0};
  static constexpr std::uint32_t half_reset = no_channel - 1;
  static constexpr std::uint32_t lost_stream = no_channel - 2;

  SctpAssociation& association;
  DataChannelSink& sink;
  DataChannelCounters counters;
  std::optional<bool> dtls_client;
  bool connected = false;
  std::vector<Channel> channels;  ///< Places, used again.
  std::vector<std::uint32_t> by_stream;
  std::size_t waiting_bytes = 0;  ///< With what is charged for each.
  std::deque<Early> early;
  std::size_t early_bytes = 0;
  std::optional<Time> close_deadline;  ///< The first one of a channel, or end of its grace while it closes.
};

}  // namespace flnet::rtc
