// SPDX-License-Identifier: MIT OR Apache-2.0
// The floor under every round trip: 64 bytes by plain UDP between two processes, each waiting in epoll.
#pragma once

#include <cstddef>

namespace flnet::bench {

/// Prints the same JSON as `flnet_bench latency`; returns main's exit code.
int udp_echo(std::size_t rounds);

}  // namespace flnet::bench
