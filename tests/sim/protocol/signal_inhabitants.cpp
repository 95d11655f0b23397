// SPDX-License-Identifier: MIT OR Apache-2.0
// The clients of the simulated signalling server: our machine, Rust's nodes, attackers.
#include "signal_world.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace flnet::test {

using In = protocol::SignalClientInput;
using Out = protocol::SignalClientOutput;

void SimulatedNode::note_list(const std::vector<wire::ListedNode>& nodes) {
  listed_.clear();
  for (const auto& node : nodes) listed_.insert(node.info.id());
  EXPECT_TRUE(listed_.contains(node_id(number_))) << "the asking node is always among them";
}

// Our own node.

MachineNode::MachineNode(SignalWorld& world, std::uint64_t number, std::uint64_t seed)
    : SimulatedNode(world, number),
      random_(seed),
      machine_({.info = node_info(number)}, random_),
      alarm_(world.queue(), [this] {
        protocol::SignalClient::Outbox out;
        machine_.handle_timeout(world_.queue().now(), out);
        for (auto& output : out) carry_out(std::move(output));
        alarm_.set(machine_.deadline());
      }) {}

void MachineNode::start() {
  running_ = true;
  give(In::Start{});
}

void MachineNode::stop() {
  running_ = false;
  give(In::Stop{});
  EXPECT_EQ(socket_, nullptr);
}

void MachineNode::send_setup(const PeerInfo& info) {
  give(In::SendSetup{info});
}

void MachineNode::opened() {
  give(In::SocketOpened{});
}

void MachineNode::received(const std::string& text) {
  give(In::Received{text});
}

void MachineNode::closed() {
  socket_.reset();
  give(In::SocketClosed{{ErrorCode::closed, "simulated"}});
}

void MachineNode::give(In::Any input) {
  protocol::SignalClient::Outbox out;
  machine_.handle(std::move(input), world_.queue().now(), out);
  for (auto& output : out) carry_out(std::move(output));
  alarm_.set(machine_.deadline());
}

void MachineNode::carry_out(protocol::SignalClient::Output output) {
  ASSERT_TRUE(running_ || std::holds_alternative<Out::CloseSocket>(output)) << "silent after Stop";
  if (std::holds_alternative<Out::OpenSocket>(output)) {
    ASSERT_EQ(socket_, nullptr);
    socket_ = world_.connect(*this);
  } else if (std::holds_alternative<Out::CloseSocket>(output)) {
    ASSERT_NE(socket_, nullptr);
    std::exchange(socket_, nullptr)->close_by_client();
  } else if (auto* send = std::get_if<Out::SendText>(&output)) {
    ASSERT_NE(socket_, nullptr);
    socket_->to_server(std::move(send->text));
  } else if (const auto* sign = std::get_if<Out::Sign>(&output)) {
    const auto signature = fake_signature(node_id(number_), sign->challenge);
    world_.queue().after(world_.between(0ms, 5ms), [this, signature, socket = socket_] {
      if (socket == socket_) give(In::Signed{signature});
    });
  } else if (const auto* list = std::get_if<Out::List>(&output)) {
    note_list(list->nodes);
  } else if (const auto* setup = std::get_if<Out::Setup>(&output)) {
    world_.note_setup(node_id(number_), setup->info);
  } else {
    EXPECT_FALSE(std::holds_alternative<Out::Failed>(output));
  }
}

// Rust's nodes.

void RustNode::start() {
  running_ = true;
  ++life_;
  socket_ = world_.connect(*this);
}

void RustNode::stop() {
  running_ = false;
  ++life_;
  if (socket_) std::exchange(socket_, nullptr)->close_by_client();
}

void RustNode::closed() {
  socket_.reset();
  const std::uint64_t life = ++life_;
  world_.queue().after(world_.between(1s, 3s), [this, life] {
    if (life == life_) start();
  });
}

