// SPDX-License-Identifier: MIT OR Apache-2.0
// The ping example's three roles.
#include "actions.hpp"

#include <cstdio>
#include <set>

namespace ping {
namespace {

using flnet::NetReply;
using flnet::Network;
using flnet::NodeID;
using flnet::Result;
using flnet::Task;
using namespace std::chrono_literals;

constexpr auto patience = 20s;

void say(const char* what, const NodeID& peer, std::string_view text) {
  std::printf("%s %s: %.*s\n", what, peer.short_hex().c_str(), static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}

/// The answer to a ping in the case it was written in; nothing for any other message.
std::optional<std::string> answer_to(std::string_view text) {
  if (text == "Ping") return "Pong";
  if (text == "ping") return "pong";
  return std::nullopt;
}

/// Answers a ping; returns whether it was one.
Task<bool> answer(Network& net, const NetReply::RcvNodeMessage& received) {
  const auto text = answer_to(received.message.text());
  if (!text) co_return false;
  const auto sent = co_await net.send_msg(received.from, *text);
  if (sent) {
    say("sent to", received.from, *text);
  } else {
    std::printf("not sent: %s\n", sent.error().detail.c_str());
  }
  co_return true;
}

/// Once a second a ping to every node that the latest list named.
Task<> ping_listed(Network& net, const std::set<NodeID>& others) {
  auto tick = flnet::interval(1s);
  while (true) {
    for (const NodeID& peer : others) {
      const auto sent = net.try_send(peer, {flnet::MessageKind::text, flnet::as_bytes("Ping")});
      if (sent) say("sent to", peer, "Ping");
    }
    co_await tick.next();
    if (const auto asked = net.send_list_request(); !asked) co_return;
  }
}

}  // namespace

Task<> ping_all(Network& net, unsigned count) {
  std::set<NodeID> others;
  flnet::JobSet jobs;
  jobs.add(ping_listed(net, others));
  unsigned answers = 0;
  while (auto reply = co_await net.recv()) {
    if (const auto* list = std::get_if<NetReply::RcvWSUpdateList>(&*reply)) {
      others.clear();
      for (const auto& node : list->nodes)
        if (node.id() != net.id()) others.insert(node.id());
    } else if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&*reply)) {
      say("received from", received->from, received->message.text());
      const bool was_ping = co_await answer(net, *received);
      if (!was_ping && ++answers == count) co_return;
    }
  }
}

Task<> serve(Network& net, unsigned count) {
  unsigned answered = 0;
  while (auto reply = co_await net.recv()) {
    const auto* received = std::get_if<NetReply::RcvNodeMessage>(&*reply);
    if (received == nullptr) continue;
    say("received from", received->from, received->message.text());
    const bool was_ping = co_await answer(net, *received);
    if (was_ping && ++answered == count) co_return;
  }
}

namespace {

/// Waits for a message of `server`; not_connected when the link failed instead.
Task<Result<>> hear_from(Network& net, NodeID server) {
  while (auto reply = co_await net.recv()) {
    if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&*reply)) {
      if (received->from != server) continue;
      say("received from", received->from, received->message.text());
      co_return Result<>{};
    }
    const auto* gone = std::get_if<NetReply::Disconnected>(&*reply);
    if (gone != nullptr && gone->peer == server) co_return flnet::failure(gone->reason);
  }
  co_return flnet::failure(flnet::ErrorCode::closed, "the network is closed");
}

}  // namespace

Task<> ping_server(Network& net, NodeID server, unsigned count) {
  const flnet::Timer patience_over = flnet::Loop::current().at(flnet::now() + patience, [] {
    flnet::fail(
        {flnet::ErrorCode::timed_out, "the server does not answer; is its id right, and is it running?"});
    std::exit(1);
  });
  for (unsigned i = 0; i < (count == 0 ? 10 : count); ++i) {
    const auto sent = co_await net.send_msg(server, "ping");
    if (!sent) co_return flnet::fail(sent.error());
    say("sent to", server, "ping");
    const auto heard = co_await flnet::within(patience, hear_from(net, server));
    if (!heard)
      co_return flnet::fail(
          {flnet::ErrorCode::timed_out, "no answer; is the id right, is the server running?"});
    if (!*heard) co_return flnet::fail(heard->error());
  }
}

}  // namespace ping
