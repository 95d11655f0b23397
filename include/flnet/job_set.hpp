// SPDX-License-Identifier: MIT OR Apache-2.0
// JobSet: background coroutines that somebody owns.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/task.hpp>

#include <cstddef>
#include <memory>

namespace flnet {

/// Runs tasks side by side; destroying the set cancels them all. A job starts from the loop's ready queue,
/// never inside `add`; a finished one is freed. No job may destroy its own set: it would free the frame
/// that it runs in.
class JobSet {
 public:
  explicit JobSet(Loop& loop = Loop::current());
  ~JobSet();
  JobSet(const JobSet&) = delete;
  JobSet& operator=(const JobSet&) = delete;

  void add(Task<> job);
  std::size_t size() const;
  /// Completes when no job is left.
  Task<> empty();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet
