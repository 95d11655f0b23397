// SPDX-License-Identifier: MIT OR Apache-2.0
// HeldBytes: what an application holds up a connection with: messages received and not taken, of all its
// channels.
#pragma once

#include <flnet/message.hpp>

#include <cstddef>
#include <optional>

namespace flnet::net {

/// Bounded by PeerConnectionLimits::receive_bytes. Each message is charged its bytes and an overhead, so that
/// empty ones are bounded, too.
class HeldBytes {
 public:
  static std::size_t charge(MessageView message);

  /// False when it would go above the limit: nothing is taken.
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { held_ -= bytes; }
  std::size_t held() const { return held_; }
  /// What the session must be told, if it must: small changes would cost the peer a window update each.
  std::optional<std::size_t> news();

 private:
  static constexpr std::size_t step_bytes = 128 * 1024;

  std::size_t held_ = 0, told_ = 0;
};

}  // namespace flnet::net
