// SPDX-License-Identifier: MIT OR Apache-2.0
// Messages that are given up before they were sent, or while they are being cut (RFC 7496 §4.1).
#include "rtc/sctp_send_queue.hpp"

#include <cassert>

namespace flnet::rtc {

// The messages of a channel live equally long, so its oldest one expires first.
std::size_t SctpSendQueue::drop_expired_heads(Stream& stream, Time now) {
  std::size_t dropped = 0;
  while (!stream.messages.empty()) {
    const Pending& head = stream.messages.front();
    if (head.taken > 0 || !head.limit.expired(now)) break;
    drop_front(stream);
    ++dropped;
  }
  return dropped;
}

std::size_t SctpSendQueue::drop_expired(Time now) {
  std::size_t dropped = 0;
  next_expiry_.reset();
  for (std::size_t turns = turns_.size(); turns > 0; --turns) {  // Once around: their order stays.
    Stream& stream = streams_[turns_[0]];
    dropped += drop_expired_heads(stream, now);
    if (!stream.messages.empty()) {
      const Pending& head = stream.messages.front();
      if (head.limit.kind == SctpLimit::Kind::lifetime && head.taken == 0) {
        note_expiry(head.limit.expiry(now));
      }
    }
    end_turn();
  }
  return dropped;
}

std::size_t SctpSendQueue::drop_expired_next(Time now) {
  std::size_t dropped = 0;
  while (!turns_.empty()) {
    const StreamId id = turns_[0];
    Stream& stream = streams_[id];
    const std::size_t of_stream = drop_expired_heads(stream, now);
    if (of_stream == 0) break;
    dropped += of_stream;
    if (!stream.messages.empty()) break;
    end_turn();
  }
  return dropped;
}

void SctpSendQueue::forget_limits() {
  next_expiry_.reset();
  for (Stream& stream : streams_) {
    for (std::size_t i = 0; i < stream.messages.size(); ++i) stream.messages[i].limit = {};
  }
}

std::optional<SctpSendQueue::Begun> SctpSendQueue::begun() const {
  if (turns_.empty()) return std::nullopt;
  const Stream& stream = streams_[turns_[0]];
  const Pending& message = stream.messages[0];
  if (message.taken == 0) return std::nullopt;
  return Begun{turns_[0], message.unordered ? std::uint16_t{0} : stream.next_ssn, message.unordered,
               message.limit};
}

void SctpSendQueue::drop_begun() {
  assert(begun());
  Stream& stream = streams_[turns_[0]];
  if (!stream.messages.front().unordered) ++stream.next_ssn;
  drop_front(stream);
  end_turn();
}

}  // namespace flnet::rtc
