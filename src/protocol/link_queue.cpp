// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkQueue: marks and bounds of a link's waiting messages.
#include "protocol/link_queue.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace flnet::protocol {
namespace {

std::size_t largest_message(const NodeLimits& limits) {
  return std::min(limits.max_message_bytes, limits.queue_bytes);
}

/// Half, or less when a message may be so large that it is refused below half.
std::size_t low_mark_bytes(const NodeLimits& limits) {
  return std::min(limits.queue_bytes / 2, limits.queue_bytes - largest_message(limits));
}

}  // namespace

LinkQueue::LinkQueue(const NodeLimits& limits) : limits_(&limits) {}

Result<> LinkQueue::fits(const NodeLimits& limits, std::size_t bytes) {
  if (bytes <= largest_message(limits)) return {};
  return failure(ErrorCode::too_large, "a message of " + std::to_string(bytes) +
                                           " bytes is above the limit of " +
                                           std::to_string(largest_message(limits)));
}

Result<> LinkQueue::room_for(std::size_t bytes) const {
  if (auto fit = fits(*limits_, bytes); !fit) return fit;
  if (messages_.size() >= limits_->queue_messages || bytes > limits_->queue_bytes - bytes_) {
    return failure(ErrorCode::queue_full, std::to_string(messages_.size()) + " messages wait for this peer");
  }
  return {};
}

void LinkQueue::push(Message message) {
  assert(room_for(message.bytes.size()));
  bytes_ += message.bytes.size();
  messages_.push_back(std::move(message));
  if (above_low_mark()) crowded_ = true;
}

Message LinkQueue::pop() {
  assert(!messages_.empty());
  Message message = messages_.take_front();
  bytes_ -= message.bytes.size();
  return message;
}

std::size_t LinkQueue::clear() {
  const std::size_t count = messages_.size();
  messages_.clear();
  bytes_ = 0;
  return count;
}

bool LinkQueue::take_relief() {
  if (!crowded_ || above_low_mark()) return false;
  crowded_ = false;
  return true;
}

bool LinkQueue::above_low_mark() const {
  return messages_.size() > limits_->queue_messages / 2 || bytes_ > low_mark_bytes(*limits_);
}

}  // namespace flnet::protocol
