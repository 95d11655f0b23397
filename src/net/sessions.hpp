// SPDX-License-Identifier: MIT OR Apache-2.0
// Sessions: the WebRTC sessions that a Node machine has asked for, by their ids.
#pragma once

#include "base/id_map.hpp"
#include "io/peer_session.hpp"
#include "protocol/node.hpp"

#include <functional>
#include <memory>

namespace flnet::net {

/// What sessions tell: inputs for the Node machine, and messages past it.
class SessionsSink {
 public:
  virtual ~SessionsSink() = default;
  virtual void session_input(protocol::NodeInput::Any input) = 0;
  /// Valid during the call.
  virtual void session_message(protocol::SessionId session, MessageView message) = 0;
  /// A session takes messages again after `send` said queue_full.
  virtual void session_has_room(protocol::SessionId session) = 0;
};

class Sessions {
 public:
  /// All must outlive it.
  Sessions(Loop& loop, io::PeerHost& host, Random& random, SessionsSink& sink);
  ~Sessions();

  void create_offer(protocol::SessionId id);
  void accept_offer(protocol::SessionId id, std::string sdp);
  void accept_answer(protocol::SessionId id, std::string sdp);
  void add_candidate(protocol::SessionId id, std::string line);
  /// How the session's messages are written and read from now on; flnet's until then.
  void set_payload(protocol::SessionId id, protocol::PayloadDialect dialect);
  /// Takes the message for good: one that the session refuses for now is held back, and SessionBlocked
  /// said; SessionRefused when it can never be sent.
  void deliver(protocol::SessionId id, Message message);
  /// The fast path: takes the message, or says why not, as PeerSession does; also unsupported_by_peer. What
  /// has been taken in part is taken: the rest is held back, and SessionBlocked said.
  Result<> send(protocol::SessionId id, MessageView message);
  void set_held_bytes(protocol::SessionId id, std::size_t bytes);
  /// How it stands; all unknown for one that is gone.
  ConnectionStateMap state(protocol::SessionId id);
  /// Graceful: lives on, unheard, until what it accepted is delivered, at most `closing_timeout`.
  void close(protocol::SessionId id, bool graceful);

  /// Sessions that still deliver after a graceful close.
  bool closing() const { return !closing_.empty(); }

 private:
  static constexpr Duration closing_timeout = 10s;
  class Entry;
  Entry& make(protocol::SessionId id);
  Entry* find(protocol::SessionId id);

  Loop& loop_;
  io::PeerHost& host_;
  Random& random_;
  SessionsSink& sink_;
  IdMap<protocol::SessionId, std::unique_ptr<Entry>> open_;
  IdMap<protocol::SessionId, std::unique_ptr<Entry>> closing_;
};

}  // namespace flnet::net
