// SPDX-License-Identifier: MIT OR Apache-2.0
// What both versions do around the game itself.
#include "play.hpp"

namespace ping_pong {

flnet::Task<> show(flnet::Tap<PingPongMessage> tap, View& view) {
  while (const auto message = co_await tap.recv()) view.hear(*message);
}

}  // namespace ping_pong
