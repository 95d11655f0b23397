// SPDX-License-Identifier: MIT OR Apache-2.0
// How many messages a second go through a broker to a tap, to a handler, and through three linked brokers.
#include <flnet/broker.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

namespace {

using namespace flnet;
using Numbers = std::vector<int>;

constexpr int rounds = 2'000, messages_per_round = 1'000;

/// Runs what is ready when it is told to; the brokers need no timers and no system.
class ReadyLoop final : public Loop {
 public:
  ~ReadyLoop() override { shut_down(); }
  Time now() const override { return {}; }
  void run_ready_calls() {
    while (std::exchange(woken_, false)) turn();
  }

 private:
  void wake() override { woken_ = true; }
  void arm(std::optional<Time>) override {}
  bool woken_ = false;
};

struct Silent {
  Numbers messages(Numbers) { return {}; }
};

std::optional<int> as_it_is(int number) {
  return number;
}

template <class Drain>
void measure(const char* name, ReadyLoop& loop, const Broker<int>& into, Drain drain) {
  const auto start = std::chrono::steady_clock::now();
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < messages_per_round; ++i) refused += into.emit(i) ? 0 : 1;
    loop.run_ready_calls();
    drain();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%-28s %6.2f million messages/s%s\n", name, rounds * messages_per_round / took.count() / 1e6,
              refused == 0 ? "" : " (some were refused!)");
}

void read_all(Tap<int>& tap) {
  while (tap.try_next()) {
  }
}

}  // namespace

int main() {
  ReadyLoop loop;
  {
    const Broker<int> broker(loop);
    Tap<int> tap = broker.tap();
    measure("one broker to a tap", loop, broker, [&] { read_all(tap); });
  }
  {
    const Broker<int> broker(loop);
    const Registration handler = broker.add_handler(Silent{});
    measure("one broker to a handler", loop, broker, [] {});
  }
  {
    const Broker<int> a(loop), b(loop), c(loop);
    const Registration ab = a.link(b, as_it_is, as_it_is), bc = b.link(c, as_it_is, as_it_is);
    Tap<int> tap = c.tap();
    measure("three linked ones to a tap", loop, a, [&] { read_all(tap); });
  }
}
