// SPDX-License-Identifier: MIT OR Apache-2.0
// Reassembly and ordering of received messages.
#include "rtc/sctp_reassembly.hpp"

#include "base/byte_io.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {

namespace {

constexpr std::string_view fine{};

}  // namespace

SctpReassembly::SctpReassembly(std::size_t max_message_size, SctpSink& sink, SctpCounters& counters)
    : max_message_size_(max_message_size), sink_(sink), counters_(counters) {}

void SctpReassembly::start(Tsn first, std::size_t streams) {
  next_tsn_ = first;
  stream_limit_ = streams;
}

void SctpReassembly::reset_all_streams() {
  for (Stream& stream : streams_) stream.next_ssn = 0;
}

SctpReassembly::Stream& SctpReassembly::stream_at(StreamId stream) {
  assert(stream < stream_limit_);
  if (stream >= streams_.size()) streams_.resize(std::size_t{stream} + 1);
  return streams_[stream];
}

SctpReassembly::Violation SctpReassembly::take_next(const DataChunk& chunk) {
  assert(chunk.tsn == next_tsn_);
  ++next_tsn_;
  if (slots_.empty()) return take_in_order(chunk);
  slots_.pop_front();
  if (const Violation wrong = take_in_order(chunk); !wrong.empty()) return wrong;
  return drain();
}

SctpReassembly::Violation SctpReassembly::skip_next() {
  ++next_tsn_;
  if (in_message_) return "a message is broken off";
  if (slots_.empty()) return fine;
  slots_.pop_front();
  return drain();
}

SctpReassembly::Violation SctpReassembly::skip_ahead(Tsn tsn) {
  slot_at(tsn).state = SlotState::done;
  return fine;
}

SctpReassembly::Violation SctpReassembly::take_in_order(const DataChunk& chunk) {
  if (in_message_) return append_to_message(chunk);
  if (!chunk.begins()) return drop_headless(chunk);
  headless_ = false;
  // TSNs are given in the order of each stream, so nothing of it can be missing here.
  if (!deliverable(chunk)) return "a stream sequence number is missing";
  if (!chunk.ends()) return begin_message(chunk);
  if (chunk.payload.size() > max_message_size_) return "a message is too large";
  deliver(chunk.stream, chunk.ppid, chunk.unordered(), chunk.payload);
  return fine;
}

SctpReassembly::Violation SctpReassembly::begin_message(const DataChunk& chunk) {
  in_message_ = true;
  head_ = chunk;
  head_.payload = {};
  message_.clear();
  append_bytes(message_, chunk.payload);
  return message_.size() > max_message_size_ ? "a message is too large" : fine;
}

SctpReassembly::Violation SctpReassembly::append_to_message(const DataChunk& chunk) {
  const bool continues = !chunk.begins() && chunk.stream == head_.stream && chunk.ssn == head_.ssn &&
                         chunk.unordered() == head_.unordered();
  if (!continues) return "a message is broken off";
  if (message_.size() + chunk.payload.size() > max_message_size_) return "a message is too large";
  append_bytes(message_, chunk.payload);
  if (!chunk.ends()) return fine;
  in_message_ = false;
  deliver(head_.stream, head_.ppid, head_.unordered(), message_);
  message_.clear();
  return fine;
}

bool SctpReassembly::deliverable(const DataChunk& chunk) {
  return chunk.unordered() || chunk.ssn == stream_at(chunk.stream).next_ssn;
}

void SctpReassembly::deliver(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message) {
  if (!unordered) ++stream_at(stream).next_ssn;
  counters_.bytes_received += message.size();
  sink_.sctp_received(stream, ppid, message);
}

// A hole was filled: what lies stored behind it is in order now, up to the next hole.
SctpReassembly::Violation SctpReassembly::drain() {
  while (!slots_.empty() && slots_.front().state != SlotState::empty) {
    Slot slot = slots_.front();
    const Tsn tsn = next_tsn_++;
    slots_.pop_front();
    if (slot.state == SlotState::done) continue;
    const Violation wrong = take_in_order(chunk_of(slot, tsn));
    finish_slot(slot);
    if (!wrong.empty()) return wrong;
  }
  if (stored_ > 0) deliver_ready();
  return fine;
}

