// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong in a browser or in Node, in one of its versions: a module holds only what it plays.
#pragma once

#include "shared/play.hpp"

namespace ping_pong {

/// The program's `main`; its arguments are `--signal URL`.
int run_player(int argc, char** argv, Play& play);

}  // namespace ping_pong
