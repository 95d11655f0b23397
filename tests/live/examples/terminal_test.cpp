// SPDX-License-Identifier: MIT OR Apache-2.0
// The chat's Terminal over pipes and files.
#include "chat/terminal.hpp"

#include <flnet/flnet.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chat {
namespace {

using flnet::AsioLoop;
using flnet::Task;
using namespace std::chrono_literals;

/// Closed at the end, or earlier.
struct Descriptor {
  explicit Descriptor(int its_number) : number(its_number) {}
  ~Descriptor() { close_now(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close_now() {
    if (number >= 0) ::close(std::exchange(number, -1));
  }
  int number;
};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    from.number = ends[0];
    to.number = ends[1];
  }
  void write(const std::string& text) const {
    EXPECT_EQ(::write(to.number, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  Descriptor from{-1}, to{-1};
};

/// Runs `test` on a loop of its own, for at most half a minute.
template <class Test>
void run_on_loop(Test test) {
  struct Ended {
    static Task<> run(AsioLoop& loop, Task<> task) {
      co_await std::move(task);
      loop.stop();
    }
  };
  AsioLoop loop;
  bool hangs = false;
  flnet::Timer patience;
  {
    const flnet::Loop::Scope scope(loop);
    patience = loop.at(loop.now() + 30s, [&] {
      hangs = true;
      loop.stop();
    });
  }
  flnet::JobSet jobs(loop);
  jobs.add(Ended::run(loop, test(loop)));
  loop.run();
  EXPECT_FALSE(hangs);
}

/// What the terminal emits, as text, until it hangs up.
Task<std::vector<std::string>> all_typed(flnet::Tap<TerminalMessage> tap) {
  std::vector<std::string> lines;
  while (auto message = co_await tap.recv()) {
    if (std::holds_alternative<HungUp>(*message)) co_return lines;
    if (const auto* typed = std::get_if<Typed>(&*message)) lines.push_back(typed->line);
    if (std::holds_alternative<TypedTooMuch>(*message)) lines.emplace_back("(too much)");
  }
  co_return lines;
}

TEST(ChatTerminal, emits_the_lines_that_are_typed_and_then_that_it_ended) {
  struct Case {
    static Task<> run(AsioLoop& loop) {
      Pipe in;
      const Pipe out;
      Terminal terminal(loop, in.from.number, out.to.number);
      in.write("one\ntw");
      auto typed = all_typed(terminal.broker().tap());
      co_await flnet::sleep(20ms);
      in.write("o\n" + std::string(5000, 'x') + "\nno end");
      in.to.close_now();
      const auto lines = co_await std::move(typed);
      EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "(too much)", "no end"}));
    }
  };
  run_on_loop(Case::run);
}

TEST(ChatTerminal, reads_a_plain_file_and_the_null_device) {
  struct Case {
    static Task<> run(AsioLoop& loop) {
      std::FILE* file = std::tmpfile();
      std::fputs("from a file\n", file);
      EXPECT_EQ(std::fseek(file, 0, SEEK_SET), 0);
      {
        const Terminal terminal(loop, fileno(file), fileno(file));
        const auto lines = co_await all_typed(terminal.broker().tap());
        EXPECT_EQ(lines, std::vector<std::string>{"from a file"});
      }
      std::fclose(file);
      const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
      Terminal terminal(loop, nothing.number, nothing.number);
      const auto lines = co_await all_typed(terminal.broker().tap());
      EXPECT_EQ(lines, std::vector<std::string>{});
      EXPECT_TRUE(terminal.broker().emit(Show{"into the void"}));
      EXPECT_TRUE(co_await terminal.written());
    }
  };
  run_on_loop(Case::run);
}

/// Reads `count` lines without ever blocking.
Task<std::vector<std::string>> read_lines(int descriptor, std::size_t count) {
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  std::vector<std::string> lines;
  std::string line;
  std::array<char, 4096> piece{};
  while (lines.size() < count) {
    const ssize_t got = ::read(descriptor, piece.data(), piece.size());
    for (ssize_t i = 0; i < got; ++i) {
      const char letter = piece.at(static_cast<std::size_t>(i));
      if (letter == '\n') {
        lines.push_back(std::exchange(line, {}));
      } else {
        line += letter;
      }
    }
    if (got <= 0) co_await flnet::sleep(1ms);
  }
  co_return lines;
}

TEST(ChatTerminal, a_reader_that_takes_nothing_holds_up_who_emits_and_not_the_loop) {
  struct Case {
    static Task<> run(AsioLoop& loop) {
      const Pipe in, out;
      Terminal terminal(loop, in.from.number, out.to.number);
      std::vector<std::string> accepted;
      const std::string padding(1000, '.');
      for (int turn = 0; turn < 20; ++turn) {
        for (int i = 0; i < 500; ++i) {
          std::string line = std::to_string(accepted.size()) + padding;
          if (terminal.broker().emit(Show{line})) accepted.push_back(std::move(line));
        }
        co_await flnet::sleep(1ms);
      }
      // A pipe holds 64 KiB.
      EXPECT_LT(accepted.size(), flnet::BrokerLimits{}.messages + 100);
      EXPECT_GE(accepted.size(), flnet::BrokerLimits{}.messages);
      const auto lines = co_await read_lines(out.from.number, accepted.size());
      EXPECT_EQ(lines, accepted);
      EXPECT_TRUE(co_await terminal.written());
    }
  };
  run_on_loop(Case::run);
}

TEST(ChatTerminal, a_line_longer_than_a_pipe_arrives_whole) {
  struct Case {
    static Task<> run(AsioLoop& loop) {
      const Pipe in, out;
      Terminal terminal(loop, in.from.number, out.to.number);
      const std::string line(300'000, 'x');
      EXPECT_TRUE(terminal.broker().emit(Show{line}));
      const auto lines = co_await read_lines(out.from.number, 1);
      EXPECT_EQ(lines, std::vector<std::string>{line});
    }
  };
  run_on_loop(Case::run);
}

TEST(ChatTerminal, hangs_up_when_nobody_reads_what_it_shows) {
  struct Case {
    static Task<> run(AsioLoop& loop) {
      const Pipe in;
      Pipe out;
      out.from.close_now();
      Terminal terminal(loop, in.from.number, out.to.number);
      auto tap = terminal.broker().tap();
      EXPECT_TRUE(terminal.broker().emit(Show{"hello?"}));
      const auto lines = co_await all_typed(std::move(tap));
      EXPECT_EQ(lines, std::vector<std::string>{});
      EXPECT_FALSE(co_await terminal.written());
      for (int i = 0; i < 5000; ++i) {
        EXPECT_TRUE(terminal.broker().emit(Show{"nobody"})) << "nobody keeps it";
        if (i % 500 == 0) co_await flnet::sleep(1ms);
      }
    }
  };
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  run_on_loop(Case::run);
  std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace chat
