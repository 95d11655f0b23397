// SPDX-License-Identifier: MIT OR Apache-2.0
// PingPong: the version with a handler, linked to a node's broker.
#pragma once

#include "message.hpp"
#include "score.hpp"

#include <flnet/broker.hpp>
#include <flnet/loop.hpp>
#include <flnet/network_message.hpp>
#include <flnet/timer_broker.hpp>
#include <flnet/u256.hpp>

namespace ping_pong {

/// Plays as long as it lives. Between the node's broker and a clock:
///
/// ```
///   network ──translator──▶ PingPongMessage ──▶ handler: Rules
///      ▲                        ▲      │            │ answers
///      └──callback: ToNetwork───┼──────┴◀───────────┘
///   TimerBroker ──translator────┘      └──▶ taps: views
/// ```
///
/// The handler touches nothing: what it answers is carried out by the callback, and heard by all taps.
class PingPong {
 public:
  /// `network` is the broker of a NetworkBroker with the id `own`, or one that stands in for it.
  PingPong(const flnet::NodeID& own, const flnet::Broker<flnet::NetworkMessage>& network,
           flnet::Loop& loop = flnet::Loop::current(), Limits limits = {});
  PingPong(const PingPong&) = delete;
  PingPong& operator=(const PingPong&) = delete;

  /// To read by taps; ToNetwork may be emitted.
  const flnet::Broker<PingPongMessage>& broker() const { return broker_; }

 private:
  flnet::Broker<PingPongMessage> broker_;
  flnet::TimerBroker timer_;
  flnet::Registration handler_, carries_out_, hears_network_, hears_timer_;
};

}  // namespace ping_pong
