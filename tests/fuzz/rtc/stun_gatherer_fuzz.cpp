// SPDX-License-Identifier: MIT OR Apache-2.0
// A StunGatherer lives through whatever servers and resolvers answer, and always has a way on while it
// gathers.
#include "rtc/stun_gatherer.hpp"
#include "support/fuzz_input.hpp"
#include "support/stun_server.hpp"

#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace flnet;

namespace {

SocketAddress host(std::size_t number) {
  return {IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(number)}), 5000};
}

class Sink final : public rtc::StunGathererSink {
 public:
  void send_stun(const rtc::DatagramPath& path, ByteView datagram) override {
    last_path = path;
    last = to_bytes(datagram);
  }
  void resolve_server(std::size_t) override {}
  void reflexive_address_found(const rtc::ReflexiveAddress& address) override {
    if (address.mapped == address.base || address.mapped.port == 0) std::abort();
  }
  void gathering_finished() override {}
  rtc::DatagramPath last_path;
  Bytes last;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::FuzzInput input(data, size);
  Sink sink;
  SeededRandom random(1);
  rtc::StunGatherer gatherer({.servers = 2, .max_queries = 5}, random, sink);
  Time now{1s};
  while (!input.empty()) {
    switch (input.below(5)) {
      case 0: {
        std::vector<SocketAddress> bases(input.below(4));
        for (auto& base : bases) base = host(input.below(5));
        gatherer.gather(bases, now);
        break;
      }
      case 1: {
        std::vector<SocketAddress> addresses(input.below(3));
        for (auto& address : addresses) address = host(100 + input.below(3));
        gatherer.server_resolved(input.below(2), addresses, now);
        break;
      }
      case 2: {
        const SocketAddress seen{host(input.below(8)).ip, input.byte()};
        const auto answer = test::stun_answer(sink.last, seen);
        if (answer) gatherer.receive({sink.last_path.local, sink.last_path.remote}, *answer, now);
        break;
      }
      case 3:
        gatherer.receive({host(input.below(5)), host(100 + input.below(3))}, input.take(input.byte()), now);
        break;
      default:
        now += std::chrono::milliseconds(input.byte() * 50);
        gatherer.handle_timeout(now);
        if (gatherer.deadline() && *gatherer.deadline() <= now) std::abort();
        break;
    }
    if (gatherer.is_gathering() != gatherer.deadline().has_value() && gatherer.is_gathering()) std::abort();
  }
  return 0;
}
