// SPDX-License-Identifier: MIT OR Apache-2.0
// Broker: subsystems, brokers, taps and tasks may go at any time, from anywhere.
#include "support/worlds.hpp"

#include <flnet/broker.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace flnet {
namespace {

using Numbers = std::vector<int>;

std::optional<int> as_it_is(int number) {
  return number;
}

TEST(BrokerRemoval, a_callback_may_remove_itself_and_others) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Numbers first, second, third;
  Registration one, two, three;
  one = broker.add_callback([&](int number) { first.push_back(number); });
  // What a function holds lives as long as it runs.
  two = broker.add_callback([&, text = std::string(100, 'x')](int number) {
    one.remove();
    two.remove();
    three.remove();
    second.push_back(number + static_cast<int>(text.size()));
  });
  three = broker.add_callback([&](int number) { third.push_back(number); });
  EXPECT_TRUE(broker.emit(1));
  EXPECT_TRUE(broker.emit(2));
  loop.settle();
  EXPECT_EQ(first, Numbers{1});
  EXPECT_EQ(second, Numbers{101});
  EXPECT_TRUE(third.empty());
}

TEST(BrokerRemoval, what_comes_within_a_callback_gets_what_is_emitted_from_then_on) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  std::vector<Registration> more;
  Numbers called;
  const Registration callback = broker.add_callback([&](int number) {
    for (int i = 0; i < 100; ++i) {
      more.push_back(broker.add_callback([&, i](int later) { called.push_back(later * 1000 + i); }));
    }
    if (number == 1) {
      EXPECT_TRUE(broker.emit(2));
    }
  });
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  ASSERT_EQ(called.size(), 100U);
  EXPECT_EQ(called.front(), 2000);
  EXPECT_EQ(called.back(), 2099);
}

struct OneShot {
  Registration& registration;
  bool soon = false;
  std::string text = std::string(100, 'x');
  Numbers messages(Numbers given) {
    if (soon) {
      registration.remove_soon();
    } else {
      registration.remove();
    }
    return {given.front() + static_cast<int>(text.size())};
  }
};

TEST(BrokerRemoval, a_handler_that_removes_itself_still_answers) {
  for (const bool soon : {false, true}) {
    VirtualLoop loop;
    const Broker<int> broker(loop);
    Tap<int> tap = broker.tap();
    Registration registration;
    registration = broker.add_handler(OneShot{registration, soon});
    EXPECT_TRUE(broker.emit(1));
    loop.settle();
    EXPECT_EQ(tap.try_next(), 1);
    EXPECT_EQ(tap.try_next(), 101);
    EXPECT_TRUE(broker.emit(2));
    loop.settle();
    EXPECT_EQ(tap.size(), 1U);
  }
}

struct Waits {
  Registration& registration;
  bool before_the_wait;
  int& finished;
  std::string text = std::string(100, 'x');
  Task<Numbers> messages(Numbers given) {
    if (before_the_wait) registration.remove();
    co_await sleep(1s);
    if (!before_the_wait) registration.remove_soon();
    finished += static_cast<int>(text.size());
    co_return given;
  }
};

TEST(BrokerRemoval, a_coroutine_that_removes_itself_before_its_first_wait_is_cancelled_there) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Registration registration;
  int finished = 0;
  registration = broker.add_handler(Waits{registration, true, finished});
  EXPECT_TRUE(broker.emit(1));
  loop.advance(10s);
  EXPECT_EQ(finished, 0);
  EXPECT_EQ(broker.unread(), 0U);
}

TEST(BrokerRemoval, a_coroutine_removes_itself_soon_after_a_wait) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Tap<int> tap = broker.tap();
  Registration registration;
  int finished = 0;
  registration = broker.add_handler(Waits{registration, false, finished});
  EXPECT_TRUE(broker.emit(1));
  loop.advance(10s);
  EXPECT_EQ(finished, 100);
  EXPECT_EQ(tap.size(), 2U);
}

