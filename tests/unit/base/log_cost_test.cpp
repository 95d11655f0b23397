// SPDX-License-Identifier: MIT OR Apache-2.0
// What a line costs that no rule wants: this program counts its allocations.
#include <flnet/log.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

namespace {
thread_local unsigned allocations = 0;
}

// All forms of new and delete end in these two.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace flnet {
namespace {

/// Counts how often it is made into text.
struct Costly {
  unsigned* made;
  std::string to_string() const {
    ++*made;
    return "a text that is too long for the short strings that need no allocation";
  }
};

TEST(LogCost, a_line_that_no_rule_wants_makes_no_text_and_allocates_nothing) {
  static constexpr log::Topic topic{"cost::quiet"};
  unsigned made = 0, lines = 0;
  log::set_sink([&](log::Level, std::string_view, std::string_view) { ++lines; });
  log::set_level(log::Level::info);
  const auto log_all = [&] {
    topic.debug("a literal that is too long for a short string: ", Costly{&made}, 12345678901234567ULL);
    topic.trace([&] { return Costly{&made}.to_string(); });
    log::debug("a literal that is too long for a short string: ", Costly{&made});
  };
  // The first time after a change, too: the look-up of a level allocates nothing either.
  for (int i = 0; i < 3; ++i) {
    const unsigned before = allocations;
    log_all();
    EXPECT_EQ(allocations, before);
  }
  EXPECT_EQ(made, 0U);
  EXPECT_EQ(lines, 0U);

  log::set_level(log::Level::trace);
  const unsigned before = allocations;
  log_all();
  EXPECT_GT(allocations, before);
  EXPECT_EQ(made, 3U);
  EXPECT_EQ(lines, 3U);
  log::set_level(log::Level::warn);
  log::set_sink({});
}

}  // namespace
}  // namespace flnet
