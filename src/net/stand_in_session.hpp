// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInSession: a PeerSession whose packets are calls: handshakes, windows and silence as WebRTC has them.
#pragma once

#include "io/peer_session.hpp"
#include "net/stand_in_description.hpp"
#include "net/stand_in_world.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace flnet::net {

/// Where a node is, for its sessions.
struct StandInSite {
  std::shared_ptr<StandInWorld> world;  // Shared by all hosts, and the StandInNetwork.
  NodeID node;
  std::string address;  ///< For people.
};

///   fresh ─offer made─> offering ─answer─> linking ─all steps─> open ─shutdown, the peer's too─> closing
///     └──────────────── offer accepted ──────^
///
/// Every stage but fresh ends by the owner's deadlines or, from linking on, when the peer is silent for
/// consent_timeout; then session_closed is told and the stage is ended.
class StandInSession final : public io::PeerSession {
 public:
  /// How often the two take turns until the offerer's channel is open: ICE's check and its answer, two
  /// flights each way for DTLS and SCTP. One more opens the answerer's, together with the first messages.
  static constexpr int opening_steps = 6;
  /// RFC 7675 §5.1: since the last answer; questions are asked at intervals, so that a cut is noticed up to
  /// one of them sooner.
  static constexpr Duration consent_timeout = 30s;
  static constexpr Duration consent_interval = 5s;
  /// What a message is charged beyond its bytes, so that empty ones are bounded, too.
  static constexpr std::size_t message_overhead = 64;
  /// Falling to it after a queue_full is told by session_writable.
  static constexpr std::size_t low_threshold_bytes = 256 * 1024;

  StandInSession(StandInSite site, std::uint64_t session, io::PeerSessionSink& sink);
  ~StandInSession() override;
  StandInSession(const StandInSession&) = delete;
  StandInSession& operator=(const StandInSession&) = delete;

  void create_offer() override;
  void accept_offer(std::string sdp) override;
  void accept_answer(std::string sdp) override;
  /// Descriptions say everything.
  void add_candidate(std::string) override {}
  /// There is no ICE here. Paths that change do so by themselves.
  Result<> restart() override { return failure(ErrorCode::unsupported, "the stand-in network has no ICE"); }
  Result<> accept_restart(std::string) override { return restart(); }
  bool awaits_answer() const override { return false; }
  Result<> send(MessageView message) override;
  void shutdown() override;
  void set_held_bytes(std::size_t bytes) override;
  std::size_t buffered_bytes() const override { return buffered_; }
  ConnectionStateMap state() const override;

  /// The peer, or the way to it, has come or gone.
  void reach_changed();

 private:
  enum class Stage : std::uint8_t { fresh, offering, linking, open, closing, ended };
  /// The peer's word on what has arrived; all counted in charges, see message_overhead.
  struct Acknowledgement {
    std::uint64_t received = 0;
    std::size_t held = 0;
  };
  static std::size_t charge(const Message& message) { return message.bytes.size() + message_overhead; }

  // Set-up.
  void describe(std::optional<StandInEndId> answers);
  /// Whether the peer's end is there.
  bool link(StandInEndId peer);
  void send_step(int step);
  void become_open();

  // What arrives from the peer; each may end in the destruction of this session.
  void take_step(int step);
  void take_open();
  void take_message(const Message& message);
  void take(Acknowledgement acknowledgement);
  void take_shutdown();
  void take_shutdown_done();

  /// Makes `call(session)` at the other end when it arrives there, if that end is still there.
  template <class Call>
  void to_peer(Call call, std::size_t bytes = 0);
  void flush();
  std::size_t window() const;
  /// At the end of the loop's turn, and one at a time: a further one waits for the former to arrive.
  void acknowledge();
  void send_acknowledgement();
  void finish_if_drained();
  /// Last in every function: the sink may destroy this session.
  void end(Error reason);
  void end_soon(Error reason);
  void leave();
  bool reachable() const;
  bool linked() const { return path_.has_value(); }

  StandInSite site_;
  StandInWorld& world_;
  std::uint64_t session_;
  io::PeerSessionSink* sink_;
  StandInEndId id_;
  Stage stage_ = Stage::fresh;
  Deferred told_;  ///< What the sink hears at the end of the turn: the description, or an early end.

  std::optional<StandInEndId> peer_;
  StandInPlace peer_place_;
  std::string peer_address_;
  std::optional<StandInPathId> path_;  ///< To the peer.
  Timer consent_;
  bool cut_ = false;

  std::deque<Message> queue_;  ///< Accepted and not under way.
  std::size_t buffered_ = 0;   ///< Charges of what is accepted and not acknowledged.
  std::uint64_t sent_ = 0;     ///< Charges of all that has left.
  std::uint64_t acknowledged_ = 0;
  std::size_t peer_held_ = 0;
  bool wants_writable_ = false;
  bool shutdown_sent_ = false;
  bool peer_shut_ = false;

  std::uint64_t received_ = 0;  ///< Charges.
  std::size_t held_ = 0;
  Deferred acknowledging_;
  bool acknowledgement_wanted_ = false;
  bool acknowledgement_under_way_ = false;

  std::uint64_t rx_bytes_ = 0, tx_bytes_ = 0;
  std::optional<Duration> round_trip_;
  Time asked_at_{};                     ///< When the latest step left,
  std::optional<std::uint64_t> probe_;  ///< or the message at whose end `sent_` was this.
};

template <class Call>
void StandInSession::to_peer(Call call, std::size_t bytes) {
  auto arrival = [&world = world_, to = *peer_, from = id_, call = std::move(call)] {
    StandInSession* peer = world.end(to);
    if (peer != nullptr && peer->peer_ == from) call(*peer);
  };
  world_.paths->send(*path_, std::move(arrival), bytes);
}

/// A host of a stand-in network's node.
std::unique_ptr<io::PeerHost> make_stand_in_host(StandInSite site);

}  // namespace flnet::net