void RustNode::send_setup(const PeerInfo& info) {
  if (socket_) socket_->to_server(wire::encode(wire::ClientMessage(wire::PeerSetup{info})));
}

void RustNode::received(const std::string& text) {
  const auto read = wire::decode_server_message(text);
  ASSERT_TRUE(read) << to_string(read.error());
  if (const auto* challenge = std::get_if<wire::Challenge>(&*read)) {
    socket_->to_server(text_of(announce(number_, challenge->challenge, dialect_)));
    ask_for_lists(life_);
  } else if (const auto* list = std::get_if<wire::ListReply>(&*read)) {
    EXPECT_EQ(text.find("NodeInfoV3") == std::string::npos, dialect_ == wire::Dialect::v0_7);
    note_list(list->nodes);
  } else if (const auto* setup = std::get_if<wire::PeerSetup>(&*read)) {
    world_.note_setup(node_id(number_), setup->info);
  } else {
    // serde knows no such variants in 0.7.
    EXPECT_EQ(dialect_, wire::Dialect::v0_10);
  }
}

void RustNode::ask_for_lists(std::uint64_t life) {
  if (life != life_ || !socket_) return;
  socket_->to_server(text_of(wire::ListRequest{}));
  const Duration interval = dialect_ == wire::Dialect::v0_7 ? Duration(20s) : Duration(60s);
  world_.queue().after(interval, [this, life] { ask_for_lists(life); });
}

// Attackers.

void HostileClient::start() {
  running_ = true;
  act();
}

void HostileClient::stop() {
  running_ = false;
  if (socket_) std::exchange(socket_, nullptr)->close_by_client();
}

void HostileClient::received(const std::string& text) {
  const auto read = wire::decode_server_message(text);
  if (!read) return;
  if (const auto* challenge = std::get_if<wire::Challenge>(&*read)) challenge_ = challenge->challenge;
}

void HostileClient::act() {
  if (!running_) return;
  if (!socket_) {
    socket_ = world_.connect(*this);
  } else if (world_.chance(0.02)) {
    std::exchange(socket_, nullptr)->close_by_client();
  } else {
    socket_->to_server(bad_message());
  }
  world_.queue().after(world_.between(1ms, 2s), [this] { act(); });
}

std::string HostileClient::bad_message() {
  Random& random = world_.random();
  const std::uint64_t victim = random.below(6);
  const auto dialect = world_.chance(0.5) ? wire::Dialect::v0_7 : wire::Dialect::v0_10;
  wire::Announce stolen = announce(victim, challenge_, dialect);
  stolen.signature = fake_signature(node_id(number_), challenge_);
  switch (random.below(8)) {
    case 0:
      return text_of(stolen);
    case 1:
      return text_of(announce(victim, node_id(5000), dialect));  // Over another challenge.
    case 2:
      return text_of(announce(number_, challenge_, dialect));  // Its own, and good.
    case 3:
      return text_of(
          wire::PeerSetup{{node_id(victim), node_id(random.below(6)), PeerMessage::Offer{"evil"}}});
    case 4:
      return text_of(wire::PeerSetup{{node_id(number_), node_id(victim), PeerMessage::Offer{"evil"}}});
    case 5: {
      std::string text = text_of(stolen);
      text.resize(random.below(text.size()));
      return text;
    }
    case 6: {
      std::string text = text_of(announce(victim, challenge_, dialect));
      for (int i = 0; i < 3; ++i) text[random.below(text.size())] = static_cast<char>(random.u32());
      // Not by luck an announce that is good.
      const auto read = wire::decode_client_message(text);
      const auto* lucky = read ? std::get_if<wire::Announce>(&*read) : nullptr;
      if (lucky != nullptr && lucky->signature == fake_signature(lucky->info.id(), challenge_)) return {};
      return text;
    }
    default:
      return text_of(wire::ListRequest{});
  }
}

}  // namespace flnet::test
