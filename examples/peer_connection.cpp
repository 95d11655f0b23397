// SPDX-License-Identifier: MIT OR Apache-2.0
// peer_connection: two connections in one process, with a signalling of one's own: messages carried by hand.
#include <flnet/flnet.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <variant>

namespace {

constexpr const char* names[] = {"Init", "Offer", "Answer", "IceCandidate"};

/// The signalling: in a real program, this is what goes through a chat, a server or a QR code.
flnet::Task<> carry(const char* name, flnet::PeerConnection& from, flnet::PeerConnection& to) {
  while (auto message = co_await from.next_setup()) {
    std::printf("%s says %s\n", name, names[message->index()]);
    const auto taken = to.setup(std::move(*message));
    if (!taken) std::printf("  which is not taken: %s\n", taken.error().detail.c_str());
  }
}

/// Answers each message, until the other side closes.
flnet::Task<> answer(flnet::PeerConnection& bob) {
  while (auto message = co_await bob.recv()) {
    std::printf("Bob received \"%s\"\n", std::string(message->text()).c_str());
    flnet::Message echo = flnet::Message::from_text("you said: " + std::string(message->text()));
    const auto sent = co_await bob.send(std::move(echo));
    if (!sent) std::printf("Bob could not answer: %s\n", sent.error().detail.c_str());
  }
  const flnet::Error reason = co_await bob.closed();
  std::printf("Bob's connection is closed: %s\n", reason.detail.c_str());
}

flnet::Task<flnet::Result<>> talk(flnet::PeerConnection& alice) {
  if (auto offered = alice.connect(); !offered) co_return offered;
  if (auto opened = co_await alice.opened(); !opened) co_return opened;
  const flnet::ConnectionStateMap state = alice.state();
  std::printf("open, from %s to %s\n", state.local_address.c_str(), state.remote_address.c_str());

  for (const char* text : {"hello", "goodbye"}) {
    if (auto sent = co_await alice.send(flnet::Message::from_text(text)); !sent) co_return sent;
    const auto echo = co_await alice.recv();
    if (!echo) co_return flnet::failure(flnet::ErrorCode::closed, "Bob is gone");
    std::printf("Alice received \"%s\"\n", std::string(echo->text()).c_str());
  }
  co_return co_await alice.close();
}

flnet::Task<> example() {
  // Nothing listens at this address: it says that the other side is on this machine, too.
  const flnet::ConnectionConfig here("ws://localhost");
  auto alice = flnet::PeerConnection::open(here);
  if (!alice) co_return flnet::fail(alice.error());
  auto bob = flnet::PeerConnection::open(here);
  if (!bob) co_return flnet::fail(bob.error());

  flnet::JobSet jobs;
  jobs.add(carry("Alice", *alice, *bob));
  jobs.add(carry("Bob", *bob, *alice));
  jobs.add(answer(*bob));
  const auto talked = co_await talk(*alice);
  if (!talked) co_return flnet::fail(talked.error());
  co_await jobs.empty();
}

}  // namespace

int main() {
  return flnet::run(example());
}
