// SPDX-License-Identifier: MIT OR Apache-2.0
// The STUN and TURN servers of a PeerHostConfig, read and checked.
#pragma once

#include "io/peer_session.hpp"
#include "rtc/ice_server_url.hpp"

#include <flnet/result.hpp>

#include <vector>

namespace flnet::io {

/// The STUN servers among those of `config`, or what is wrong with one of them.
Result<std::vector<rtc::IceServerUrl>> read_stun_servers(const PeerHostConfig& config);

/// A TURN server and who we are there.
struct TurnServer {
  rtc::IceServerUrl url;
  Login login;
};

/// The TURN servers among those of `config`, or what is wrong with one of them.
Result<std::vector<TurnServer>> read_turn_servers(const PeerHostConfig& config);

}  // namespace flnet::io
