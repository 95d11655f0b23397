// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of IdMap against std::map, and of its order, which no platform may change.
#include "base/id_map.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flnet {
namespace {

enum class Number : std::uint64_t {};

U256 id_of(std::uint64_t number) {
  SeededRandom random(number);
  std::array<std::uint8_t, U256::size> bytes{};
  random.fill(bytes);
  return U256(bytes);
}

template <class Key>
void compare_with_a_map(Key (*key_of)(std::uint64_t)) {
  SeededRandom random(1);
  IdMap<Key, std::string> map;
  std::map<Key, std::string> model;
  for (int i = 0; i < 20'000; ++i) {
    const Key key = key_of(random.below(300));
    if (random.below(2) == 0) {
      map[key] = model[key] = std::to_string(i);
    } else {
      EXPECT_EQ(map.erase(key), model.erase(key) == 1);
    }
    ASSERT_EQ(map.size(), model.size());
    ASSERT_EQ(map.contains(key), model.contains(key));
    if (i % 100 != 0) continue;
    std::map<Key, std::string> walked;
    for (const auto [at, value] : map) walked.emplace(at, value);
    ASSERT_EQ(walked, model);
  }
}

TEST(IdMap, of_node_ids_holds_what_a_map_holds) {
  compare_with_a_map<U256>(id_of);
}

TEST(IdMap, of_numbers_holds_what_a_map_holds) {
  compare_with_a_map<Number>([](std::uint64_t number) { return Number{number}; });
}

TEST(IdMap, values_stay_where_they_are_while_others_come) {
  IdMap<Number, std::string> map;
  const std::string& first = map.emplace(Number{1}, "first");
  for (std::uint64_t i = 2; i < 1000; ++i) map.emplace(Number{i}, "other");
  EXPECT_EQ(map.find(Number{1}), &first);
  EXPECT_EQ(first, "first");
}

TEST(IdMap, values_end_once_and_may_ask_the_map_meanwhile) {
  struct Asks {
    IdMap<Number, std::unique_ptr<Asks>>& map;
    int& ended;
    Asks(IdMap<Number, std::unique_ptr<Asks>>& asked, int& count) : map(asked), ended(count) {}
    Asks(const Asks&) = delete;
    Asks& operator=(const Asks&) = delete;
    ~Asks() {
      ++ended;
      EXPECT_FALSE(map.contains(Number{1}));
    }
  };
  int ended = 0;
  IdMap<Number, std::unique_ptr<Asks>> map;
  map.emplace(Number{1}, std::make_unique<Asks>(map, ended));
  EXPECT_TRUE(map.erase(Number{1}));
  EXPECT_EQ(ended, 1);
  for (std::uint64_t i = 2; i < 20; ++i) map.emplace(Number{i}, std::make_unique<Asks>(map, ended));
  map.clear();
  EXPECT_EQ(ended, 19);
  EXPECT_TRUE(map.empty());
}

TEST(IdMap, moves) {
  IdMap<U256, std::string> map;
  map.emplace(id_of(1), "one");
  IdMap<U256, std::string> other = std::move(map);
  EXPECT_EQ(*other.find(id_of(1)), "one");
  IdMap<U256, std::string> third;
  third.emplace(id_of(2), "two");
  third = std::exchange(other, {});
  EXPECT_TRUE(third.contains(id_of(1)));
  EXPECT_FALSE(third.contains(id_of(2)));
  EXPECT_TRUE(other.empty());
}

TEST(IdMap, has_one_order_everywhere) {
  IdMap<Number, char> numbers;
  for (std::uint64_t i = 1; i <= 8; ++i) numbers.emplace(Number{i}, static_cast<char>('a' + i - 1));
  std::string order;
  for (const auto [number, letter] : numbers) order += letter;
  EXPECT_EQ(order, "ebgdafch");
}

}  // namespace
}  // namespace flnet
