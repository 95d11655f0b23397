// SPDX-License-Identifier: MIT OR Apache-2.0
// Queueing of messages and cutting of fragments.
#include "rtc/sctp_send_queue.hpp"

#include "rtc/sctp_chunk.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {

SctpSendQueue::Stream& SctpSendQueue::stream_at(StreamId stream) {
  if (stream >= streams_.size()) streams_.resize(std::size_t{stream} + 1);
  return streams_[stream];
}

void SctpSendQueue::push(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message,
                         SctpLimit limit) {
  Stream& to = stream_at(stream);
  if (to.messages.empty() && !to.held) turns_.push_back(stream);
  const PayloadArena::Piece piece = arena_.store(message);
  to.messages.push_back(
      {piece.data, piece.block, static_cast<std::uint32_t>(message.size()), 0, ppid, unordered, limit});
  to.bytes += message.size();
  bytes_ += message.size();
  ++messages_;
}

std::size_t SctpSendQueue::next_size(std::size_t room) const {
  if (turns_.empty()) return 0;
  const Pending& message = streams_[turns_[0]].messages[0];
  const std::size_t rest = message.size - message.taken;
  if (rest <= room) return rest;
  return room < min_fragment ? 0 : room;
}

SctpFragment SctpSendQueue::take(std::size_t size) {
  Stream& stream = streams_[turns_[0]];
  Pending& message = stream.messages.front();
  assert(size > 0 && size <= message.size - message.taken);
  SctpFragment fragment{message.data + message.taken,
                        message.block,
                        message.ppid,
                        turns_[0],
                        stream.next_ssn,
                        static_cast<std::uint16_t>(size),
                        0,
                        message.limit.kind,
                        message.limit.value};
  if (message.taken == 0) fragment.flags |= chunk_flag::begin;
  if (message.unordered) {
    fragment.flags |= chunk_flag::unordered;
    fragment.ssn = 0;
  }
  message.taken += static_cast<std::uint32_t>(size);
  bytes_ -= size;
  stream.bytes -= size;
  if (message.taken < message.size) return fragment;

  fragment.flags |= chunk_flag::end;
  if (!message.unordered) ++stream.next_ssn;
  stream.messages.pop_front();
  --messages_;
  end_turn();
  return fragment;
}

void SctpSendQueue::end_turn() {
  const StreamId id = turns_[0];
  turns_.pop_front();
  if (!streams_[id].messages.empty()) turns_.push_back(id);
}

std::size_t SctpSendQueue::unsent_bytes(StreamId stream) const {
  return stream < streams_.size() ? streams_[stream].bytes : 0;
}

void SctpSendQueue::hold(StreamId stream) {
  assert(unsent_bytes(stream) == 0);
  stream_at(stream).held = true;
}

void SctpSendQueue::restart(StreamId stream) {
  Stream& to = stream_at(stream);
  to.next_ssn = 0;
  to.held = false;
  if (!to.messages.empty()) turns_.push_back(stream);
}

void SctpSendQueue::drop_held(StreamId stream) {
  Stream& to = stream_at(stream);
  to.dead = true;
  while (!to.messages.empty()) drop_front(to);
}

void SctpSendQueue::drop_front(Stream& stream) {
  const Pending& message = stream.messages.front();
  const std::size_t rest = message.size - message.taken;
  arena_.release(message.block, rest);
  bytes_ -= rest;
  stream.bytes -= rest;
  stream.messages.pop_front();
  --messages_;
}

void SctpSendQueue::limit_streams(std::size_t count) {
  for (std::size_t i = count; i < streams_.size(); ++i) {
    while (!streams_[i].messages.empty()) drop_front(streams_[i]);
  }
  if (streams_.size() > count) streams_.resize(count);
  for (std::size_t turns = turns_.size(); turns > 0; --turns) {
    const StreamId id = turns_[0];
    turns_.pop_front();
    if (id < count) turns_.push_back(id);
  }
}

void SctpSendQueue::trim() {
  for (Stream& stream : streams_) stream.messages.release_if_empty();
  turns_.release_if_empty();
}

}  // namespace flnet::rtc
