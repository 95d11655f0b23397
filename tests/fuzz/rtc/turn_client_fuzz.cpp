// SPDX-License-Identifier: MIT OR Apache-2.0
// A TurnClient lives through whatever a server sends, in whatever order; what decode_turn accepts reads back
// the same.
#include "rtc/turn_client.hpp"
#include "support/fuzz_input.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace flnet;

namespace {

class Sink final : public rtc::TurnClientSink {
 public:
  void send_to_server(const rtc::DatagramPath&, ByteView datagram) override { last = to_bytes(datagram); }
  void relay_allocated() override {}
  void relay_received(const SocketAddress&, ByteView) override {}
  void relay_ended(Error) override {}
  Bytes last;
};

/// An answer to the last request that the client can believe as soon as it has a key: the fuzzer plays the
/// server.
Bytes answer(const Sink& sink, test::FuzzInput& input) {
  const auto request = rtc::decode_turn(sink.last);
  if (!request) return {};
  const std::uint8_t choice = input.byte();
  rtc::TurnMessage message;
  message.message_class = choice % 2 == 0 ? rtc::StunClass::success : rtc::StunClass::error;
  message.method = request->method;
  message.transaction = request->transaction;
  constexpr std::uint16_t codes[] = {401, 438, 437, 403, 486, 300, 400, 699};
  if (choice % 2 == 1) message.error_code = codes[choice / 2 % 8];
  message.realm = std::string(1, static_cast<char>('a' + choice / 64));
  message.nonce = input.text(20);
  message.lifetime_seconds = input.byte();
  message.relayed = message.mapped = SocketAddress{IpAddress::v4({192, 0, 2, 1}), 4000};
  if (choice / 16 % 4 == 3) message.password_algorithms = to_bytes(input.take(8));
  return rtc::encode_turn(message);
}

void check_codec(ByteView datagram) {
  const auto message = rtc::decode_turn(datagram);
  if (!message) return;
  const Bytes again = rtc::encode_turn(*message);
  const auto same = rtc::decode_turn(again);
  const bool fits = again.size() <= 2048;  // the integrity is gone, the fingerprint may be new
  if (fits && (!same || same->nonce != message->nonce || same->peer != message->peer)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::FuzzInput input(data, size);
  Sink sink;
  SeededRandom random(1);
  rtc::TurnClientConfig config;
  config.server = {IpAddress::v4({192, 0, 2, 1}), 3478};
  config.base = {IpAddress::v4({10, 0, 0, 1}), 5000};
  config.max_permissions = config.max_channels = 3;
  rtc::TurnClient client(config, random, sink);
  Time now{1s};
  while (!input.empty()) {
    switch (input.below(6)) {
      case 0:
        client.start(now);
        break;
      case 1: {
        const ByteView datagram = input.take(input.byte());
        check_codec(datagram);
        client.receive(datagram, now);
        break;
      }
      case 2:
        client.receive(answer(sink, input), now);
        break;
      case 3:
        client.send({IpAddress::v4({10, 1, 0, static_cast<std::uint8_t>(input.below(5))}), 1},
                    Bytes(input.byte() % 40U, 0x17), now);
        break;
      case 4:
        now += std::chrono::seconds(input.byte() * 2);
        client.handle_timeout(now);
        if (client.deadline() && *client.deadline() <= now) std::abort();
        break;
      default:
        client.set_wanted(input.byte() % 2 == 0);
        break;
    }
  }
  client.close(now);
  return 0;
}
