// SPDX-License-Identifier: MIT OR Apache-2.0
// The simulated server and what happens to it; the checks of the simulation.
#include "signal_world.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace flnet::test {

using protocol::ClientId;
using HubIn = protocol::SignalHubInput;
using HubOut = protocol::SignalHubOutput;

SignalWorld::SignalWorld(std::uint64_t seed)
    : random_(seed), hub_random_(seed + 1), hub_alarm_(queue_, [this] {
        protocol::SignalHub::Outbox out;
        hub_->handle_timeout(queue_.now(), out);
        for (auto& output : out) carry_out(std::move(output));
        hub_alarm_.set(hub_->deadline());
      }) {
  start_server();
  const std::uint64_t count = 3 + random_.below(6);
  for (std::uint64_t n = 0; n < count; ++n) {
    if (n % 3 == 0) {
      nodes_.push_back(std::make_unique<MachineNode>(*this, n, random_.u64()));
    } else {
      const auto dialect = chance(0.5) ? wire::Dialect::v0_7 : wire::Dialect::v0_10;
      nodes_.push_back(chance(0.5)
                           ? std::unique_ptr<SimulatedNode>(std::make_unique<RustNode>(*this, n, dialect))
                           : std::make_unique<MachineNode>(*this, n, random_.u64()));
    }
  }
  twins_ = random_.below(3);
  for (std::uint64_t n = 0; n < twins_; ++n) {
    nodes_.push_back(std::make_unique<MachineNode>(*this, n, random_.u64()));
  }
  const std::uint64_t hostile = random_.below(4);
  for (std::uint64_t n = 0; n < hostile; ++n) {
    hostiles_.push_back(std::make_unique<HostileClient>(*this, first_hostile + n));
  }
}

SignalWorld::~SignalWorld() = default;

Duration SignalWorld::between(Duration low, Duration high) {
  return low +
         Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>((high - low).count()))));
}

// The server.

void SignalWorld::start_server() {
  ++server_generation_;
  protocol::SignalHubConfig config;
  if (chance(0.2)) config.max_malformed = 5;
  hub_ = std::make_unique<protocol::SignalHub>(config, hub_random_);
}

void SignalWorld::stop_server() {
  for (const auto& [id, socket] : std::exchange(sockets_, {})) {
    if (chance(0.8)) {
      socket->close_by_server();
    } else {
      socket->fall_silent();
    }
  }
  hub_alarm_.set(std::nullopt);
  hub_.reset();
  ++server_generation_;
}

SocketHandle SignalWorld::connect(WebSocketEnd& client) {
  const auto id = ClientId(next_client_++);
  auto socket = std::make_shared<SimulatedSocket>(*this, id, client);
  socket->connect();
  return socket;
}

void SignalWorld::accept(ClientId id, SocketHandle socket) {
  sockets_[id] = std::move(socket);
  give_hub(HubIn::ClientOpened{id});
}

void SignalWorld::give_hub(HubIn::Any input) {
  if (const auto* closed = std::get_if<HubIn::ClientClosed>(&input)) sockets_.erase(closed->client);
  protocol::SignalHub::Outbox out;
  hub_->handle(std::move(input), queue_.now(), out);
  for (auto& output : out) carry_out(std::move(output));
  hub_alarm_.set(hub_->deadline());
  ASSERT_LE(hub_->client_count(), sockets_.size());
  ASSERT_LE(hub_->node_count(), hub_->client_count());
}

