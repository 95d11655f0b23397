// SPDX-License-Identifier: MIT OR Apache-2.0
// What live tests of single connections share: a port on loopback, a signalling by hand, messages with
// numbers.
#pragma once

#include "live/net/live_network.hpp"

#include <flnet/peer_connection.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace flnet::testing {

inline const char* const on_loopback = "ws://localhost";

inline PeerPort open_port() {
  auto port = PeerPort::open(on_loopback);
  EXPECT_TRUE(port.has_value()) << to_string(port.error());
  return *std::move(port);
}

/// Brings what one says to the other until `from` is closed.
inline Task<> carry(PeerConnection& from, PeerConnection& to) {
  while (auto message = co_await from.next_setup()) {
    // The other one may be closed by then.
    [[maybe_unused]] const Result<> taken = to.setup(std::move(*message));
  }
}

/// False when either ends before it opens.
inline Task<bool> both_open(PeerConnection& a, PeerConnection& b) {
  const auto opened_a = co_await a.opened();
  EXPECT_TRUE(opened_a.has_value()) << to_string(opened_a.error());
  const auto opened_b = co_await b.opened();
  EXPECT_TRUE(opened_b.has_value()) << to_string(opened_b.error());
  co_return opened_a.has_value() && opened_b.has_value();
}

/// Two connections with their signalling.
struct Pair {
  Pair() : Pair(open_port(), open_port()) {}
  Pair(const PeerPort& port_a, const PeerPort& port_b) : a(port_a), b(port_b) {
    signalling.add(carry(a, b));
    signalling.add(carry(b, a));
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  /// Sets them up; false when that fails.
  Task<bool> connect() {
    if (!a.connect()) co_return false;
    co_return co_await both_open(a, b);
  }

  PeerConnection a, b;
  JobSet signalling;
};

/// The thread has other things to do, and nobody's callbacks run.
inline void be_busy(Duration time) {
  const Time until = now() + time;
  while (now() < until) {
  }
}

inline constexpr std::size_t largest = PeerConnectionLimits::max_message_bytes;

inline Bytes bytes_of(std::size_t size, std::uint8_t first) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i * 7);
  return bytes;
}

/// What comes next; none when nothing does within the test's patience.
inline Task<std::optional<Message>> hear(PeerConnection& connection) {
  auto message = co_await within(patience, connection.recv());
  EXPECT_TRUE(message.has_value()) << "nothing comes";
  co_return message ? std::move(*message) : std::nullopt;
}

inline Task<> send_numbered(PeerConnection& to, int count) {
  for (int i = 0; i < count; ++i) {
    const auto sent = co_await to.send(Message::from_binary(bytes_of(largest, static_cast<std::uint8_t>(i))));
    EXPECT_TRUE(sent.has_value()) << to_string(sent.error());
  }
}
inline Task<> hear_numbered(PeerConnection& from, int count) {
  for (int i = 0; i < count; ++i) {
    const auto message = co_await hear(from);
    EXPECT_TRUE(message == Message::from_binary(bytes_of(largest, static_cast<std::uint8_t>(i)))) << i;
    if (!message) co_return;
  }
}

}  // namespace flnet::testing
