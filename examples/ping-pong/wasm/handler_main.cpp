// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong by linked brokers.
#include "player.hpp"

int main(int argc, char** argv) {
  return ping_pong::run_player(argc, argv, ping_pong::play_with_handler);
}
