// SPDX-License-Identifier: MIT OR Apache-2.0
// ReceivedQueue: what a channel has received and its application has not taken yet.
#pragma once

#include "net/held_bytes.hpp"

#include <flnet/message.hpp>
#include <flnet/ring.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace flnet::net {

/// Messages in order, charged to what all channels of the connection hold.
class ReceivedQueue {
 public:
  explicit ReceivedQueue(std::shared_ptr<HeldBytes> held) : held_(std::move(held)) {}
  ~ReceivedQueue() { clear(); }
  ReceivedQueue(const ReceivedQueue&) = delete;
  ReceivedQueue& operator=(const ReceivedQueue&) = delete;

  /// False when the message would go above the limit: it is not taken.
  bool push(MessageView message);
  std::optional<Message> pop();
  void clear();
  bool empty() const { return messages_.empty(); }
  const std::shared_ptr<HeldBytes>& held() const { return held_; }

 private:
  // Shared by the channels of a connection, which may outlive it.
  std::shared_ptr<HeldBytes> held_;
  Ring<Message> messages_;
};

}  // namespace flnet::net