TEST(BrokerRemoval, removing_a_handler_cancels_its_coroutine_at_once) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  auto finished = std::make_unique<int>(0);
  Registration registration;
  registration = broker.add_handler(Waits{registration, false, *finished});
  const Registration callback = broker.add_callback([&](int number) {
    if (number != 2) return;
    registration.remove();
    finished.reset();
  });
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  EXPECT_TRUE(broker.emit(2));
  loop.advance(10s);
  EXPECT_EQ(broker.unread(), 0U);
}

TEST(BrokerRemoval, a_broker_may_go_within_its_callback) {
  VirtualLoop loop;
  std::optional<Broker<int>> broker(std::in_place, loop);
  Tap<int> tap = broker->tap();
  Numbers called;
  const Registration callback = broker->add_callback([&](int number) {
    called.push_back(number);
    broker.reset();
  });
  int finished = 0;
  Registration registration;
  registration = broker->add_handler(Waits{registration, false, finished});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(broker->emit(i));
  loop.advance(10s);
  EXPECT_EQ(called, Numbers{0});
  EXPECT_EQ(tap.try_next(), 0);
  EXPECT_EQ(tap.try_next(), std::nullopt);
  EXPECT_EQ(finished, 0);
}

/// Holds the broker, as a module does.
struct Module {
  Broker<int> broker;
  int& alive;
  explicit Module(Broker<int> its_broker, int& all) : broker(std::move(its_broker)), alive(all) { ++alive; }
  Module(Module&& other) noexcept : broker(other.broker), alive(other.alive) { ++alive; }
  ~Module() { --alive; }
  Task<Numbers> messages(Numbers) {
    co_await sleep(1s);
    broker = Broker<int>();
    co_return Numbers{1};
  }
};

TEST(BrokerRemoval, a_handler_may_hold_its_broker_and_drop_the_last_handle_of_it) {
  VirtualLoop loop;
  int alive = 0;
  {
    std::optional<Broker<int>> broker(std::in_place, loop);
    Tap<int> tap = broker->tap();
    const Registration registration = broker->add_handler(Module(*broker, alive));
    EXPECT_TRUE(broker->emit(1));
    loop.settle();
    broker.reset();
    loop.advance(2s);
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(tap.size(), 1U);
  }
  EXPECT_EQ(alive, 0);
}

TEST(BrokerRemoval, a_translator_may_end_its_link_and_either_broker) {
  for (const int ends : {0, 1, 2}) {
    VirtualLoop loop;
    std::optional<Broker<int>> from(std::in_place, loop), to(std::in_place, loop);
    Registration link;
    int called = 0;
    link = from->add_translator(*to, [&, text = std::string(100, 'x')](int number) {
      if (ends == 0) link.remove();
      if (ends == 1) from.reset();
      if (ends == 2) to.reset();
      ++called;
      return std::optional(number + static_cast<int>(text.size()));
    });
    std::optional<Tap<int>> tap(to->tap());
    EXPECT_TRUE(from->emit(1));
    EXPECT_TRUE(from->emit(2));
    loop.settle();
    EXPECT_EQ(called, 1) << ends;
    EXPECT_EQ(tap->size(), ends == 2 ? 0U : 1U) << ends;
  }
}

Task<> receive_all(Task<std::optional<int>> next, bool& ended) {
  const auto value = co_await std::move(next);
  ended = !value;
}

TEST(BrokerRemoval, a_task_that_waits_for_a_tap_may_outlive_it) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  std::optional<Tap<int>> tap(broker.tap());
  JobSet jobs(loop);
  bool ended = false;
  jobs.add(receive_all(tap->recv(), ended));
  loop.settle();
  tap.reset();
  loop.settle();
  EXPECT_TRUE(ended);
}

TEST(BrokerRemoval, tasks_may_go_while_they_wait) {
  VirtualLoop loop;
  const Broker<int> broker(loop, {.messages = 1, .with_answers = 1});
  Tap<int> tap = broker.tap();
  Numbers never;
  std::optional<JobSet> jobs(std::in_place, loop);
  bool ended = false;
  jobs->add(receive_all(tap.recv(), ended));
  jobs->add(broker.settle());
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  EXPECT_FALSE(ended);
  {
    Task<Result<>> first = broker.send(2), second = broker.send(3);
    const Loop::Scope scope(loop);
    first.start();
    second.start();
    loop.settle();
  }
  jobs.reset();
  loop.settle();
}

