// SPDX-License-Identifier: MIT OR Apache-2.0
// What tests with a stand-in network share: a virtual loop, nodes by number, and replies by kind.
#pragma once

#include <flnet/log.hpp>
#include <flnet/network.hpp>
#include <flnet/run.hpp>
#include <flnet/stand_in_network.hpp>
#include <flnet/virtual_loop.hpp>
#include <flnet/within.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

/// Only errors are logged, unless FLNET_LOG asks for more.
class QuietLog {
 public:
  QuietLog() {
    if (!asked_) log::set_level(log::Level::error);
  }
  ~QuietLog() {
    if (!asked_) log::set_level(log::Level::warn);
  }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  bool asked_ = std::getenv("FLNET_LOG") != nullptr;
};

/// Runs `task` to its end in virtual time.
inline void run_virtually(VirtualLoop& loop, Task<> task) {
  const auto done = loop.run(std::move(task));
  EXPECT_TRUE(done.has_value()) << to_string(done.error());
}

/// A node that must start.
inline Task<Network> started(Task<Result<Network>> starting) {
  auto net = co_await std::move(starting);
  EXPECT_TRUE(net.has_value()) << to_string(net.error());
  co_return std::move(*net);
}

/// The next reply of the wanted kind; others are passed over. Nothing when none comes in time.
template <class Reply>
Task<std::optional<Reply>> next(Network& net, Duration patience = std::chrono::minutes(5)) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    auto reply = co_await within(give_up - now(), net.recv());
    if (!reply || !*reply) co_return std::nullopt;
    if (auto* wanted = std::get_if<Reply>(&**reply)) co_return std::move(*wanted);
  }
  co_return std::nullopt;
}

}  // namespace flnet::test
