// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole nodes in stand-in networks under cuts, loss, restarts and a server that goes: what arrives, and when.
#include "sim/net/stand_in_crowd.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

namespace flnet::test {
namespace {

/// Ends with nothing left in the loop: no timer, no path, no session.
void run_crowd(std::uint64_t seed, std::size_t size, Task<> (*story)(StandInCrowd&),
               std::vector<std::string>* trace = nullptr) {
  const QuietLog quiet;
  VirtualLoop loop;
  StandInCrowd crowd(loop, seed, size);
  run_virtually(loop, story(crowd));
  if (trace != nullptr) *trace = crowd.trace();
  run_virtually(loop, crowd.close_all());
  loop.advance(1h);
  EXPECT_TRUE(loop.idle()) << "something is left";
}

Task<> send_now_and_then(StandInCrowd& crowd, Time until) {
  while (now() < until) {
    crowd.send_one();
    co_await sleep(crowd.between(0ms, 1s));
  }
}

Task<> disturb_for(StandInCrowd& crowd, Time until) {
  while (now() < until) {
    switch (crowd.random().below(6)) {
      case 0:
        crowd.change_conditions();
        break;
      case 1:
        co_await crowd.restart_one();
        break;
      case 2:
        co_await crowd.lose_the_server(90s);
        break;
      default:
        co_await crowd.cut(60s);
    }
    co_await sleep(crowd.between(0ms, 20s));
  }
}

Task<> anything_may_happen(StandInCrowd& crowd) {
  co_await crowd.start();
  const Time until = now() + 3min;
  JobSet jobs;
  jobs.add(send_now_and_then(crowd, until));
  jobs.add(disturb_for(crowd, until));
  co_await jobs.empty();
  crowd.calm_down();
  co_await sleep(3min);  // Longer than every deadline of links and signalling.
  co_await crowd.greet_all();
  crowd.check_order();
  crowd.check_that_nothing_was_lost_in_silence();
}

TEST(StandInSim, after_any_disturbance_all_hear_all_in_order_and_no_loss_is_silent) {
  for_each_world(50, [](std::uint64_t seed) { run_crowd(seed, 2 + seed % 4, anything_may_happen); });
}

Task<> disturb_shortly(StandInCrowd& crowd, Time until) {
  while (now() < until) {
    if (crowd.random().below(3) == 0) {
      co_await crowd.lose_the_server(60s);
    } else {
      co_await crowd.cut(20s);
    }
    co_await sleep(crowd.between(5s, 20s));
  }
}

Task<> short_disturbances(StandInCrowd& crowd) {
  co_await crowd.start();
  co_await crowd.greet_all();
  crowd.change_conditions();
  const Time until = now() + 3min;
  JobSet jobs;
  jobs.add(send_now_and_then(crowd, until));
  jobs.add(disturb_shortly(crowd, until));
  co_await jobs.empty();
  crowd.calm_down();
  co_await crowd.greet_all();
  crowd.check_order();
  crowd.check_that_nothing_was_lost();
}

TEST(StandInSim, open_links_lose_nothing_in_short_cuts_or_without_the_server) {
  for_each_world(50, [](std::uint64_t seed) { run_crowd(seed, 2 + seed % 4, short_disturbances); });
}

Task<> meet_and_part(StandInCrowd& crowd) {
  co_await crowd.start();
  co_await crowd.greet_all();
  JobSet jobs;
  const Time until = now() + 40s;
  jobs.add(send_now_and_then(crowd, until));
  jobs.add(crowd.cut(35s));
  co_await jobs.empty();
}

TEST(StandInSim, one_seed_gives_one_run_and_another_seed_another) {
  std::vector<std::string> first, second, other;
  run_crowd(1, 20, meet_and_part, &first);
  run_crowd(1, 20, meet_and_part, &second);
  run_crowd(2, 20, meet_and_part, &other);
  EXPECT_GT(first.size(), 20U * 19U);
  EXPECT_TRUE(first == second);
  EXPECT_FALSE(first == other);
}

Task<> everybody_pings_everybody(StandInCrowd& crowd) {
  co_await crowd.start();
  co_await crowd.greet_all();
  crowd.check_that_nothing_was_lost();
}

TEST(StandInSim, a_hundred_nodes_ping_each_other_in_seconds_of_processor_time) {
  const std::clock_t start = std::clock();
  run_crowd(1, 100, everybody_pings_everybody);
  // The processor's time, far above what it takes: for slow machines under sanitizers.
  EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 60);
}

}  // namespace
}  // namespace flnet::test
