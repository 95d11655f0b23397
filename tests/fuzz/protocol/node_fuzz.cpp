// SPDX-License-Identifier: MIT OR Apache-2.0
// Feeds a Node arbitrary inputs in arbitrary order and checks what must always hold.
#include "base/random.hpp"
#include "protocol/node.hpp"

#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace {

using namespace flnet;
using namespace flnet::protocol;

void require(bool holds) {
  if (!holds) std::abort();
}

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  std::uint8_t byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

NodeLimits small_limits() {
  NodeLimits limits;
  limits.max_links = 4;
  limits.queue_bytes = 64;
  limits.queue_messages = 4;
  limits.max_message_bytes = 40;
  limits.burst_messages = 2;
  limits.early_candidates = 2;
  limits.candidate_bytes = 8;
  limits.known_payloads = 3;
  return limits;
}

/// One node, the user's and the sessions' side of it, and a peer who says anything.
class Run {
 public:
  Run(const std::uint8_t* data, std::size_t size) : input_(data, size) {}

  void go() {
    while (!input_.empty()) step();
    for (std::uint8_t peer = 0; peer < 8; ++peer) give(NodeInput::Disconnect{id(peer)});
    require(node_.drained());
    require(sessions_.empty() && node_.session_count() == 0);
    for (int calls = 0; node_.deadline(); ++calls) {
      require(calls < 100);
      pass(*node_.deadline() - now_);
    }
    require(node_.link_count() == 0);
    require(sent_ + lost_ == offered_);
  }

 private:
  static NodeID id(std::uint8_t number) {
    std::array<std::uint8_t, 32> bytes{};
    bytes[0] = number;
    return NodeID(bytes);
  }
  NodeID peer() { return id(input_.byte() % 8); }

  /// A session of ours or one that is not.
  SessionId session() {
    const std::uint8_t choice = input_.byte();
    if (sessions_.empty() || choice == 255) return SessionId{choice};
    auto found = sessions_.begin();
    std::advance(found, choice % sessions_.size());
    return found->first;
  }

  std::string text() {
    const std::uint8_t kind = input_.byte();
    return std::string(kind % 12, 'x') + (kind & 0x80 ? "\na=flnet-session:1" : "");
  }

  PeerMessage::Any word() {
    switch (input_.byte() % 4) {
      case 0:
        return PeerMessage::Init{};
      case 1:
        return PeerMessage::Offer{text()};
      case 2:
        return PeerMessage::Answer{text()};
      default:
        return PeerMessage::IceCandidate{text()};
    }
  }

  void step() {
    switch (input_.byte() % 15) {
      case 0:
        return give(NodeInput::SetupReceived{{peer(), peer(), word()}});
      case 1:
        return give(NodeInput::SetupReceived{{self_, peer(), word()}});
      case 2:
        return give(NodeInput::SetupReceived{{peer(), self_, word()}});
      case 3:
        return give(NodeInput::Connect{peer()});
      case 4:
        return give(NodeInput::Disconnect{peer()});
      case 5:
        ++offered_;
        return give(NodeInput::Send{peer(), Message::from_text(std::string(input_.byte() % 50, 'm'))});
      case 6:
        return give(NodeInput::SessionDescribed{session(), text()});
      case 7:
        return give(NodeInput::SessionCandidate{session(), text()});
      case 8:
        return give(NodeInput::SessionOpened{session()});
      case 9:
        return input_.byte() % 2 == 0 ? give(NodeInput::SessionBlocked{session()})
                                      : give(NodeInput::SessionWritable{session()});
      case 10:
        return close();
      case 11:
        return give(NodeInput::ListReceived{{listed(), listed()}});
      case 12:
        ++offered_;
        return give(NodeInput::Send{peer(), Message::from_binary(Bytes(input_.byte() % 50))});
      case 13:
        return refuse();
      default:
        return pass(Duration(input_.byte()) * 100'000);
    }
  }

  wire::ListedNode listed() {
    wire::ListedNode node;
    node.info.public_key = peer();
    node.dialect = input_.byte() % 2 == 0 ? wire::Dialect::v0_7 : wire::Dialect::v0_10;
    return node;
  }

  /// A message that was sent on will not be sent after all.
  void refuse() {
    const SessionId refusing = session();
    if (sessions_.contains(refusing) && sent_ > 0)
      --sent_;
    else if (sessions_.contains(refusing))
      return;
    give(NodeInput::SessionRefused{refusing, {ErrorCode::too_large, "no"}});
  }

  void close() {
    const SessionId ended = session();
    const ErrorCode code = input_.byte() % 2 == 0 ? ErrorCode::closed : ErrorCode::timed_out;
    sessions_.erase(ended);
    give(NodeInput::SessionClosed{ended, {code, "over"}});
  }

  void pass(Duration time) {
    now_ += std::max(time, Duration{});
    Node::Outbox out;
    node_.handle_timeout(now_, out);
    check(out);
  }

  void give(Node::Input input) {
    Node::Outbox out;
    node_.handle(std::move(input), now_, out);
    check(out);
  }

  void check(const Node::Outbox& out) {
    for (const auto& output : out) {
      std::visit([this](const auto& value) { see(value); }, output);
    }
    require(sessions_.size() == node_.session_count());
    std::map<NodeID, int> of_peer;
    for (const auto& [session, whose] : sessions_) {
      require(node_.peer_of(session) == whose);
      require(++of_peer[whose] <= 2);
    }
    for (std::uint8_t number = 0; number < 8; ++number) {
      require(node_.connected(id(number)) == up_.contains(id(number)));
      if (const auto ready = node_.open_session(id(number))) require(sessions_.at(*ready) == id(number));
    }
    require(!node_.connected(self_));
  }

  void begin(SessionId session, const NodeID& peer) { require(sessions_.emplace(session, peer).second); }

  void see(const NodeOutput::SendSetup& output) {
    require((output.info.id_init == self_) != (output.info.id_follow == self_));
  }
  void see(const NodeOutput::CreateOffer& output) { begin(output.session, output.peer); }
  void see(const NodeOutput::AcceptOffer& output) { begin(output.session, output.peer); }
  void see(const NodeOutput::AcceptAnswer& output) { require(sessions_.contains(output.session)); }
  void see(const NodeOutput::AddCandidate& output) { require(sessions_.contains(output.session)); }
  void see(const NodeOutput::SessionPayload& output) {
    require(sessions_.contains(output.session));
    require(std::exchange(payloads_[output.session], output.dialect) != output.dialect);
  }
  void see(const NodeOutput::SendOn& output) {
    require(takes(payloads_[output.session], output.message.kind).has_value());
    require(sessions_.contains(output.session));
    ++sent_;
  }
  void see(const NodeOutput::CloseSession& output) { require(sessions_.erase(output.session) == 1); }
  void see(const NodeOutput::Listed&) {}
  void see(const NodeOutput::Connected& output) { require(up_.insert(output.peer).second); }
  void see(const NodeOutput::Disconnected& output) { up_.erase(output.peer); }
  void see(const NodeOutput::Lost& output) { lost_ += output.count; }
  void see(const NodeOutput::Writable& output) {
    require(node_.can_send(output.peer, MessageKind::text, 40).has_value());
  }

  Input input_;
  NodeID self_ = id(4);
  SeededRandom random_{1};
  Node node_{self_, small_limits(), random_};
  Time now_{1h};
  std::map<SessionId, NodeID> sessions_;
  std::map<SessionId, PayloadDialect> payloads_;
  std::set<NodeID> up_;
  std::size_t offered_ = 0, sent_ = 0, lost_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run(data, size).go();
  return 0;
}
