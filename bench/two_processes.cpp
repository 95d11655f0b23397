// SPDX-License-Identifier: MIT OR Apache-2.0
// The fork, the socket pair and what /proc says about a process.
#include "two_processes.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace flnet::bench {
namespace {

/// Precedes the text of every word.
struct Head {
  std::uint64_t id = 0;
  std::uint32_t text_size = 0;
  WordKind kind = WordKind::quit;
};

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

void write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      std::exit(1);  // The other process is gone, and has said why.
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

Usage usage_now() {
  Usage usage;
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  rusage spent{};
  ::getrusage(RUSAGE_SELF, &spent);
  usage.rss_kib = static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
  usage.cpu_s = seconds(spent.ru_utime) + seconds(spent.ru_stime);
  usage.at_s = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  return usage;
}

OtherProcess fork_in_two() {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) die("socketpair");
  const int pid = ::fork();
  if (pid < 0) die("fork");
  const bool is_child = pid == 0;
  ::close(sockets[is_child ? 0 : 1]);
  return {.socket = sockets[is_child ? 1 : 0], .is_child = is_child, .child_pid = pid};
}

Pipe::Pipe(AsioLoop& loop, int socket, std::function<void(Word)> heard, std::function<void()> ended)
    : socket_(socket),
      heard_(std::move(heard)),
      ended_(std::move(ended)),
      watch_(loop.watch_readable(socket, [this] { read(); })) {}

void Pipe::tell(const Word& word) const {
  const Head head{
      .id = word.id, .text_size = static_cast<std::uint32_t>(word.text.size()), .kind = word.kind};
  std::string bytes(sizeof(head), '\0');
  std::memcpy(bytes.data(), &head, sizeof(head));
  write_all(socket_, bytes + word.text);
}

void Pipe::read() {
  char buffer[65536];
  const ssize_t size = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT);
  if (size == 0) {
    watch_.reset();
    ended_();
    return;
  }
  if (size < 0) return;
  unread_.append(buffer, static_cast<std::size_t>(size));
  Head head;
  while (unread_.size() >= sizeof(head)) {
    std::memcpy(&head, unread_.data(), sizeof(head));
    if (unread_.size() < sizeof(head) + head.text_size) return;
    Word word{.kind = head.kind, .id = head.id, .text = unread_.substr(sizeof(head), head.text_size)};
    unread_.erase(0, sizeof(head) + head.text_size);
    heard_(std::move(word));
  }
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto at = static_cast<std::size_t>(static_cast<double>(values.size()) * share);
  return values[std::min(at, values.size() - 1)];
}

}  // namespace flnet::bench
