// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerDriver: how the session stands.
#include "io/native/peer_driver.hpp"

namespace flnet::io {
namespace {

ConnType conn_type(rtc::CandidateType type) {
  switch (type) {
    case rtc::CandidateType::host:
      return ConnType::Host;
    case rtc::CandidateType::server_reflexive:
      return ConnType::STUNServer;
    case rtc::CandidateType::peer_reflexive:
      return ConnType::STUNPeer;
    case rtc::CandidateType::relayed:
      return ConnType::TURN;
  }
  return ConnType::Unknown;
}

}  // namespace

ConnectionStateMap PeerDriver::state() const {
  const auto machine = connection_.stats();
  ConnectionStateMap state;
  if (machine.path_types) {
    state.type_local = conn_type(machine.path_types->local);
    state.type_remote = conn_type(machine.path_types->remote);
  }
  state.signaling = signaling();
  state.ice_gathering = machine.gathering;
  state.ice_connection = machine.ice_connection;
  state.data_connection = data_connection();
  state.rx_bytes = rx_bytes_;
  state.tx_bytes = tx_bytes_;
  state.round_trip = machine.round_trip;
  if (machine.path) {
    state.local_address = machine.path->local.to_string();
    state.remote_address = machine.path->remote.to_string();
  }
  return state;
}

SignalingState PeerDriver::signaling() const {
  switch (stage_) {
    case Stage::waiting:
      return SignalingState::Setup;
    case Stage::open:
    case Stage::closing:
      return SignalingState::Stable;
    case Stage::ended:
      return SignalingState::Closed;
  }
  return SignalingState::Closed;
}

/// An answerer has no channel before the peer's is there.
std::optional<DataChannelState> PeerDriver::data_connection() const {
  switch (stage_) {
    case Stage::waiting:
      return channel_ ? std::optional(DataChannelState::Connecting) : std::nullopt;
    case Stage::open:
      return DataChannelState::Open;
    case Stage::closing:
      return DataChannelState::Closing;
    case Stage::ended:
      return DataChannelState::Closed;
  }
  return {};
}

bool PeerDriver::needs_relays() const {
  if (machine_over_ || stage_ == Stage::waiting) return !machine_over_;
  const auto stats = connection_.stats();
  return stats.is_restarting || (stats.path_types && stats.path_types->local == rtc::CandidateType::relayed);
}

}  // namespace flnet::io
