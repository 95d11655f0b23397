// SPDX-License-Identifier: MIT OR Apache-2.0
// The result of a task that has nothing to wait for.
#pragma once

#include <flnet/task.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace flnet {

template <class T>
Task<> store_result(Task<T> task, std::optional<T>& result) {
  result = co_await task;
}

template <class T>
T finished(Task<T> task) {
  std::optional<T> result;
  Task<> run = store_result(std::move(task), result);
  run.start();
  EXPECT_TRUE(run.done());
  return std::move(*result);
}

}  // namespace flnet
