// SPDX-License-Identifier: MIT OR Apache-2.0
// Words by standard input and output.
#include "words.hpp"

#include <flnet/asio_loop.hpp>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace flnet::bench {
namespace {

class PipeListener final : public Listener {
 public:
  explicit PipeListener(std::function<void(std::string_view)> heard)
      : heard_(std::move(heard)),
        watch_(dynamic_cast<AsioLoop&>(Loop::current()).watch_readable(STDIN_FILENO, [this] { read(); })) {}

 private:
  void read() {
    char buffer[65536];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof(buffer));
    if (size <= 0) std::exit(0);  // The driver has seen enough.
    unread_.append(buffer, static_cast<std::size_t>(size));
    for (std::size_t end = unread_.find('\0'); end != std::string::npos; end = unread_.find('\0')) {
      const std::string word = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      heard_(word);
    }
  }

  std::function<void(std::string_view)> heard_;
  std::string unread_;
  std::unique_ptr<AsioLoop::Watch> watch_;
};

}  // namespace

std::unique_ptr<Listener> listen(std::function<void(std::string_view)> heard) {
  return std::make_unique<PipeListener>(std::move(heard));
}

void tell(std::string_view word) {
  std::fwrite(word.data(), 1, word.size(), stdout);
  std::fputc('\0', stdout);
  std::fflush(stdout);
}

}  // namespace flnet::bench
