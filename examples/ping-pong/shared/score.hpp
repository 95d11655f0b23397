// SPDX-License-Identifier: MIT OR Apache-2.0
// Score: the pings between us and one peer, and how the link between us stands.
#pragma once

#include "peer.hpp"

#include <flnet/node_info.hpp>
#include <flnet/time.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ping_pong {

/// What is kept, and for how long.
struct Limits {
  std::size_t peers = 64;  ///< Followed and pinged; more are counted as Peers::beyond.
  /// A ping over an open link is lost when it is not answered by then. A pong that comes later is taken for
  /// the next ping's: the words carry no number. With an empty queue it is dropped, so times are right again.
  flnet::Duration answer_within = std::chrono::seconds(5);
  flnet::Duration link_within = std::chrono::seconds(60);        ///< The same while the link is being set up.
  flnet::Duration remember_gone = std::chrono::seconds(15);      ///< Then a peer that is gone is forgotten.
  flnet::Duration signalling_silence = std::chrono::seconds(5);  ///< Without a list: the server is gone.
};

/// One peer's side of the rules; pure.
///
/// ```
///               linked()            expire()
///   linking ───────────────▶ linked ────────▶ silent
///     │ ▲ ▲                    │ ▲  ponged()  │
///     │ │ └─────unlinked()─────┴─┼────────────┤
///     │ │ listed()               └────────────┘
///     ▼ │
///    gone   neither listed nor linked; forgotten() after Limits::remember_gone
/// ```
class Score {
 public:
  Score(const flnet::NodeID& id, std::string name);

  /// Pings that wait for their pongs; of more, the oldest is lost.
  static constexpr std::size_t max_waiting = 64;

  const flnet::NodeID& id() const { return peer_.id; }
  PeerState state() const { return peer_.state; }
  bool is_linked() const { return linked_since_.has_value(); }
  bool is_gone() const { return gone_since_.has_value(); }
  bool forgotten(flnet::Time now, const Limits& limits) const;
  /// While a link is being set up, one ping waits for it; over an open link they don't wait for each other.
  bool may_ping() const { return is_linked() || (listed_ && waiting_.empty()); }

  // Each returns whether the peer's state has changed.
  bool listed(const flnet::NodeInfo& info);
  bool unlisted(flnet::Time now);
  bool linked(flnet::Time now);
  bool unlinked(flnet::Time now, std::string reason);
  bool expire(flnet::Time now, const Limits& limits);

  void pinged(flnet::Time now);
  void answered() { ++peer_.answered; }
  /// Of the pings that wait, the latest so many were lost.
  void lost(std::size_t count);
  /// The time since the ping it answers; nothing when there is none, or when it had to wait for its link.
  std::optional<flnet::Duration> ponged(flnet::Time now);

  Peer view(flnet::Time now) const;

 private:
  struct Ping {
    flnet::Time at;
    bool waited_for_link = false;
  };
  PeerState state_now() const;
  bool follow_state();
  void note_gone(flnet::Time now);

  Peer peer_;
  std::vector<Ping> waiting_;  ///< For their pongs, in order.
  std::optional<flnet::Time> linked_since_, gone_since_;
  bool listed_ = false, silent_ = false;
};

}  // namespace ping_pong
