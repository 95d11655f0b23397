// SPDX-License-Identifier: MIT OR Apache-2.0
// ConnectionStateMap: how a connection to a peer stands, and what it has carried.
#pragma once

#include <flnet/peer_info.hpp>
#include <flnet/time.hpp>
#include <flnet/u256.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace flnet {

/// By which kind of address an end of the connection is reached: its candidate's type (RFC 8445 §5.1.1).
enum class ConnType : std::uint8_t {
  Unknown,     ///< No path has been found yet.
  Host,        ///< An address of the machine itself.
  STUNPeer,    ///< Peer-reflexive: seen by the other end first.
  STUNServer,  ///< Server-reflexive: a NAT's address, told by a STUN server.
  TURN,        ///< Relayed.
};

/// Where a session's set-up stands.
enum class SignalingState : std::uint8_t {
  Closed,  ///< There is none, or it has ended.
  Setup,   ///< Descriptions and candidates are exchanged; nothing can be sent yet.
  Stable,  ///< Messages flow.
};

/// RTCIceGatheringState of W3C WebRTC.
enum class IceGatheringState : std::uint8_t { New, Gathering, Complete };

/// RTCIceConnectionState of W3C WebRTC.
enum class IceConnectionState : std::uint8_t {
  New,
  Checking,
  Connected,
  Completed,
  Failed,
  Disconnected,
  Closed
};

/// RTCDataChannelState of W3C WebRTC.
enum class DataChannelState : std::uint8_t { Connecting, Open, Closing, Closed };

/// Everything about one connection.
struct ConnectionStateMap {
  ConnType type_local = ConnType::Unknown, type_remote = ConnType::Unknown;
  SignalingState signaling = SignalingState::Closed;
  IceGatheringState ice_gathering = IceGatheringState::New;
  IceConnectionState ice_connection = IceConnectionState::New;
  std::optional<DataChannelState> data_connection;
  std::uint64_t rx_bytes = 0, tx_bytes = 0;   ///< Of messages, without any framing.
  std::optional<Duration> round_trip;         ///< The latest one that was measured.
  std::string local_address, remote_address;  ///< "address:port"; empty where the platform doesn't tell.

  friend bool operator==(const ConnectionStateMap&, const ConnectionStateMap&) = default;
};

/// FLNet's users learn a part of it under this name; here it is all of it.
using ConnStats = ConnectionStateMap;

}  // namespace flnet
