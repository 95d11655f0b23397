// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkSimRustNode: the stand-in for a Rust node.
#include "sim/protocol/link_sim_actors.hpp"

#include "wire/packet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace flnet::protocol::test {

void LinkSimRustNode::setup_received(const PeerInfo& info) {
  const Key key{info.id_init, info.id_follow};
  if (std::holds_alternative<PeerMessage::Init>(info.message)) {
    if (deaf_to_init_) return;
    Side& side = reset(key);
    side.offerer = true;
    ground_->sessions.create_offer(side.token);
  } else if (const auto* offer = std::get_if<PeerMessage::Offer>(&info.message)) {
    Side& side = reset(key);
    side.answered = true;
    ground_->sessions.accept_offer(side.token, offer->sdp);
  } else if (const auto* answer = std::get_if<PeerMessage::Answer>(&info.message)) {
    Side& side = sides_[key];
    if (side.token == 0 || !side.offerer || !side.described || side.answered) return;
    side.answered = true;
    ground_->sessions.accept_answer(side.token, answer->sdp);
  } else if (const auto* candidate = std::get_if<PeerMessage::IceCandidate>(&info.message)) {
    const Side& side = sides_[key];
    if (side.token != 0 && side.answered) ground_->sessions.add_candidate(side.token, candidate->line);
  }
}

void LinkSimRustNode::restart() {
  ground_->sessions.kill_all(*this);
  sides_.clear();
}

void LinkSimRustNode::leave() {
  for (const auto& [key, side] : std::exchange(sides_, {})) {
    if (side.token != 0) ground_->sessions.close(side.token, true);
  }
}

void LinkSimRustNode::say(const NodeID& peer) {
  for (const Key& key : {Key{id_, peer}, Key{peer, id_}}) {
    if (const Side& side = sides_[key]; side.open) {
      const bool packets = dialect_ == wire::Dialect::v0_10;
      ground_->sessions.send(side.token, Message::from_text(packets ? R"({"data":"Ping"})" : "Ping"));
      return;
    }
  }
  Side& side = reset({id_, peer});
  side.offerer = true;
  ground_->sessions.create_offer(side.token);
}

bool LinkSimRustNode::connected(const NodeID& peer) const {
  return std::ranges::any_of(sides_, [&](const auto& entry) {
    return other(entry.first) == peer && ground_->sessions.usable(entry.second.token);
  });
}

LinkSimRustNode::Side& LinkSimRustNode::reset(const Key& key) {
  Side& side = sides_[key];
  if (side.token != 0) ground_->sessions.close(side.token, false);
  side = Side{.token = ground_->sessions.create(*this, false)};
  return side;
}

std::pair<LinkSimRustNode::Key, LinkSimRustNode::Side*> LinkSimRustNode::find(Token token) {
  for (auto& [key, side] : sides_) {
    if (side.token == token) return {key, &side};
  }
  return {{}, nullptr};
}

void LinkSimRustNode::speak(const Key& key, PeerMessage::Any message) {
  ground_->signal(id_, {key.first, key.second, std::move(message)});
}

void LinkSimRustNode::described(Token token, std::string sdp) {
  const auto [key, side] = find(token);
  side->described = true;
  if (side->offerer) {
    speak(key, PeerMessage::Offer{std::move(sdp)});
  } else {
    speak(key, PeerMessage::Answer{std::move(sdp)});
  }
}

void LinkSimRustNode::candidate(Token token, std::string line) {
  const Key key = find(token).first;
  speak(key, PeerMessage::IceCandidate{std::move(line)});
}

void LinkSimRustNode::opened(Token token) {
  find(token).second->open = true;
}

void LinkSimRustNode::received(Token, const Message& message) {
  EXPECT_EQ(message.kind, MessageKind::text);
  const bool is_packet = wire::PacketReader{}.read(message.text()).has_value();
  EXPECT_EQ(is_packet, dialect_ == wire::Dialect::v0_10) << message.text();
}

void LinkSimRustNode::closed(Token token, Error) {
  *find(token).second = Side{};
}

}  // namespace flnet::protocol::test
