// SPDX-License-Identifier: MIT OR Apache-2.0
// Loop: what other threads may do, where there are threads.
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace flnet {
namespace {

TEST(Loop, takes_posts_of_other_threads_none_lost_each_thread_in_order) {
  VirtualLoop loop;
  constexpr int thread_count = 3, posts_each = 5000;
  std::vector<std::vector<int>> seen(thread_count);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < thread_count; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < posts_each; ++i) {
        loop.post([&seen, thread, i] { seen[static_cast<std::size_t>(thread)].push_back(i); });
      }
    });
  }
  for (int i = 0; i < 1000; ++i) loop.settle();
  for (std::thread& thread : threads) thread.join();
  loop.settle();
  for (const std::vector<int>& of_thread : seen) {
    ASSERT_EQ(of_thread.size(), std::size_t{posts_each});
    EXPECT_TRUE(std::ranges::is_sorted(of_thread));
  }
}

}  // namespace
}  // namespace flnet
