// SPDX-License-Identifier: MIT OR Apache-2.0
// HeldBytes: what each message is charged, and when the peer has to know.
#include "net/held_bytes.hpp"

#include <flnet/peer_connection.hpp>

namespace flnet::net {

std::size_t HeldBytes::charge(MessageView message) {
  return message.bytes.size() + PeerConnectionLimits::message_overhead_bytes;
}

bool HeldBytes::take(std::size_t bytes) {
  if (held_ + bytes > PeerConnectionLimits::receive_bytes) return false;
  held_ += bytes;
  return true;
}

std::optional<std::size_t> HeldBytes::news() {
  const std::size_t change = held_ > told_ ? held_ - told_ : told_ - held_;
  const bool emptied = held_ == 0 && told_ > 0;
  if (change < step_bytes && !emptied) return std::nullopt;
  told_ = held_;
  return held_;
}

}  // namespace flnet::net
