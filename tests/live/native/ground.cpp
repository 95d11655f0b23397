// SPDX-License-Identifier: MIT OR Apache-2.0
// The ground of live tests natively: all in one process.
#include "live/ground.hpp"

#include "live/native/signal_server.hpp"

#include <flnet/run.hpp>
#include <flnet/within.hpp>

#include <gtest/gtest.h>

#include <utility>

namespace flnet::testing {
namespace {

constexpr Duration test_limit = std::chrono::minutes(2);

Task<bool> finish(Task<> task) {
  co_await std::move(task);
  co_return true;
}

Task<> bounded(Task<> task) {
  const auto finished = co_await within(test_limit, finish(std::move(task)));
  EXPECT_TRUE(finished.has_value()) << "the test hangs";
}

}  // namespace

void run_test(Task<> test) {
  EXPECT_EQ(flnet::run(bounded(std::move(test))), 0);
}

bool tells_modes() {
  return true;
}

bool restarts_ice() {
  return true;
}

TestServer start_server() {
  auto server = std::make_shared<SignalServer>(start_signal_server());
  return {.url = url_of(*server), .running = server};
}

}  // namespace flnet::testing