/// Everything at once: brokers, links, handlers, taps and waiting tasks come and go in any order.
class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 4; ++i)
      brokers_.emplace_back(Broker<int>(loop_, {.messages = 20, .with_answers = 60}));
  }

  void step() {
    switch (pick(12)) {
      case 0:
        brokers_[pick(4)].reset();
        break;
      case 1:
        broker() = Broker<int>(loop_, {.messages = 20, .with_answers = 60});
        break;
      case 2:
        taps_.push_back(any().tap());
        break;
      case 3:
        drop(taps_);
        break;
      case 4:
        registrations_.push_back(any().link(any(), as_it_is, as_it_is));
        break;
      case 5:
        registrations_.push_back(any().add_handler(Answers{*this}));
        break;
      case 6:
        registrations_.push_back(any().add_handler(Sleeps{*this}));
        break;
      case 7:
        drop(registrations_);
        break;
      case 8:
        jobs_->add(any().settle());
        break;
      case 9:
        wait_for_a_tap();
        break;
      case 10:
        drop(tasks_);
        break;
      default:
        loop_.advance(Duration(pick(2'000'000)));
        break;
    }
    for (int i = static_cast<int>(pick(5)); i > 0; --i) refused_ += any().emit(i) ? 0 : 1;
  }

  VirtualLoop& loop() { return loop_; }

 private:
  struct Answers {
    World& world;
    Numbers messages(Numbers given) {
      if (world.pick(10) == 0) world.drop(world.registrations_);
      if (world.pick(20) == 0) world.broker().reset();
      return world.answers_to(given);
    }
  };
  struct Sleeps {
    World& world;
    Task<Numbers> messages(Numbers given) {
      if (world.pick(10) == 0) world.drop(world.registrations_);
      co_await sleep(Duration(world.pick(1'000'000)));
      if (world.pick(5) == 0) world.broker().reset();
      if (!world.registrations_.empty() && world.pick(5) == 0) world.registrations_.back().remove_soon();
      co_return world.answers_to(given);
    }
  };

  /// One less than each, so that it ends some time.
  Numbers answers_to(const Numbers& given) {
    Numbers answers;
    for (const int number : given) {
      if (number > 1 && pick(3) == 0) answers.push_back(number - 1);
    }
    return answers;
  }
  std::size_t pick(std::size_t below) { return random_() % below; }
  std::optional<Broker<int>>& broker() { return brokers_[pick(4)]; }
  Broker<int> any() {
    std::optional<Broker<int>>& chosen = broker();
    if (!chosen) chosen = Broker<int>(loop_, {.messages = 20, .with_answers = 60});
    return *chosen;
  }
  template <class Things>
  void drop(Things& things) {
    if (things.empty()) return;
    std::swap(things[pick(things.size())], things.back());
    const auto gone = std::move(things.back());
    things.pop_back();
  }
  void wait_for_a_tap() {
    if (taps_.empty()) return;
    tasks_.push_back(taps_[pick(taps_.size())].recv());
    const Loop::Scope scope(loop_);
    tasks_.back().start();
  }

  VirtualLoop loop_;
  std::minstd_rand random_;
  int refused_ = 0;
  std::vector<std::optional<Broker<int>>> brokers_;
  std::vector<Tap<int>> taps_;
  std::vector<Registration> registrations_;
  std::vector<Task<std::optional<int>>> tasks_;
  std::unique_ptr<JobSet> jobs_ = std::make_unique<JobSet>(loop_);
};

TEST(BrokerRemoval, anything_may_go_at_any_time) {
  test::for_each_world(100, [](std::uint64_t seed) {
    World world(static_cast<std::uint32_t>(seed));
    for (int i = 0; i < 200; ++i) world.step();
    world.loop().advance(100s);
  });
}

}  // namespace
}  // namespace flnet
