// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of Node and its links: their inputs, outputs, limits and counters.
#pragma once

#include "protocol/peer_payload.hpp"
#include "wire/signal_message.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

/// One attempt at a connection with a peer: counted up from a random start, so that no id comes back, not
/// even after a restart of the process.
enum class SessionId : std::uint64_t {};

struct NodeLimits {
  Duration init_timeout = 5s;      ///< We asked for an offer; then we offer ourselves.
  Duration answer_timeout = 15s;   ///< Our offer is out.
  Duration open_timeout = 30s;     ///< Both descriptions are there, the channel is not open.
  Duration backoff_first = 250ms;  ///< Full jitter, as in SignalClient.
  Duration backoff_max = 15s;
  int max_attempts = 6;                       ///< Failed in a row: Disconnected, and what waited is Lost.
  std::size_t max_links = 16384;              ///< Beyond them, what a peer without a link begins is dropped.
  std::size_t queue_bytes = 4 * 1024 * 1024;  ///< A link's messages that no session has taken yet.
  std::size_t queue_messages = 4096;
  std::size_t burst_bytes = 64 * 1024;  ///< Leave a queue at once; the next burst waits for `handle_timeout`,
  std::size_t burst_messages = 64;      ///< so that SessionBlocked can come in between.
  std::size_t max_message_bytes = 256 * 1024;
  std::size_t early_candidates = 32;   ///< Of one direction, before its description.
  std::size_t candidate_bytes = 512;   ///< A longer line is dropped.
  std::size_t known_payloads = 16384;  ///< Peers in PeerPayloads; the oldest is forgotten.
};

struct NodeInput {
  // From signalling.
  struct ListReceived {
    std::vector<wire::ListedNode> nodes;
  };
  struct SetupReceived {
    PeerInfo info;
  };
  // From the user.
  /// The link tries until it opens or gives up, and again when an open session fails; a peer that closes
  /// it (ErrorCode::closed) or Disconnect ends that.
  struct Connect {
    NodeID peer;
  };
  struct Disconnect {
    NodeID peer;
  };
  /// After `can_send` said yes.
  struct Send {
    NodeID peer;
    Message message;
  };
  // From a session.
  /// The local offer or answer.
  struct SessionDescribed {
    SessionId session;
    std::string sdp;
  };
  /// A local candidate to trickle.
  struct SessionCandidate {
    SessionId session;
    std::string line;
  };
  /// The channel is open.
  struct SessionOpened {
    SessionId session;
  };
  /// It took the last message but wants no more for now.
  struct SessionBlocked {
    SessionId session;
  };
  struct SessionWritable {
    SessionId session;
  };
  /// It will never send a message that it was given by SendOn.
  struct SessionRefused {
    SessionId session;
    Error reason;
  };
  /// Code `closed` means that the peer wanted it so.
  struct SessionClosed {
    SessionId session;
    Error reason;
  };
  using Any =
      std::variant<ListReceived, SetupReceived, Connect, Disconnect, Send, SessionDescribed, SessionCandidate,
                   SessionOpened, SessionBlocked, SessionWritable, SessionRefused, SessionClosed>;
};

struct NodeOutput {
  // To signalling.
  struct SendSetup {
    PeerInfo info;
  };
  // To sessions.
  struct CreateOffer {
    SessionId session;
    NodeID peer;
    Direction direction = Direction::Outgoing;
  };
  struct AcceptOffer {
    SessionId session;
    NodeID peer;
    Direction direction = Direction::Outgoing;
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
  /// From now on the session's messages are written and read so; before, as flnet's.
  struct SessionPayload {
    SessionId session;
    PayloadDialect dialect = PayloadDialect::flnet;
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
  /// The link went down (it may be on its way up again), or what Connect or Send began has failed.
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
  using Any = std::variant<SendSetup, CreateOffer, AcceptOffer, AcceptAnswer, AddCandidate, SessionPayload,
                           SendOn, CloseSession, Listed, Connected, Disconnected, Lost, Writable>;
};

struct NodeCounters {
  std::uint64_t dropped_foreign = 0;  ///< Setups that don't name us, or name us twice.
  std::uint64_t dropped_stale = 0;    ///< Of an older session, or out of turn.
  std::uint64_t dropped_limit = 0;    ///< max_links, early_candidates, candidate_bytes.
  std::uint64_t sessions_started = 0, sessions_failed = 0;
};

}  // namespace flnet::protocol
