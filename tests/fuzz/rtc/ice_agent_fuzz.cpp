// SPDX-License-Identifier: MIT OR Apache-2.0
// An IceAgent under arbitrary datagrams, authentic requests and answers, candidates and times.
#include "rtc/ice_agent.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace flnet;
using namespace flnet::rtc;

namespace {

struct KeepLast final : IceSink {
  void send_ice(const DatagramPath& path, ByteView datagram) override {
    last_path = path;
    last = to_bytes(datagram);
  }
  void ice_state_changed(IceState /*state*/) override {}
  void ice_path_changed(const DatagramPath& /*path*/) override {}
  DatagramPath last_path;
  Bytes last;
};

class Input {
 public:
  explicit Input(ByteView bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t value = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return value;
  }
  ByteView take(std::size_t size) {
    const ByteView part = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(part.size());
    return part;
  }

 private:
  ByteView bytes_;
};

SocketAddress some_address(std::uint8_t which) {
  if (which % 4 == 3) return {IpAddress::v6({0x20, 1, 0xd, 0xb8, which}), 5000};
  return {IpAddress::v4({10, 0, 0, which}), 4000};
}

StunMessage some_message(Input& input, const KeepLast& sink) {
  StunMessage message;
  const std::uint8_t bits = input.byte();
  message.message_class = static_cast<StunClass>(bits & 3U);
  if (sink.last.size() >= 20) std::copy_n(sink.last.begin() + 8, 12, message.transaction.begin());
  message.transaction[0] ^= static_cast<std::uint8_t>(bits >> 7);
  message.use_candidate = (bits & 4U) != 0;
  if ((bits & 8U) != 0) message.ice_controlling = input.byte() * 0x0101010101010101U;
  if ((bits & 16U) != 0) message.ice_controlled = input.byte() * 0x0101010101010101U;
  if ((bits & 32U) != 0) message.priority = input.byte() * 0x01010101U;
  if (message.message_class == StunClass::request) message.username = "ours:them";
  if (message.message_class == StunClass::success) message.mapped_address = some_address(1);
  if (message.message_class == StunClass::error) message.error_code = (bits & 64U) != 0 ? 487 : 400;
  return message;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input({data, size});
  SeededRandom random(1);
  KeepLast sink;
  const IceCredentials remote{"them", "their-password-of-22-char"};
  IceConfig config;
  config.role = (input.byte() & 1U) != 0 ? IceRole::controlling : IceRole::controlled;
  config.local = {"ours", "our-password-of-22-chars"};
  config.max_remote_candidates = 8;
  config.max_pairs = 12;
  IceAgent agent(config, random, sink);
  Time now{1s};
  while (!input.empty()) {
    const std::uint8_t step = input.byte();
    const DatagramPath path{some_address(input.byte() & 7U), some_address(input.byte())};
    switch (step % 8) {
      case 0:
        agent.add_local_candidate(host_candidate(path.local, 0), now);
        break;
      case 1:
        agent.add_remote_candidate(host_candidate(path.remote, 1), now);
        break;
      case 2:
        agent.set_remote_credentials(remote, now);
        break;
      case 3:
        agent.receive(path, input.take(step), now);
        break;
      case 4:
      case 5: {
        const StunMessage message = some_message(input, sink);
        const bool is_request = message.message_class == StunClass::request;
        const std::string& key = is_request ? config.local.password : remote.password;
        const bool to_last = step % 8 == 5;
        agent.receive(to_last ? sink.last_path : path, encode_stun(message, as_bytes(key)), now);
        break;
      }
      case 6:
        now += Duration(std::int64_t{step} * input.byte() * 500);
        agent.handle_timeout(now);
        if (agent.deadline() && *agent.deadline() <= now) std::abort();
        break;
      default:
        if (const auto next = agent.deadline()) now = std::max(now, *next);
        agent.note_data_received(now);
        agent.handle_timeout(now);
        if (agent.deadline() && *agent.deadline() <= now) std::abort();
    }
  }
  agent.close();
  if (agent.deadline()) std::abort();
  return 0;
}
