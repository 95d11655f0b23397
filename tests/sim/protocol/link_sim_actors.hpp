// SPDX-License-Identifier: MIT OR Apache-2.0
// Those who live in the link simulation: a node of ours with its user, and a stand-in for a Rust node.
#pragma once

#include "protocol/node.hpp"
#include "sim/protocol/link_sim_events.hpp"
#include "sim/protocol/link_sim_sessions.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace flnet::protocol::test {

/// What the actors share.
struct LinkSimGround {
  explicit LinkSimGround(std::uint64_t seed) : events(seed), sessions(events) {}

  LinkSimEvents events;
  LinkSimSessions sessions;
  std::function<void(const NodeID& from, PeerInfo)> signal;
  std::vector<wire::ListedNode> listed;  ///< What the server says to everybody who starts.
  std::string trace;                     ///< Every connect, disconnect and delivery.
};

class LinkSimActor : public LinkSimOwner {
 public:
  LinkSimActor(LinkSimGround& ground, NodeID id) : ground_(&ground), id_(id) {}
  const NodeID& id() const { return id_; }
  virtual void setup_received(const PeerInfo& info) = 0;
  virtual void restart() = 0;
  /// A message from the user, if it may be sent.
  virtual void say(const NodeID& peer) = 0;
  virtual bool connected(const NodeID& peer) const = 0;

 protected:
  LinkSimGround* ground_;
  NodeID id_;
};

/// A Node, what carries out its outputs, and a user who checks everything that it is told.
class LinkSimNode final : public LinkSimActor {
 public:
  LinkSimNode(LinkSimGround& ground, NodeID id, NodeLimits limits);

  void setup_received(const PeerInfo& info) override;
  void restart() override;
  void say(const NodeID& peer) override;
  bool connected(const NodeID& peer) const override { return node_->connected(peer); }
  void list_received();

  /// From now on the user wants to be connected, and asks again when told otherwise.
  void want(const NodeID& peer);
  void want_no_more(const NodeID& peer);
  const Node& node() const { return *node_; }
  /// Our session with a peer, when there is exactly one.
  Token only_session_with(const NodeID& peer) const;
  std::size_t delivered_from(const NodeID& peer) const;
  /// Every message has been sent on a session or reported lost, and nobody waits.
  void check_accounts() const;

  void described(Token token, std::string sdp) override;
  void candidate(Token token, std::string line) override;
  void opened(Token token) override;
  void received(Token token, const Message& message) override;
  void blocked(Token token) override;
  void writable(Token token) override;
  void closed(Token token, Error reason) override;

 private:
  /// How the user sees a peer.
  struct View {
    bool wanted = false, up = false, awaited = false, waits_for_room = false;
    std::uint64_t accepted = 0, sent = 0, lost = 0, next = 0;
    std::size_t delivered = 0;
    std::map<std::string, std::uint64_t> last_from;  ///< The highest number of each life of the peer.
  };

  void start();
  void give(Node::Input input);
  void finish(Node::Outbox& out);
  void arm();
  void check_view(const NodeID& peer);

  void carry(NodeOutput::SendSetup& output);
  void carry(NodeOutput::CreateOffer& output);
  void carry(NodeOutput::AcceptOffer& output);
  void carry(NodeOutput::AcceptAnswer& output);
  void carry(NodeOutput::AddCandidate& output);
  void carry(NodeOutput::SessionPayload& output);
  void carry(NodeOutput::SendOn& output);
  void carry(NodeOutput::CloseSession& output);
  void carry(NodeOutput::Listed& output);
  void carry(NodeOutput::Connected& output);
  void carry(NodeOutput::Disconnected& output);
  void carry(NodeOutput::Lost& output);
  void carry(NodeOutput::Writable& output);

  Token open_token(SessionId session, const NodeID& peer);
  void send_on(Token token, const Message& message);
  Message next_message(const NodeID& peer);

  NodeLimits limits_;
  std::unique_ptr<Node> node_;
  int life_ = 0;
  std::uint64_t armed_ = 0;
  std::map<SessionId, Token> tokens_;
  std::map<Token, std::pair<SessionId, NodeID>> ours_;
  std::map<Token, PayloadDialect> payloads_;  ///< Of those that are not flnet's.
  std::map<NodeID, View> views_;
};

/// Speaks as Rust nodes do: offers by itself whenever it has something to say and no connection, answers
/// Init with an offer (unless it is deaf to it) and every Offer with an answer, one session a direction,
/// rejects candidates that come before their description. One of 0.10 writes and reads packets and nothing
/// else; none bears binary.
class LinkSimRustNode final : public LinkSimActor {
 public:
  LinkSimRustNode(LinkSimGround& ground, NodeID id, bool deaf_to_init, wire::Dialect dialect)
      : LinkSimActor(ground, id), deaf_to_init_(deaf_to_init), dialect_(dialect) {}

  wire::Dialect dialect() const { return dialect_; }

  void setup_received(const PeerInfo& info) override;
  void restart() override;
  void say(const NodeID& peer) override;
  bool connected(const NodeID& peer) const override;
  void leave();

  void described(Token token, std::string sdp) override;
  void candidate(Token token, std::string line) override;
  void opened(Token token) override;
  void received(Token token, const Message& message) override;
  void blocked(Token) override {}
  void writable(Token) override {}
  void closed(Token token, Error reason) override;

 private:
  struct Side {
    Token token = 0;
    bool offerer = false, described = false, answered = false, open = false;
  };
  using Key = std::pair<NodeID, NodeID>;  ///< id_init, id_follow

  const NodeID& other(const Key& key) const { return key.first == id_ ? key.second : key.first; }
  Side& reset(const Key& key);
  std::pair<Key, Side*> find(Token token);
  void speak(const Key& key, PeerMessage::Any message);

  bool deaf_to_init_;
  wire::Dialect dialect_;
  std::map<Key, Side> sides_;
};

}  // namespace flnet::protocol::test