void SignalWorld::carry_out(protocol::SignalHub::Output output) {
  if (auto* send = std::get_if<HubOut::SendText>(&output)) {
    ASSERT_TRUE(sockets_.contains(send->client)) << "it was closed";
    trace_.note(static_cast<std::uint64_t>(queue_.now().time_since_epoch().count()));
    trace_.note(send->text);
    sockets_.at(send->client)->to_client(std::move(send->text));
  } else if (const auto* ping = std::get_if<HubOut::Ping>(&output)) {
    ASSERT_TRUE(sockets_.contains(ping->client));
    sockets_.at(ping->client)->ping_client();
  } else if (const auto* close = std::get_if<HubOut::Close>(&output)) {
    ASSERT_TRUE(sockets_.contains(close->client));
    sockets_.extract(close->client).mapped()->close_by_server();
  } else if (const auto* verify = std::get_if<HubOut::Verify>(&output)) {
    if (raging_ && chance(0.01)) return;  // No verdict ever comes.
    const bool good = verify->signature == fake_signature(verify->key, verify->challenge);
    queue_.after(between(0ms, 20ms), [this, client = verify->client, good, generation = server_generation_] {
      if (generation == server_generation_) give_hub(HubIn::Verified{client, good});
    });
  }
}

// Sockets.

Time SimulatedSocket::arrival(Time& last) {
  last = std::max(last, world_.queue().now() + world_.latency());
  return last;
}

void SimulatedSocket::connect() {
  world_.queue().at(arrival(last_to_server_), [self = shared_from_this()] { self->arrive(); });
}

void SimulatedSocket::arrive() {
  if (!world_.server_is_up()) {
    close_by_server();
    return;
  }
  at_server_ = true;
  server_generation_ = world_.server_generation();
  deliver_to_client([](WebSocketEnd& client) { client.opened(); });
  world_.accept(id_, shared_from_this());
}

void SimulatedSocket::deliver_to_client(std::function<void(WebSocketEnd&)> action) {
  world_.queue().at(arrival(last_to_client_), [self = shared_from_this(), action = std::move(action)] {
    if (!self->silent_ && self->client_ != nullptr) action(*self->client_);
  });
}

void SimulatedSocket::deliver_to_server(std::function<void()> action) {
  world_.queue().at(arrival(last_to_server_), [self = shared_from_this(), action = std::move(action)] {
    const bool same_server = self->server_generation_ == self->world_.server_generation();
    if (!self->silent_ && self->at_server_ && same_server) action();
  });
}

void SimulatedSocket::to_server(std::string text) {
  deliver_to_server([this, text = std::move(text)] { world_.give_hub(HubIn::Received{id_, text}); });
}

void SimulatedSocket::to_client(std::string text) {
  deliver_to_client([text = std::move(text)](WebSocketEnd& client) { client.received(text); });
}

void SimulatedSocket::ping_client() {
  deliver_to_client([this](WebSocketEnd& client) {
    if (client.answers_pings()) deliver_to_server([this] { world_.give_hub(HubIn::Pong{id_}); });
  });
}

void SimulatedSocket::close_by_client() {
  client_ = nullptr;
  deliver_to_server([this] {
    at_server_ = false;
    world_.give_hub(HubIn::ClientClosed{id_});
  });
}

void SimulatedSocket::close_by_server() {
  at_server_ = false;
  deliver_to_client([this](WebSocketEnd& client) {
    client_ = nullptr;
    client.closed();
  });
}

void SimulatedSocket::fall_silent() {
  silent_ = true;
  // TCP gives up some time, later than our own node does. Rust's nodes have no other way to hear of it.
  world_.queue().after(world_.between(130s, 200s), [self = shared_from_this()] {
    if (self->client_ != nullptr) std::exchange(self->client_, nullptr)->closed();
  });
}

void SimulatedSocket::break_down() {
  deliver_to_server([this] {
    at_server_ = false;
    world_.give_hub(HubIn::ClientClosed{id_});
  });
  deliver_to_client([this](WebSocketEnd& client) {
    client_ = nullptr;
    client.closed();
  });
}

// What happens.

void SignalWorld::rage(Duration span) {
  for (const auto& node : nodes_) {
    if (chance(0.7)) node->start();
  }
  for (const auto& hostile : hostiles_) hostile->start();
  const Time end = queue_.now() + span;
  while (queue_.now() < end && !::testing::Test::HasFailure()) {
    disturb();
    queue_.run_for(between(10ms, 3s));
  }
}

