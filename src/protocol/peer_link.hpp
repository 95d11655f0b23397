// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink: our relation to one peer: its sessions, who offers, when to try again, and what waits.
#pragma once

#include "protocol/link_ground.hpp"
#include "protocol/link_queue.hpp"
#include "protocol/link_session.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

/// A link holds at most one session a direction, and between two C++ nodes one in all. While it has none,
/// its phase says how it gets one:
///
///            needed, our id is smaller
///   resting ────────────────────────────────────────────> session as offerer
///      │  ▲ needed, our id is larger           init_timeout  ▲
///      │  ├───────────────> asking (Init sent) ──────────────┤
///      │  │ Offer or Init of the peer, in any phase          │
///      │  ├─────────────────────────> session as answerer, or as offerer
///      │  └───── back-off over ─┐
///      └─ the last session  ──> backing off ──max_attempts──> Disconnected, Lost, resting
///         is gone, needed
///
/// Needed means that messages wait, or Connect was asked and nobody has closed the link since. A link that
/// is idle() can be forgotten.
class PeerLink {
 public:
  /// `ground` must outlive the link.
  PeerLink(const NodeID& peer, LinkGround& ground);

  // From the user.
  void connect(LinkTurn turn);
  void disconnect(LinkTurn turn);
  /// What room_for refuses is Lost.
  void send(Message message, LinkTurn turn);

  // From signalling; the peer's own, for the session of `direction`.
  void init_received(LinkTurn turn);
  void offer_received(Direction direction, std::string sdp, LinkTurn turn);
  void answer_received(Direction direction, std::string sdp, LinkTurn turn);
  void candidate_received(Direction direction, std::string line, LinkTurn turn);

  // From a session of this link.
  void session_described(SessionId id, std::string sdp, LinkTurn turn);
  void session_candidate(SessionId id, std::string line, LinkTurn turn);
  void session_opened(SessionId id, LinkTurn turn);
  void session_blocked(SessionId id);
  void session_writable(SessionId id, LinkTurn turn);
  void session_closed(SessionId id, const Error& reason, LinkTurn turn);

  /// The peer's list entry names another dialect than before.
  void payload_changed(LinkTurn turn);

  void handle_timeout(LinkTurn turn);
  std::optional<Time> deadline() const;

  const NodeID& peer() const { return peer_; }
  bool up() const;
  bool idle() const;
  /// The session that takes a message right now, if nothing waits before it.
  std::optional<SessionId> ready_session() const;
  Result<> room_for(std::size_t bytes) const { return queue_.room_for(bytes); }
  std::size_t queued() const { return queue_.size(); }

 private:
  struct Resting {};
  struct Asking {
    Time until;
  };
  struct BackingOff {
    Time until;
  };
  /// What the peer's latest description showed: only C++ nodes write a=flnet-session of their own.
  enum class Kind : std::uint8_t { unknown, flnet, other };
  /// What belongs to a direction.
  struct Side {
    std::optional<LinkSession> session;
    std::vector<std::string> early;           ///< The peer's candidates, come before their description.
    std::optional<std::size_t> latest_offer;  ///< Hash of the peer's latest SDP: duplicates are dropped.
  };

  // Attempts (peer_link_attempt.cpp).
  bool needed() const { return wanted_ || !queue_.empty(); }
  bool under_way() const;
  void start_if_needed(LinkTurn turn);
  void start_attempt(LinkTurn turn);
  void begin_offer(Direction direction, LinkTurn turn);
  /// After a session or an attempt has ended: back off while there is a need, or give up.
  void recover(const Error& reason, LinkTurn turn);
  void give_up(const Error& reason, LinkTurn turn);
  Duration next_backoff();
  void expire_sessions(LinkTurn turn);

  // Sessions.
  Side& side(Direction direction) { return sides_[static_cast<std::size_t>(direction)]; }
  const Side& side(Direction direction) const { return sides_[static_cast<std::size_t>(direction)]; }
  LinkSession* session(SessionId id);
  std::optional<Direction> direction_of(SessionId id) const;
  bool has_session() const;
  bool offer_outstanding() const;
  const LinkSession* sending_session() const;
  /// Forgets the session of `direction`, if any, and reports the link down when it was its last open one.
  void forget_session(Direction direction, const Error& reason, LinkTurn turn);
  void close_session(Direction direction, const Error& reason, bool graceful, LinkTurn turn);
  void close_sessions(const Error& reason, LinkTurn turn);
  void accept_offer(Direction direction, std::string sdp, LinkTurn turn);
  bool yields_to_ours(Direction direction, bool from_flnet) const;
  void learn_kind(bool is_flnet, Direction direction, LinkTurn turn);

  // Words.
  void say(Direction direction, PeerMessage::Any message, LinkTurn turn) const;
  void report_down(const Error& reason, LinkTurn turn);
  void lose_queue(const Error& reason, LinkTurn turn);
  void drain(LinkTurn turn);
  /// How messages for the peer are written; known once it has described itself.
  PayloadDialect payload() const;
  void tell_payload(LinkSession& session, LinkTurn turn) const;

  NodeID peer_;
  LinkGround* ground_;
  std::variant<Resting, Asking, BackingOff> phase_;
  std::array<Side, 2> sides_;
  std::optional<Time> early_until_;  ///< Early candidates are forgotten then.
  LinkQueue queue_;
  std::optional<Time> burst_at_;  ///< When the next burst of the queue may leave.
  Kind kind_ = Kind::unknown;
  bool wanted_ = false;        ///< Connect was asked, and nobody has closed the link since.
  bool down_reported_ = true;  ///< Whoever waits for this link knows that it is down.
  int failures_ = 0;           ///< Attempts in a row that did not open.
  int backoff_level_ = 0;      ///< Falls only when a session has lived for long.
};

}  // namespace flnet::protocol
