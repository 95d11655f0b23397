// SPDX-License-Identifier: MIT OR Apache-2.0
// Two processes that talk through a socket pair: what the benchmark uses for signalling and for its reports.
#pragma once

#include <flnet/asio_loop.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace flnet::bench {

/// What one process tells the other.
enum class WordKind : std::uint8_t { description, candidate, ask, report, quit };
struct Word {
  WordKind kind = WordKind::quit;
  std::uint64_t id = 0;  ///< Of the connection that the word is about.
  std::string text;
};

/// What this process has used so far.
struct Usage {
  double rss_kib = 0, cpu_s = 0, at_s = 0;
};
Usage usage_now();

/// Forks. Before any loop or thread exists.
struct OtherProcess {
  int socket = -1;
  bool is_child = false;
  int child_pid = 0;
};
OtherProcess fork_in_two();

/// One end of the socket pair, on a loop.
class Pipe {
 public:
  /// `ended` is called when the other process is gone.
  Pipe(AsioLoop& loop, int socket, std::function<void(Word)> heard, std::function<void()> ended);
  void tell(const Word& word) const;

 private:
  void read();
  int socket_;
  std::function<void(Word)> heard_;
  std::function<void()> ended_;
  std::string unread_;
  std::unique_ptr<AsioLoop::Watch> watch_;
};

/// The value below which `share` of them lie.
double quantile(std::vector<double> values, double share);

}  // namespace flnet::bench
