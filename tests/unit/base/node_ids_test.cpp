// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeIDs: FLNet's functions on lists of nodes.
#include <flnet/node_ids.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace flnet {
namespace {

struct NodeIDsTest : testing::Test {
  NodeIDs ids = NodeIDs::random(5);
  const NodeID a = ids[0], b = ids[1], c = ids[2], d = ids[3], e = ids[4];
};

TEST_F(NodeIDsTest, random_ids_differ) {
  EXPECT_EQ(ids.size(), 5U);
  for (std::size_t at = 0; at < 5; ++at) EXPECT_EQ(std::ranges::count(ids, ids[at]), 1);
}

TEST_F(NodeIDsTest, says_what_it_contains) {
  const NodeIDs some{a, b};
  EXPECT_TRUE(some.contains(a));
  EXPECT_FALSE(some.contains(c));
  EXPECT_TRUE(some.contains_any({c, b}));
  EXPECT_FALSE(some.contains_any({c, d}));
  EXPECT_FALSE(some.contains_any({}));
  EXPECT_TRUE(some.contains_all({b, a, a}));
  EXPECT_FALSE(some.contains_all({a, c}));
  EXPECT_TRUE(some.contains_all({}));
}

TEST_F(NodeIDsTest, slices_what_is_there) {
  EXPECT_EQ(ids.slice(1, 2), (NodeIDs{b, c}));
  EXPECT_EQ(ids.slice(4, 9), (NodeIDs{e}));
  EXPECT_EQ(ids.slice(9, 2), NodeIDs{});
}

TEST_F(NodeIDsTest, removes_and_returns_what_is_missing_or_existing) {
  NodeIDs left = ids;
  EXPECT_EQ(left.remove_missing({d, b}), (NodeIDs{a, c, e}));
  EXPECT_EQ(left, (NodeIDs{b, d}));
  left = ids;
  EXPECT_EQ(left.remove_existing({d, b}), (NodeIDs{b, d}));
  EXPECT_EQ(left, (NodeIDs{a, c, e}));
}

TEST_F(NodeIDsTest, merges_each_node_once) {
  NodeIDs some{a, b};
  some.merge({c, b, c, a, d});
  EXPECT_EQ(some, (NodeIDs{a, b, c, d}));
}

}  // namespace
}  // namespace flnet
