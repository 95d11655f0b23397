// SPDX-License-Identifier: MIT OR Apache-2.0
// SessionPayload: an application's messages on one session, in the form that its peer reads and writes.
#pragma once

#include "base/random.hpp"
#include "io/peer_session.hpp"
#include "protocol/peer_payload.hpp"
#include "wire/packet.hpp"

#include <flnet/ring.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::net {

class SessionPayload {
 public:
  /// Both must outlive it.
  SessionPayload(io::PeerSession& session, Random& random) : session_(session), random_(random) {}

  /// From now on; flnet's until then.
  void set_dialect(protocol::PayloadDialect dialect);

  /// Takes the message or says why not, as PeerSession::send does; also unsupported_by_peer. Of several
  /// packets the session may have taken some only: then the rest is held back.
  Result<> send(MessageView message);
  /// Holds the message back, behind what is already; unsupported_by_peer, too_large, invalid_argument. No
  /// limit of its own: the machine stops sending on when it hears SessionBlocked.
  Result<> hold(Message message);
  /// Sends what is held back until the session has no room, and says why messages were refused for good.
  std::vector<Error> flush();
  /// Something is held back.
  bool blocked() const { return !held_back_.empty(); }

  /// The application's message in what the session has received, or nothing while it is not complete;
  /// valid until the next call. What is no packet, from a peer that writes them, is an error.
  Result<std::optional<MessageView>> read(MessageView received);
  std::uint64_t dropped() const { return dropped_; }

 private:
  /// A message as it goes on the channel. A text of several packets is one message.
  struct Held {
    Message message;
    bool ends_message = true;
  };

  Result<> hold_packets(std::string_view text);
  Result<> send_packets(std::string_view text);
  void drop_message();

  io::PeerSession& session_;
  Random& random_;
  protocol::PayloadDialect dialect_ = protocol::PayloadDialect::flnet;
  Ring<Held> held_back_;
  std::unique_ptr<wire::PacketReader> packets_;  ///< When the peer writes packets.
  std::string text_;                             ///< The latest that packets have made.
  std::uint64_t dropped_ = 0;
};

}  // namespace flnet::net
