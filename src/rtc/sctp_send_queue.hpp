// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpSendQueue: messages that wait to be sent, cut into fragments stream by stream in turn.
#pragma once

#include "rtc/sctp_arena.hpp"
#include "rtc/sctp_association.hpp"
#include "rtc/sctp_limit.hpp"

#include <flnet/bytes.hpp>
#include <flnet/ring.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace flnet::rtc {

/// A piece of a message as one DATA chunk carries it; its bytes stay in the arena until acknowledged.
struct SctpFragment {
  const std::uint8_t* data = nullptr;
  PayloadArena::Block* block = nullptr;
  std::uint32_t ppid = 0;
  StreamId stream = 0;
  std::uint16_t ssn = 0;
  std::uint16_t size = 0;
  std::uint8_t flags = 0;
  SctpLimit::Kind limit_kind = SctpLimit::Kind::none;  ///< A limit's two halves, apart to save room.
  std::uint32_t limit_value = 0;

  SctpLimit limit() const { return {limit_kind, limit_value}; }
};

/// The streams take turns message by message: without interleaving (RFC 8260) the fragments of a message
/// must have consecutive TSNs (RFC 9260 §6.9), so a message that was begun is finished first.
class SctpSendQueue {
 public:
  /// A message is not split for less than this: the extra chunk would cost more than the room gains.
  static constexpr std::size_t min_fragment = 96;
  /// What a message is charged beyond its bytes, as its records need memory too.
  static constexpr std::size_t message_overhead = 64;

  explicit SctpSendQueue(PayloadArena& arena) : arena_(arena) {}

  void push(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message, SctpLimit limit = {});
  bool empty() const { return messages_ == 0; }
  /// There is something to take: not all that waits is held back.
  bool ready() const { return !turns_.empty(); }
  /// Bytes that were not yet taken.
  std::size_t bytes() const { return bytes_; }
  std::size_t messages() const { return messages_; }

  /// The size of what `take` would return for that much payload; 0 when nothing fits.
  std::size_t next_size(std::size_t room) const;
  SctpFragment take(std::size_t size);

  /// Of one stream.
  std::size_t unsent_bytes(StreamId stream) const;
  /// Holds back what comes on a stream that has nothing to send.
  void hold(StreamId stream);
  /// The stream begins anew, with what was held back.
  void restart(StreamId stream);
  /// Throws away what is held back and goes on holding.
  void drop_held(StreamId stream);
  /// True after `drop_held`: what is pushed would never leave.
  bool is_dead(StreamId stream) const { return stream < streams_.size() && streams_[stream].dead; }

  // Messages whose time is over (sctp_send_queue_limits.cpp).
  /// When it is worth asking; not before a message expires, perhaps without one.
  std::optional<Time> next_expiry() const { return next_expiry_; }
  void note_expiry(Time at) { next_expiry_ = earliest(next_expiry_, at); }
  /// Drops what has expired at the head of any stream, unless it was begun. How many messages those were.
  std::size_t drop_expired(Time now);
  /// The same for what would be taken next.
  std::size_t drop_expired_next(Time now);
  /// The peer can't skip: all that waits is reliable.
  void forget_limits();
  /// The message that was begun, if one was.
  struct Begun {
    StreamId stream;
    std::uint16_t ssn;
    bool unordered;
    SctpLimit limit;
  };
  std::optional<Begun> begun() const;
  /// Gives it up; its stream sequence number is used.
  void drop_begun();

  /// The peer takes streams below `count` only: messages for others are dropped.
  void limit_streams(std::size_t count);
  void trim();

 private:
  struct Pending {
    const std::uint8_t* data;
    PayloadArena::Block* block;
    std::uint32_t size;  ///< Of the whole message.
    std::uint32_t taken;
    std::uint32_t ppid;
    bool unordered;
    SctpLimit limit;
  };
  struct Stream {
    Ring<Pending> messages;
    std::size_t bytes = 0;  ///< That were not yet taken.
    std::uint16_t next_ssn = 0;
    bool held = false;  ///< Has no turn.
    bool dead = false;  ///< Will have none any more.
  };

  Stream& stream_at(StreamId stream);
  void drop_front(Stream& stream);
  std::size_t drop_expired_heads(Stream& stream, Time now);
  void end_turn();

  PayloadArena& arena_;
  std::vector<Stream> streams_;
  Ring<StreamId> turns_;  ///< Streams that have messages, the first one's turn is now.
  std::size_t bytes_ = 0;
  std::size_t messages_ = 0;
  std::optional<Time> next_expiry_;
};

}  // namespace flnet::rtc
