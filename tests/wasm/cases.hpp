// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests that wait: GoogleTest's own can't, since in WASM nothing happens while a function runs.
#pragma once

#include <flnet/run.hpp>
#include <flnet/task.hpp>
#include <flnet/within.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <vector>

namespace flnet::testing {

/// A test: a coroutine that uses GoogleTest's EXPECT macros.
struct Case {
  const char* name;
  Task<> (*run)();
};

inline Task<bool> finish(Task<> task) {
  co_await std::move(task);
  co_return true;
}

/// Runs one after the other; each has 30 seconds. One failure makes the exit code 1.
inline Task<> run_cases(std::vector<Case> cases) {
  for (const Case& each : cases) {
    const int failed_before = ::testing::UnitTest::GetInstance()->ad_hoc_test_result().total_part_count();
    EXPECT_TRUE(co_await within(30s, finish(each.run()))) << "it hangs";
    const int failed_now = ::testing::UnitTest::GetInstance()->ad_hoc_test_result().total_part_count();
    const bool good = failed_now == failed_before;
    std::printf("%s  %s\n", good ? "ok    " : "FAILED", each.name);
    std::fflush(stdout);
    if (!good) Loop::current().set_exit_code(1);
  }
}

}  // namespace flnet::testing
