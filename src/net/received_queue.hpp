// SPDX-License-Identifier: MIT OR Apache-2.0
// ReceivedQueue: what a connection has received and its application has not taken yet.
#pragma once

#include <flnet/message.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace flnet::net {

/// Messages in order, bounded by PeerConnectionLimits::receive_bytes. Each is charged its bytes and an
/// overhead, so that empty ones are bounded, too.
class ReceivedQueue {
 public:
  /// False when the message would go above the limit: it is not taken.
  bool push(MessageView message);
  std::optional<Message> pop();
  void clear();
  bool empty() const { return messages_.empty(); }
  std::size_t held_bytes() const { return held_; }
  /// What the session must be told of held_bytes, if it must: small changes would cost the peer a window
  /// update each.
  std::optional<std::size_t> news();

 private:
  static constexpr std::size_t step_bytes = 128 * 1024;

  std::deque<Message> messages_;
  std::size_t held_ = 0, told_ = 0;
};

}  // namespace flnet::net
