// SPDX-License-Identifier: MIT OR Apache-2.0
// Node: decides which peers to link to and which sessions live; holds a PeerLink a peer; a pure machine.
#pragma once

#include "base/random.hpp"
#include "wire/signal_message.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

/// One attempt at a connection with a peer, as this node counts them; never reused.
enum class SessionId : std::uint64_t {};

struct NodeLimits {
  Duration init_timeout = 5s;      ///< We asked for an offer; then we offer ourselves.
  Duration answer_timeout = 15s;   ///< Our offer is out.
  Duration open_timeout = 30s;     ///< Both descriptions are there, the channel is not open.
  Duration backoff_first = 250ms;  ///< Full jitter, as in SignalClient.
  Duration backoff_max = 15s;
  int max_attempts = 6;  ///< In a row, then LinkDown and what waited is reported lost.
  std::size_t max_links = 16384;
  std::size_t queue_bytes = 4 * 1024 * 1024;  ///< A link's messages that no session has taken yet.
  std::size_t queue_messages = 4096;
  std::size_t max_message_bytes = 256 * 1024;
  std::size_t early_candidates = 32;  ///< Of one direction, before its description.
};

struct NodeInput {
  // From signalling.
  struct ListReceived {
    std::vector<wire::ListedNode> nodes;
  };
  struct SetupReceived {
    wire::PeerInfo info;
  };
  // From the user.
  struct Connect {
    NodeID peer;
  };
  struct Disconnect {
    NodeID peer;
  };
  struct Send {
    NodeID peer;
    Message message;
  };  ///< After `can_send` said yes.
  // From a session.
  struct SessionDescribed {
    SessionId session;
    std::string sdp;
  };  ///< The local offer or answer.
  struct SessionCandidate {
    SessionId session;
    std::string line;
  };  ///< A local candidate to trickle.
  struct SessionOpened {
    SessionId session;
  };  ///< The channel is open.
  struct SessionBlocked {
    SessionId session;
  };  ///< It took the last message but wants no more for now.
  struct SessionWritable {
    SessionId session;
  };
  struct SessionClosed {
    SessionId session;
    Error reason;
  };
  using Any = std::variant<ListReceived, SetupReceived, Connect, Disconnect, Send, SessionDescribed,
                           SessionCandidate, SessionOpened, SessionBlocked, SessionWritable, SessionClosed>;
};

struct NodeOutput {
  // To signalling.
  struct SendSetup {
    wire::PeerInfo info;
  };
  // To sessions.
  struct CreateOffer {
    SessionId session;
    NodeID peer;
  };
  struct AcceptOffer {
    SessionId session;
    NodeID peer;
    std::string sdp;
  };
  struct AcceptAnswer {
    SessionId session;
    std::string sdp;
  };
  struct AddCandidate {
    SessionId session;
    std::string line;
  };
  struct SendOn {
    SessionId session;
    Message message;
  };
  /// Graceful delivers what the session accepted; both end in no further input from it.
  struct CloseSession {
    SessionId session;
    bool graceful = false;
    std::string reason;
  };
  // To the user.
  struct Listed {
    std::vector<wire::ListedNode> nodes;
  };
  struct Connected {
    NodeID peer;
  };
  struct Disconnected {
    NodeID peer;
    Error reason;
  };
  /// `count` queued messages for `peer` will not be sent.
  struct Lost {
    NodeID peer;
    std::size_t count = 0;
    Error reason;
  };
  /// `can_send` may say yes again after a queue_full.
  struct Writable {
    NodeID peer;
  };
  using Any = std::variant<SendSetup, CreateOffer, AcceptOffer, AcceptAnswer, AddCandidate, SendOn,
                           CloseSession, Listed, Connected, Disconnected, Lost, Writable>;
};

struct NodeCounters {
  std::uint64_t dropped_foreign = 0;  ///< Setups that don't name us, or name us twice.
  std::uint64_t dropped_stale = 0;    ///< Of an older session, or out of turn.
  std::uint64_t dropped_limit = 0;
  std::uint64_t sessions_started = 0, sessions_failed = 0;
};

/// Glare: the node with the smaller id offers, the larger one asks with Init; an offer of a node that
/// carries no a=flnet-session (Rust) is always answered, keyed by (id_init, id_follow), so that up to two
/// sessions make one link and sending prefers our outgoing one. Between two C++ nodes one session lives.
class Node {
 public:
  using Input = NodeInput::Any;
  using Output = NodeOutput::Any;
  using Outbox = std::vector<Output>;

  Node(NodeID self, NodeLimits limits, Random& random);
  void handle(Input input, Time now, Outbox& out);
  void handle_timeout(Time now, Outbox& out);
  std::optional<Time> deadline() const;

  /// The fast path: the session that takes a message for `peer` right now, if the link is open, not
  /// blocked and nothing waits before it.
  std::optional<SessionId> open_session(const NodeID& peer) const;
  /// Whether Send is allowed now: queue_full, too_large, invalid_argument (ourselves), or fine. A link is
  /// started by Send.
  Result<> can_send(const NodeID& peer, std::size_t bytes) const;
  /// Whose message this is when `session` delivers one; nothing for a session that is not current.
  std::optional<NodeID> peer_of(SessionId session) const;
  bool connected(const NodeID& peer) const;
  /// Nothing waits in any link's queue.
  bool drained() const;
  const NodeCounters& counters() const;
  // Members are the implementer's; one PeerLink (peer_link.hpp) a peer.
};

}  // namespace flnet::protocol
