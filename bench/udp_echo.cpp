// SPDX-License-Identifier: MIT OR Apache-2.0
// A bare UDP echo over loopback.
#include "udp_echo.hpp"

#include "two_processes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace flnet::bench {
namespace {

constexpr std::size_t message_size = 64;

struct Socket {
  int descriptor = -1;
  int epoll = -1;
  sockaddr_in address{};
};

void check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

Socket open_socket() {
  Socket made;
  made.descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  check(made.descriptor >= 0, "socket");
  made.address.sin_family = AF_INET;
  made.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(made.address);
  auto* address = reinterpret_cast<sockaddr*>(&made.address);
  check(::bind(made.descriptor, address, size) == 0, "bind");
  check(::getsockname(made.descriptor, address, &size) == 0, "getsockname");
  return made;
}

/// Each process needs an epoll of its own.
void watch(Socket& socket) {
  socket.epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{.events = EPOLLIN, .data = {}};
  check(::epoll_ctl(socket.epoll, EPOLL_CTL_ADD, socket.descriptor, &event) == 0, "epoll_ctl");
}

void receive(const Socket& socket) {
  char buffer[message_size];
  epoll_event event{};
  while (::recv(socket.descriptor, buffer, sizeof(buffer), 0) < 0) {
    if (::epoll_wait(socket.epoll, &event, 1, 5000) == 0) {
      std::fprintf(stderr, "flnet_bench: a UDP datagram was lost\n");
      std::exit(1);
    }
  }
}

void send(const Socket& from, const Socket& to) {
  static const char message[message_size] = {};
  ::sendto(from.descriptor, message, sizeof(message), 0, reinterpret_cast<const sockaddr*>(&to.address),
           sizeof(to.address));
}

double microseconds_now() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

int udp_echo(std::size_t rounds) {
  Socket ours = open_socket();
  Socket theirs = open_socket();
  const int child = ::fork();
  check(child >= 0, "fork");
  if (child == 0) {
    watch(theirs);
    for (;;) {
      receive(theirs);
      send(theirs, ours);
    }
  }
  watch(ours);
  std::vector<double> times;
  for (std::size_t round = 0; round < rounds + 200; ++round) {
    const double started = microseconds_now();
    send(ours, theirs);
    receive(ours);
    if (round >= 200) times.push_back(microseconds_now() - started);
  }
  ::kill(child, SIGTERM);
  ::waitpid(child, nullptr, 0);
  std::printf(R"({"p50_us":%.1f,"p99_us":%.1f})"
              "\n",
              quantile(times, 0.5), quantile(times, 0.99));
  return 0;
}

}  // namespace flnet::bench