SctpReassembly::Violation SctpReassembly::take_ahead(const DataChunk& chunk) {
  const bool whole = chunk.begins() && chunk.ends();
  if (chunk.payload.size() > max_message_size_) return "a message is too large";
  Slot& slot = slot_at(chunk.tsn);
  assert(slot.state == SlotState::empty);
  if (whole && deliverable(chunk)) {
    slot.state = SlotState::done;
    deliver(chunk.stream, chunk.ppid, chunk.unordered(), chunk.payload);
    if (stream_at(chunk.stream).stored > 0) deliver_ready();
    return fine;
  }
  const PayloadArena::Piece piece = arena_.store(chunk.payload);
  slot = {piece.data,   piece.block,      chunk.ppid,
          chunk.stream, chunk.ssn,        static_cast<std::uint16_t>(chunk.payload.size()),
          chunk.flags,  SlotState::stored};
  ++stored_;
  ++stream_at(chunk.stream).stored;
  const bool delivered = !whole && deliverable(chunk) && deliver_around(chunk.tsn - next_tsn_);
  if (delivered && stream_at(chunk.stream).stored > 0) deliver_ready();
  return fine;
}

// Delivers every stored message that is whole and whose turn it is.
void SctpReassembly::deliver_ready() {
  std::size_t first = slots_.size();  // Of the run that is being looked at; none yet.
  for (std::size_t i = 1; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (slot.state != SlotState::stored) {
      first = slots_.size();
      continue;
    }
    if ((slot.flags & chunk_flag::begin) != 0) first = i;
    if (first != slots_.size() && (slot.flags & chunk_flag::end) != 0) {
      deliver_run(first, i);
      first = slots_.size();
    }
  }
}

// Looks for the message that the fragment at `index` belongs to; delivers it when it is whole.
bool SctpReassembly::deliver_around(std::size_t index) {
  std::size_t first = index;
  std::size_t steps = 0;
  const auto has = [this](std::size_t i, std::uint8_t flag) { return (slots_[i].flags & flag) != 0; };
  for (; !has(first, chunk_flag::begin); --first, ++steps) {
    if (first == 0 || steps == max_search || slots_[first - 1].state != SlotState::stored) return false;
  }
  std::size_t last = index;
  for (; !has(last, chunk_flag::end); ++last, ++steps) {
    const bool more = last + 1 < slots_.size() && slots_[last + 1].state == SlotState::stored;
    if (!more || steps == max_search) return false;
  }
  return deliver_run(first, last);
}

// The slots from `first` (a beginning) to `last` (an end) are all stored. When they don't fit together they
// stay, and the mistake is found when their turn comes.
bool SctpReassembly::deliver_run(std::size_t first, std::size_t last) {
  const Slot head = slots_[first];
  const bool unordered = (head.flags & chunk_flag::unordered) != 0;
  if (!unordered && head.ssn != stream_at(head.stream).next_ssn) return false;
  std::size_t size = 0;
  for (std::size_t i = first; i <= last; ++i) {
    const Slot& slot = slots_[i];
    size += slot.size;
    const bool begins = (slot.flags & chunk_flag::begin) != 0;
    const bool fits = slot.stream == head.stream && slot.ssn == head.ssn && begins == (i == first) &&
                      ((slot.flags ^ head.flags) & chunk_flag::unordered) == 0 && size <= max_message_size_;
    if (!fits) return false;
  }
  if (first == last) {
    deliver(head.stream, head.ppid, unordered, {head.data, head.size});
    finish_slot(slots_[first]);
    return true;
  }
  early_message_.clear();
  early_message_.reserve(size);
  for (std::size_t i = first; i <= last; ++i) {
    append_bytes(early_message_, {slots_[i].data, slots_[i].size});
    finish_slot(slots_[i]);
  }
  deliver(head.stream, head.ppid, unordered, early_message_);
  return true;
}

SctpReassembly::Slot& SctpReassembly::slot_at(Tsn tsn) {
  const std::size_t index = tsn - next_tsn_;
  while (slots_.size() <= index) slots_.push_back(Slot{nullptr, nullptr, 0, 0, 0, 0, 0, SlotState::empty});
  return slots_[index];
}

DataChunk SctpReassembly::chunk_of(const Slot& slot, Tsn tsn) const {
  return {tsn, slot.stream, slot.ssn, slot.ppid, slot.flags, {slot.data, slot.size}};
}

void SctpReassembly::finish_slot(Slot& slot) {
  slot.state = SlotState::done;
  --stored_;
  --stream_at(slot.stream).stored;
  arena_.release(slot.block, slot.size);
}

void SctpReassembly::trim() {
  if (slots_.empty()) {
    slots_.release_if_empty();
    arena_.trim();
  }
  if (early_message_.capacity() > quiet_buffer_size) early_message_ = {};
  if (!in_message_ && message_.capacity() > quiet_buffer_size) message_ = {};
}

}  // namespace flnet::rtc
