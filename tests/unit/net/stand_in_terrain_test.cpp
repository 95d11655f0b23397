// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInTerrain and StandInPaths: cuts, delays, order, and what waits for a cut to end.
#include "net/stand_in_paths.hpp"

#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace flnet::net {
namespace {

NodeID node(std::uint8_t number) {
  std::array<std::uint8_t, U256::size> bytes{};
  bytes[0] = number;
  return NodeID(bytes);
}

const StandInPlace a = node(1), b = node(2), c = node(3), server;

TEST(StandInTerrain, a_partition_cuts_its_side_from_all_others_but_not_from_the_server) {
  StandInTerrain terrain({});
  terrain.partition({node(1), node(2)});
  EXPECT_TRUE(terrain.passes(a, b));
  EXPECT_FALSE(terrain.passes(a, c));
  EXPECT_FALSE(terrain.passes(c, b));
  EXPECT_TRUE(terrain.passes(a, server));
  terrain.partition({node(1)});
  EXPECT_FALSE(terrain.passes(a, b)) << "partitions add up";
  terrain.heal();
  EXPECT_TRUE(terrain.passes(a, b) && terrain.passes(a, c));
}

TEST(StandInTerrain, a_cut_concerns_two_nodes_alone) {
  StandInTerrain terrain({});
  terrain.cut(node(2), node(1));
  EXPECT_FALSE(terrain.passes(a, b) || terrain.passes(b, a));
  EXPECT_TRUE(terrain.passes(a, c) && terrain.passes(c, b) && terrain.passes(a, server));
  terrain.heal();
  EXPECT_TRUE(terrain.passes(a, b));
}

TEST(StandInTerrain, an_isolated_node_reaches_nobody_not_even_the_server) {
  StandInTerrain terrain({});
  terrain.isolate(node(1));
  EXPECT_FALSE(terrain.passes(a, b));
  EXPECT_FALSE(terrain.passes(b, a));
  EXPECT_FALSE(terrain.passes(a, server));
  EXPECT_FALSE(terrain.passes(server, a));
  EXPECT_TRUE(terrain.passes(b, server));
  terrain.rejoin(node(1));
  EXPECT_TRUE(terrain.passes(a, b) && terrain.passes(server, a));
}

TEST(StandInTerrain, a_direction_can_have_conditions_of_its_own) {
  SeededRandom random(1);
  StandInTerrain terrain({.latency = 10ms});
  terrain.set_conditions(node(1), node(2), {.latency = 70ms});
  EXPECT_EQ(terrain.crossing(a, b, random).delay, Duration(70ms));
  EXPECT_EQ(terrain.crossing(b, a, random).delay, Duration(10ms));
  EXPECT_EQ(terrain.crossing(a, server, random).delay, Duration(10ms));
}

TEST(StandInTerrain, jitter_is_added_within_its_bound) {
  SeededRandom random(1);
  const StandInTerrain terrain({.latency = 10ms, .jitter = 5ms});
  Duration least = 1h, most{};
  for (int i = 0; i < 1000; ++i) {
    const Duration delay = terrain.crossing(a, b, random).delay;
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_TRUE(least >= 10ms && least < 11ms) << least.count();
  EXPECT_TRUE(most <= 15ms && most > 14ms) << most.count();
}

TEST(StandInTerrain, a_lost_piece_costs_what_sending_it_again_costs) {
  SeededRandom random(1);
  const StandInTerrain terrain({.latency = 10ms, .loss = 0.5});
  int lost = 0;
  for (int i = 0; i < 1000; ++i) {
    const StandInCrossing crossing = terrain.crossing(a, b, random);
    if (crossing.losses > 0) ++lost;
    // A round trip and 20 ms until it is noticed, then twice that, and so on.
    const int patience = 40 * ((1 << std::min(crossing.losses, 7)) - 1);
    if (crossing.losses < 7) {
      EXPECT_EQ(crossing.delay, std::chrono::milliseconds(10 + patience));
    }
  }
  EXPECT_TRUE(lost > 450 && lost < 550) << lost;
}

TEST(StandInTerrain, even_where_everything_is_lost_a_piece_arrives_some_day) {
  SeededRandom random(1);
  const StandInTerrain terrain({.latency = 10ms, .loss = 7});
  for (int i = 0; i < 100; ++i) EXPECT_LT(terrain.crossing(a, b, random).delay, Duration(1h));
}

struct PathsTest : ::testing::Test {
  VirtualLoop loop;
  StandInTerrain terrain{{.latency = 10ms}};
  SeededRandom random{1};
  StandInCounters counters;
  std::shared_ptr<StandInPaths> paths = std::make_shared<StandInPaths>(loop, terrain, random, counters);
  StandInPathId path = paths->open(a, b);
  std::vector<int> arrived;

  void send(int number) {
    paths->send(path, [this, number] { arrived.push_back(number); });
  }
};
using StandInPathsTest = PathsTest;

TEST_F(StandInPathsTest, pieces_arrive_in_order_whatever_each_of_them_costs) {
  terrain.set_conditions({.latency = 10ms, .jitter = 50ms, .loss = 0.3});
  std::vector<int> sent;
  for (int i = 0; i < 200; ++i) {
    send(i);
    sent.push_back(i);
    loop.advance(3ms);
  }
  EXPECT_LT(arrived.size(), sent.size());
  loop.advance(1h);
  EXPECT_EQ(arrived, sent);
  EXPECT_GT(counters.retransmissions, 30U);
}

TEST_F(StandInPathsTest, a_rate_makes_large_pieces_wait_for_each_other) {
  terrain.set_conditions({.latency = 10ms, .bytes_per_second = 1'000'000});
  for (int i = 0; i < 3; ++i) {
    paths->send(path, [this, i] { arrived.push_back(i); }, 50'000);
  }
  loop.advance(60ms);
  EXPECT_EQ(arrived.size(), 1U);
  loop.advance(50ms);
  EXPECT_EQ(arrived.size(), 2U);
  loop.advance(1s);
  send(3);
  loop.advance(10ms);
  EXPECT_EQ(arrived.size(), 4U);
}

TEST_F(StandInPathsTest, nothing_arrives_inside_the_call_that_sends_it_even_without_latency) {
  terrain.set_conditions({.latency = 0ms});
  send(1);
  EXPECT_TRUE(arrived.empty());
  loop.settle();
  EXPECT_EQ(arrived, std::vector<int>{1});
}

TEST_F(StandInPathsTest, what_meets_a_cut_waits_for_its_end) {
  send(1);
  loop.advance(5ms);
  terrain.isolate(node(2));
  paths->cuts_changed();
  loop.advance(1h);
  send(2);
  loop.advance(1h);
  EXPECT_TRUE(arrived.empty());
  terrain.heal();
  paths->cuts_changed();
  loop.advance(9ms);
  EXPECT_TRUE(arrived.empty()) << "it is sent again after the cut";
  loop.advance(1ms);
  EXPECT_EQ(arrived, (std::vector<int>{1, 2}));
}

TEST_F(StandInPathsTest, a_short_cut_that_nothing_meets_goes_unnoticed) {
  send(1);
  loop.advance(2ms);
  terrain.isolate(node(2));
  paths->cuts_changed();
  loop.advance(5ms);
  terrain.heal();
  paths->cuts_changed();
  loop.advance(3ms);
  EXPECT_EQ(arrived, std::vector<int>{1});
}

TEST_F(StandInPathsTest, what_is_under_way_on_a_path_that_is_left_arrives_unless_it_meets_a_cut) {
  send(1);
  paths->leave(path);
  send(2);
  loop.advance(1s);
  EXPECT_EQ(arrived, std::vector<int>{1});

  path = paths->open(a, b);
  send(3);
  paths->leave(path);
  terrain.isolate(node(1));
  paths->cuts_changed();
  loop.advance(1s);
  terrain.heal();
  paths->cuts_changed();
  loop.advance(1h);
  EXPECT_EQ(arrived, std::vector<int>{1}) << "nobody sends it again";
}

TEST_F(StandInPathsTest, an_arrival_may_send_leave_and_let_go_of_everything) {
  paths->send(path, [this] {
    send(1);
    const auto other = paths->open(b, a);
    paths->send(other, [this] {
      arrived.push_back(2);
      paths->stop();
      paths.reset();
    });
    paths->send(other, [this] { arrived.push_back(3); });
    paths->leave(path);
  });
  loop.advance(1s);
  EXPECT_EQ(arrived, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace flnet::net