void SignalWorld::disturb() {
  SimulatedNode& node = some_node();
  const std::uint64_t what = random_.below(100);
  if (what < 20) {
    if (node.running()) {
      node.stop();
    } else {
      node.start();
    }
  } else if (what < 35) {
    if (node.socket()) node.socket()->break_down();
  } else if (what < 40) {
    if (node.socket()) {
      node.socket()->fall_silent();
    }
  } else if (what < 43) {
    if (server_is_up()) stop_server();
    queue_.after(between(1ms, 5s), [this] {
      if (!server_is_up()) start_server();
    });
  } else {
    send_some_setup(node, some_node());
  }
}

void SignalWorld::calm_down(Duration span) {
  raging_ = false;
  for (const auto& hostile : hostiles_) hostile->stop();
  for (std::size_t i = nodes_.size() - twins_; i < nodes_.size(); ++i) {
    if (nodes_[i]->running()) nodes_[i]->stop();
  }
  if (!server_is_up()) start_server();
  queue_.run_for(span);
}

// What must be so.

void SignalWorld::check_that_everybody_sees_everybody() {
  std::set<NodeID> alive;
  for (const auto& node : nodes_) {
    if (node->running()) alive.insert(node_id(node->number()));
  }
  for (const auto& node : nodes_) {
    if (node->running()) {
      EXPECT_EQ(node->listed(), alive) << "node " << node->number();
    }
  }
  EXPECT_EQ(hub_->node_count(), alive.size());
  EXPECT_EQ(hub_->client_count(), alive.size());
}

void SignalWorld::send_some_setup(SimulatedNode& from, SimulatedNode& to) {
  if (!from.running() || from.number() == to.number()) return;
  const NodeID sender = node_id(from.number()), receiver = node_id(to.number());
  const std::string text = sender.hex() + " " + receiver.hex() + " " + std::to_string(next_setup_++);
  const bool as_init = chance(0.5);
  from.send_setup({as_init ? sender : receiver, as_init ? receiver : sender, PeerMessage::Offer{text}});
}

void SignalWorld::note_setup(const NodeID& self, const PeerInfo& info) {
  const NodeID& other = info.id_init == self ? info.id_follow : info.id_init;
  ASSERT_TRUE((info.id_init == self) != (info.id_follow == self));
  const auto* offer = std::get_if<PeerMessage::Offer>(&info.message);
  ASSERT_NE(offer, nullptr);
  if (offer->sdp == "evil") {
    // An attacker may speak for itself, but for nobody else.
    bool is_hostile = false;
    for (std::uint64_t n = 0; n < hostiles_.size(); ++n) is_hostile |= other == node_id(first_hostile + n);
    EXPECT_TRUE(is_hostile);
    return;
  }
  EXPECT_EQ(offer->sdp.substr(0, 129), other.hex() + " " + self.hex());
  EXPECT_EQ(++arrived_[offer->sdp], 1) << "twice: " << offer->sdp;
}

void SignalWorld::check_that_setups_arrive() {
  arrived_.clear();
  std::size_t sent = 0;
  for (const auto& from : nodes_) {
    for (const auto& to : nodes_) {
      if (!from->running() || !to->running() || from == to) continue;
      send_some_setup(*from, *to);
      ++sent;
    }
  }
  queue_.run_for(2s);
  EXPECT_EQ(arrived_.size(), sent);
}

void SignalWorld::check_that_nothing_is_left() {
  for (const auto& node : nodes_) {
    if (node->running()) node->stop();
  }
  queue_.run_for(2s);
  EXPECT_EQ(hub_->client_count(), 0U);
  EXPECT_EQ(hub_->node_count(), 0U);
  EXPECT_EQ(hub_->deadline(), std::nullopt);
  EXPECT_TRUE(sockets_.empty());
  for (const auto& node : nodes_) {
    const auto* machine = dynamic_cast<const MachineNode*>(node.get());
    if (machine != nullptr) {
      EXPECT_EQ(machine->machine().deadline(), std::nullopt);
    }
  }
}

}  // namespace flnet::test
