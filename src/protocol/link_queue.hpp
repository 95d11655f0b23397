// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkQueue: the messages of a link that no session has taken yet, bounded in bytes and number.
#pragma once

#include "protocol/node_words.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/ring.hpp>

namespace flnet::protocol {

/// Whoever was refused is told when there is room again, without the queue knowing who asked: a refusal
/// needs a queue above its low mark, and every fall to the low mark is told. At the low mark every message
/// that is not too_large fits.
class LinkQueue {
 public:
  explicit LinkQueue(const NodeLimits& limits);

  /// What an empty queue would say: too_large, or fine.
  static Result<> fits(const NodeLimits& limits, std::size_t bytes);
  /// queue_full, too_large, or fine.
  Result<> room_for(std::size_t bytes) const;

  /// Only when there is room.
  void push(Message message);
  /// The oldest. Only when not empty.
  Message pop();
  /// Drops everything and says how many there were.
  std::size_t clear();
  /// True once after the queue has been above its low mark and is no more.
  bool take_relief();

  bool empty() const { return messages_.empty(); }
  std::size_t size() const { return messages_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  bool above_low_mark() const;

  const NodeLimits* limits_;
  Ring<Message> messages_;
  std::size_t bytes_ = 0;
  bool crowded_ = false;  ///< Was above the low mark since the last relief.
};

}  // namespace flnet::protocol
