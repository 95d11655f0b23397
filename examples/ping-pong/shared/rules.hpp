// SPDX-License-Identifier: MIT OR Apache-2.0
// Rules: what a ping-pong node does; both versions of the program play by them.
#pragma once

#include "message.hpp"
#include "score.hpp"

#include <flnet/time.hpp>
#include <flnet/u256.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace ping_pong {

/// Once a second a ping goes to every node of the list, and the list is asked for; each ping that comes is
/// answered with a pong. Pure: no loop, no network; the time is an argument.
class Rules {
 public:
  /// `now`: when the first list was there, or is to be expected.
  Rules(const flnet::NodeID& own, flnet::Time now, Limits limits = {});

  /// What follows from a message: ToNetwork and AskList are to be carried out, the others are for views. A
  /// ToNetwork that is given was sent by somebody else and is only counted.
  std::vector<PingPongMessage> handle(const PingPongMessage& message, flnet::Time now);

 private:
  using Messages = std::vector<PingPongMessage>;
  struct Turn {
    flnet::Time now;
    Messages& out;
  };
  void play(const ToNetwork& message, const Turn& turn);
  void play(const FromNetwork& message, const Turn& turn);
  void play(const List& message, const Turn& turn);
  void play(const Tick& message, const Turn& turn);
  void play(const Linked& message, const Turn& turn);
  void play(const Unlinked& message, const Turn& turn);
  void play(const Lost& message, const Turn& turn);
  // What the rules themselves say.
  void play(const AskList&, const Turn&) {}
  void play(const RoundTrip&, const Turn&) {}
  void play(const Signalling&, const Turn&) {}
  void play(const Peers&, const Turn&) {}

  /// Tells those who are not among `nodes`; whether that changed a state.
  bool drop_missing(const std::vector<flnet::NodeInfo>& nodes, flnet::Time now);
  Score* find(const flnet::NodeID& id);
  /// Nothing when there is no room, or when it is ourselves.
  Score* find_or_add(const flnet::NodeID& id);
  bool make_room();
  void note_signalling(bool reachable, const Turn& turn);
  void show(const Turn& turn) const;

  flnet::NodeID own_;
  Limits limits_;
  std::vector<Score> scores_;
  std::size_t beyond_ = 0;
  flnet::Time last_list_;
  bool signalling_reachable_ = true;
};

}  // namespace ping_pong
