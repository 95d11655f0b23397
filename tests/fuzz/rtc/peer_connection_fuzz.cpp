// SPDX-License-Identifier: MIT OR Apache-2.0
// Throws datagrams, descriptions and candidates at PeerConnections in a virtual world: nothing may crash.
#include "support/fuzz_input.hpp"
#include "support/peer_world.hpp"
#include "support/plain_dtls.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace flnet;

/// One to three bytes of a description are replaced.
std::string damaged(std::string sdp, test::FuzzInput& input) {
  for (auto count = input.byte() % 4; count > 0 && !sdp.empty(); --count) {
    const std::size_t at = static_cast<std::size_t>(input.byte()) * 256 + input.byte();
    sdp[at % sdp.size()] = static_cast<char>(input.byte());
  }
  return sdp;
}

/// Damaged or not, in time or late, answered or not: old descriptions may come again after newer ones.
void restart(test::PeerWorld& world, test::PeerEnd& end, test::FuzzInput& input) {
  const auto offer = end.restart();
  if (!offer) return;
  auto& peer = world.peer_of(end);
  const auto twists = input.byte();
  if (twists % 2 != 0) world.restart(peer);
  const auto answer = peer.accept_offer(twists % 4 < 2 ? *offer : damaged(*offer, input));
  world.queue.run_for(Duration(input.byte() * 200'000));
  if (answer && twists % 8 < 6) static_cast<void>(end.accept_answer(damaged(*answer, input)));
  if (twists % 16 < 2) static_cast<void>(peer.accept_offer(*offer));
}

void act(test::PeerWorld& world, test::FuzzInput& input) {
  auto& end = input.byte() % 2 == 0 ? *world.offerer : *world.answerer;
  const rtc::DatagramPath path{end.addresses()[0], test::PeerWorld::address(input.byte() % 4)[0]};
  switch (input.byte() % 7) {
    case 0:
      return end.receive(path, input.take(input.byte()));
    case 1:
      return static_cast<void>(end.add_candidate(as_text(input.take(input.byte()))));
    case 2:
      return static_cast<void>(end.accept_answer(as_text(input.take(input.byte()))));
    case 3:
      return static_cast<void>(end.accept_offer(as_text(input.take(input.byte()))));
    case 4:
      return restart(world, end, input);
    case 5:
      return world.queue.run_for(Duration(input.byte() * 10'000));
    default:
      return static_cast<void>(end.send(0, Message::from_binary(to_bytes(input.take(input.byte())))));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::FuzzInput input(data, size);
  test::PlainDtlsContext offerer_dtls(1), answerer_dtls(2);
  test::PeerWorld world(1, offerer_dtls, answerer_dtls);
  static_cast<void>(world.offerer->open_channel("data"));
  if (const auto offer = world.offerer->create_offer()) {
    const auto answer = world.answerer->accept_offer(damaged(*offer, input));
    if (answer) static_cast<void>(world.offerer->accept_answer(damaged(*answer, input)));
  }
  while (!input.empty()) act(world, input);
  world.queue.run_for(1s);
  world.offerer->shutdown();
  world.answerer->abort();
  world.queue.run_for(120s);
  return 0;
}
