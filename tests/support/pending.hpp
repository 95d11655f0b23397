// SPDX-License-Identifier: MIT OR Apache-2.0
// A task under way, and its value once it is done.
#pragma once

#include "support/finished.hpp"

#include <flnet/job_set.hpp>

#include <optional>
#include <utility>

namespace flnet::test {

template <class T>
class Pending {
 public:
  Pending(Loop& loop, Task<T> task) : job_(std::make_unique<JobSet>(loop)) {
    job_->add(store_result(std::move(task), result));
  }
  bool done() const { return result.has_value(); }
  void cancel() { job_.reset(); }

  std::optional<T> result;

 private:
  std::unique_ptr<JobSet> job_;
};

}  // namespace flnet::test
