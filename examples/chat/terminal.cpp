// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading and writing without ever blocking the loop. The descriptors are shared with other programs, such as
// the shell: they are not made non-blocking but asked whether they would block.
#include "terminal.hpp"

#include "typed_lines.hpp"

#include <flnet/run.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace chat {
namespace {

using flnet::AsioLoop;
using flnet::Task;

/// Plain files and /dev/null never block, and can't be watched either.
bool may_block(int descriptor) {
  struct stat about{};
  if (fstat(descriptor, &about) != 0) return false;
  return S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode) || isatty(descriptor) == 1;
}

bool try_again() {
  return errno == EAGAIN || errno == EINTR;
}

Task<> readable(AsioLoop& loop, int descriptor) {
  if (!may_block(descriptor)) co_return co_await flnet::sleep({});
  flnet::Event ready;
  const auto watch = loop.watch_readable(descriptor, [&ready] { ready.notify(); });
  co_await ready.wait();
}

Task<> writable(AsioLoop& loop, int descriptor) {
  if (!may_block(descriptor)) co_return;
  flnet::Event ready;
  const auto watch = loop.watch_writable(descriptor, [&ready] { ready.notify(); });
  co_await ready.wait();
}

}  // namespace

Terminal::Terminal(AsioLoop& loop, int input, int output)
    : loop_(loop), input_(input), output_(output), broker_(loop), jobs_(loop) {
  counting_ = broker_.add_callback([this](const TerminalMessage& message) {
    if (std::holds_alternative<Show>(message)) ++lines_taken_;
  });
  jobs_.add(write(*this, broker_.tap()));
  jobs_.add(read(*this));
}

Task<bool> Terminal::written() {
  co_await broker_.settle();
  const std::uint64_t wanted = lines_taken_;
  while (works_ && lines_written_ < wanted) {
    progress_.reset();
    co_await progress_.wait();
  }
  co_return works_;
}

Task<> Terminal::read(Terminal& self) {
  TypedLines lines;
  std::array<char, 4096> piece{};
  while (true) {
    co_await readable(self.loop_, self.input_);
    const ssize_t count = ::read(self.input_, piece.data(), piece.size());
    if (count < 0 && try_again()) continue;
    if (count <= 0) break;
    std::vector<TerminalMessage> typed = lines.take({piece.data(), static_cast<std::size_t>(count)});
    for (TerminalMessage& line : typed)
      if (!co_await self.broker_.send(std::move(line))) co_return;
  }
  if (auto rest = lines.rest())
    if (!co_await self.broker_.send(std::move(*rest))) co_return;
  TerminalMessage end = HungUp{};
  [[maybe_unused]] const auto sent = co_await self.broker_.send(std::move(end));
}

Task<> Terminal::write(Terminal& self, flnet::Tap<TerminalMessage> tap) {
  while (self.works_) {
    const auto message = co_await tap.recv();
    if (!message) co_return;
    const auto* show = std::get_if<Show>(&*message);
    if (show == nullptr) continue;
    self.works_ = co_await write_line(self, show->line + "\n");
    ++self.lines_written_;
    self.progress_.notify();
  }
  // Who waits for room waits for this tap.
  {
    const auto unread = std::move(tap);
  }
  TerminalMessage end = HungUp{};
  [[maybe_unused]] const auto sent = co_await self.broker_.send(std::move(end));
}

Task<bool> Terminal::write_line(Terminal& self, std::string line) {
  std::string_view rest = line;
  while (!rest.empty()) {
    co_await writable(self.loop_, self.output_);
    // A pipe that is writable has room for so many bytes (POSIX.1-2017, write).
    const ssize_t count = ::write(self.output_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
    if (count < 0 && !try_again()) co_return false;
    rest.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  co_return true;
}

}  // namespace chat
