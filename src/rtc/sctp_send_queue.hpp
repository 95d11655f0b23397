// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpSendQueue: messages that wait to be sent, cut into fragments stream by stream in turn.
#pragma once

#include "rtc/sctp_arena.hpp"
#include "rtc/sctp_association.hpp"
#include "rtc/sctp_ring.hpp"

#include <flnet/bytes.hpp>

#include <cstdint>
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

  void push(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message);
  bool empty() const { return messages_ == 0; }
  /// Bytes that were not yet taken.
  std::size_t bytes() const { return bytes_; }
  std::size_t messages() const { return messages_; }

  /// The size of what `take` would return for that much payload; 0 when nothing fits.
  std::size_t next_size(std::size_t room) const;
  SctpFragment take(std::size_t size);

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
  };
  struct Stream {
    Ring<Pending> messages;
    std::uint16_t next_ssn = 0;
  };

  PayloadArena& arena_;
  std::vector<Stream> streams_;
  Ring<StreamId> turns_;  ///< Streams that have messages, the first one's turn is now.
  std::size_t bytes_ = 0;
  std::size_t messages_ = 0;
};

}  // namespace flnet::rtc
