// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpReassembly: fragments become messages again, each stream in its order (RFC 9260 §6.5, §6.6, §6.9).
#pragma once

#include "rtc/sctp_arena.hpp"
#include "rtc/sctp_chunk.hpp"

#include <flnet/ring.hpp>

#include <string_view>
#include <vector>

namespace flnet::rtc {

/// Works in the order of TSNs. While nothing is missing a whole message goes from its packet straight to the
/// sink, and fragments are appended to one buffer: without interleaving at most one message is unfinished at
/// that point. What arrives beyond a hole is stored in a slot per TSN; messages of other streams, and
/// unordered ones, are still delivered from there at once.
class SctpReassembly {
 public:
  /// How far the fragments of one message are looked for when a hole keeps them from the usual way.
  static constexpr std::size_t max_search = 2048;
  /// More than that is not kept by an association that has gone quiet.
  static constexpr std::size_t quiet_buffer_size = 4 * 1024;

  SctpReassembly(std::size_t max_message_size, SctpSink& sink, SctpCounters& counters);

  void start(Tsn first, std::size_t streams);

  /// Both answer with what the peer did wrong, or with nothing. A TSN comes once at most.
  using Violation = std::string_view;
  /// The lowest TSN that was missing.
  Violation take_next(const DataChunk& chunk);
  /// One beyond a hole.
  Violation take_ahead(const DataChunk& chunk);
  /// The lowest missing TSN carried nothing for us (an invalid stream).
  Violation skip_next();
  Violation skip_ahead(Tsn tsn);
  /// The peer has given up what is missing up to `last`; `skips` are the pairs of a FORWARD TSN (RFC 3758
  /// §3.6): what waited for the skipped messages is delivered.
  Violation skip_to(Tsn last, ByteView skips);

  /// The peer starts the stream's numbers again (RFC 6525 §5.2.2).
  void reset_stream(StreamId stream) { stream_at(stream).next_ssn = 0; }
  void reset_all_streams();
  std::size_t streams() const { return stream_limit_; }

  /// Memory held for incomplete or early messages.
  std::size_t bytes() const { return arena_.allocated() + message_.size(); }
  void trim();

 private:
  enum class SlotState : std::uint8_t { empty, stored, done };
  struct Slot {
    const std::uint8_t* data;
    PayloadArena::Block* block;
    std::uint32_t ppid;
    StreamId stream;
    std::uint16_t ssn;
    std::uint16_t size;
    std::uint8_t flags;
    SlotState state;
  };

  struct Stream {
    std::uint16_t next_ssn = 0;
    std::uint16_t stored = 0;  ///< Slots of it that wait for something.
  };

  Stream& stream_at(StreamId stream);
  Violation take_in_order(const DataChunk& chunk);
  Violation begin_message(const DataChunk& chunk);
  Violation append_to_message(const DataChunk& chunk);
  Violation drop_headless(const DataChunk& chunk);
  void deliver_skipped(std::size_t count);
  void skip_message(StreamId stream, std::uint16_t ssn);
  bool deliverable(const DataChunk& chunk);
  void deliver(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message);
  Violation drain();
  void deliver_ready();
  bool deliver_around(std::size_t index);
  bool deliver_run(std::size_t first, std::size_t last);
  Slot& slot_at(Tsn tsn);
  DataChunk chunk_of(const Slot& slot, Tsn tsn) const;
  void finish_slot(Slot& slot);

  std::size_t max_message_size_;
  SctpSink& sink_;
  SctpCounters& counters_;
  std::size_t stream_limit_ = 0;
  std::vector<Stream> streams_;  ///< Those used so far.

  Tsn next_tsn_ = 0;
  bool in_message_ = false;  ///< message_ holds the beginning of `head_`'s message.
  DataChunk head_;           ///< Without payload.
  Bytes message_;
  bool headless_ = false;  ///< A beginning may just have been skipped.

  PayloadArena arena_;
  Ring<Slot> slots_;  ///< Of next_tsn_ and on; the first one is empty.
  std::size_t stored_ = 0;
  Bytes early_message_;  ///< Put together from slots.
};

}  // namespace flnet::rtc
