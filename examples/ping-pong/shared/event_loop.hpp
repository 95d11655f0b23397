// SPDX-License-Identifier: MIT OR Apache-2.0
// event_loop: the version as a coroutine over a Network.
#pragma once

#include "message.hpp"
#include "score.hpp"

#include <flnet/broker.hpp>
#include <flnet/network.hpp>
#include <flnet/task.hpp>

namespace ping_pong {

/// Plays until the network is closed, or the task is destroyed. `views` is told what is heard, sent and
/// measured, as the taps of a PingPong are; what its readers leave unread beyond its limit is dropped. What
/// is emitted there is not sent. `network` must outlive the task.
flnet::Task<> event_loop(flnet::Network& network, flnet::Broker<PingPongMessage> views, Limits limits = {});

}  // namespace ping_pong
