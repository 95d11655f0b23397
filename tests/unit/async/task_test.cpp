// SPDX-License-Identifier: MIT OR Apache-2.0
// Task: order of execution, cancellation by destruction, and a stack that does not grow.
#include <flnet/event.hpp>
#include <flnet/run.hpp>
#include <flnet/task.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet {
namespace {

/// Says when it dies.
struct Witness {
  explicit Witness(std::vector<std::string>& its_log, std::string its_name)
      : log(&its_log), name(std::move(its_name)) {}
  Witness(Witness&& other) noexcept : log(std::exchange(other.log, nullptr)), name(std::move(other.name)) {}
  ~Witness() {
    if (log != nullptr) log->push_back(name);
  }
  std::vector<std::string>* log;
  std::string name;
};

Task<int> answer(int value) {
  co_return value;
}

Task<> sum_up_to(int count, std::int64_t& sum) {
  for (int i = 0; i < count; ++i) sum += co_await answer(i);
}

Task<> set(bool& flag) {
  flag = true;
  co_return;
}

TEST(Task, is_lazy) {
  bool ran = false;
  Task<> task = set(ran);
  EXPECT_FALSE(ran);
  task.start();
  EXPECT_TRUE(ran);
  EXPECT_TRUE(task.done());
}

TEST(Task, a_million_synchronous_awaits_do_not_grow_the_stack) {
  std::int64_t sum = 0;
  Task<> task = sum_up_to(1'000'000, sum);
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(sum, 499'999'500'000);
}

Task<int> answer_later(Event& event, int value) {
  co_await event.wait();
  co_return value;
}

Task<> many_real_waits(int count, std::int64_t& sum) {
  for (int i = 0; i < count; ++i) {
    co_await sleep(1us);
    sum += co_await answer(1);
  }
}

TEST(Task, a_hundred_thousand_real_waits_do_not_grow_the_stack) {
  VirtualLoop loop;
  std::int64_t sum = 0;
  Task<> task = many_real_waits(100'000, sum);
  {
    const Loop::Scope scope(loop);
    task.start();
  }
  loop.advance(1s);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(sum, 100'000);
}

Task<int> twice_answer_later(Event& event) {
  co_return 2 * co_await answer_later(event, 21);
}
Task<> store(Event& event, int& result) {
  result = co_await twice_answer_later(event);
}

TEST(Task, passes_values_up_through_suspended_parents) {
  VirtualLoop loop;
  Event event;
  int result = 0;
  Task<> task = store(event, result);
  {
    const Loop::Scope scope(loop);
    task.start();
  }
  EXPECT_FALSE(task.done());
  event.notify();
  EXPECT_FALSE(task.done()) << "woken inside the notifier's call";
  loop.settle();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(result, 42);
}

Task<> innermost(Event& event, std::vector<std::string>& log) {
  const Witness witness(log, "innermost");
  co_await event.wait();
  log.emplace_back("woken");
}
Task<> middle(Event& event, std::vector<std::string>& log) {
  const Witness witness(log, "middle");
  co_await innermost(event, log);
}
Task<> outermost(Event& event, std::vector<std::string>& log, Witness argument) {
  const Witness witness(log, "outermost");
  (void)argument;
  co_await middle(event, log);
}

TEST(Task, destroying_it_while_suspended_deep_inside_unwinds_all_frames) {
  VirtualLoop loop;
  Event event;
  std::vector<std::string> log;
  std::optional<Task<>> task = outermost(event, log, Witness(log, "argument"));
  {
    const Loop::Scope scope(loop);
    task->start();
  }
  task.reset();
  EXPECT_EQ(log, (std::vector<std::string>{"innermost", "middle", "outermost", "argument"}));
  event.notify();
  loop.settle();
  EXPECT_EQ(log.size(), 4U);
}

TEST(Task, destroying_it_after_its_wake_up_was_queued_is_safe) {
  VirtualLoop loop;
  Event event;
  std::vector<std::string> log;
  std::optional<Task<>> task = outermost(event, log, Witness(log, "argument"));
  {
    const Loop::Scope scope(loop);
    task->start();
  }
  event.notify();
  task.reset();
  loop.settle();
  EXPECT_EQ(log.size(), 4U);
}

TEST(Task, destroying_one_that_never_started_frees_its_arguments) {
  Event event;
  std::vector<std::string> log;
  {
    const Task<> task = outermost(event, log, Witness(log, "argument"));
  }
  EXPECT_EQ(log, std::vector<std::string>{"argument"});
}

}  // namespace
}  // namespace flnet
