// SPDX-License-Identifier: MIT OR Apache-2.0
// stand_in: a test of a module without a network; docs/testing.md shows it.
// [readme]
#include <flnet/flnet.hpp>
#include <flnet/stand_in_network.hpp>
#include <flnet/virtual_loop.hpp>

#include <cstdio>

using namespace std::chrono_literals;

// The module under test: it answers whatever it hears.
flnet::Task<> echo(flnet::Network& net) {
  while (auto reply = co_await net.recv()) {
    if (const auto* heard = std::get_if<flnet::NetReply::RcvNodeMessage>(&*reply)) {
      if (const auto sent = co_await net.send(heard->from, heard->message); !sent) co_return;
    }
  }
}

flnet::Task<bool> answered(flnet::Network& net) {
  while (auto reply = co_await net.recv()) {
    if (std::holds_alternative<flnet::NetReply::RcvNodeMessage>(*reply)) co_return true;
  }
  co_return false;
}

// The test: who asks while the server can't be reached is answered when it can.
flnet::Task<bool> answers_after_a_cut(flnet::StandInNetwork& world) {
  auto server = co_await world.start_node("server");
  auto client = co_await world.start_node("client");
  if (!server || !client) co_return false;
  flnet::JobSet jobs;
  jobs.add(echo(*server));

  world.isolate(server->id());
  if (!co_await client->send_msg(server->id(), "anybody there?")) co_return false;
  const auto early = co_await flnet::within(20s, answered(*client));
  world.heal();
  const auto late = co_await flnet::within(60s, answered(*client));
  co_return !early && late == true;
}

int main() {
  flnet::VirtualLoop loop;  // 20 seconds pass in no time
  flnet::StandInNetwork world({.seed = 42, .conditions = {.latency = 50ms, .loss = 0.1}}, loop);
  const auto passed = loop.run(answers_after_a_cut(world));
  if (!passed) std::printf("%s\n", passed.error().detail.c_str());
  return passed && *passed ? 0 : 1;
}
// [readme]
