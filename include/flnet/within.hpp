// SPDX-License-Identifier: MIT OR Apache-2.0
// within: awaits a task for a limited time.
#pragma once

#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/task.hpp>

#include <optional>
#include <utility>

namespace flnet {

namespace detail {
template <class T>
Task<> settle(Task<T> task, std::optional<T>& value, Event& settled) {
  value = co_await std::move(task);
  settled.notify();
}
}  // namespace detail

/// The task's value, or nothing when it takes longer than `limit`: the task is cancelled then.
template <class T>
Task<std::optional<T>> within(Duration limit, Task<T> task) {
  std::optional<T> value;
  Event settled;
  JobSet job;
  job.add(detail::settle(std::move(task), value, settled));
  const Timer timer = Loop::current().at(now() + limit, [&settled] { settled.notify(); });
  co_await settled.wait();
  co_return value;
}

}  // namespace flnet
