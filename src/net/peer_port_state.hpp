// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerPort::State: the host of a port's sessions, real or simulated, and the random numbers they are named
// by.
#pragma once

#include "base/random.hpp"
#include "io/peer_session.hpp"

#include <flnet/peer_port.hpp>

#include <memory>

namespace flnet {

struct PeerPort::State {
  Loop& loop;
  std::unique_ptr<Random> random;
  std::unique_ptr<io::PeerHost> host;
};

}  // namespace flnet
