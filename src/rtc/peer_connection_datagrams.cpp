// SPDX-License-Identifier: MIT OR Apache-2.0
// A PeerConnection's datagrams on their way through ICE, DTLS, SCTP and channels, and what they bring about.
#include "rtc/peer_connection_state.hpp"

#include <utility>

namespace flnet::rtc {

void PeerConnection::receive(const DatagramPath& path, ByteView datagram, Time now) {
  State& state = *state_;
  if (state.ended()) return;
  state.now_ = now;
  switch (datagram_kind(datagram)) {
    case DatagramKind::stun:
      state.receive_stun(path, datagram, now);
      break;
    case DatagramKind::dtls:
      state.receive_dtls(datagram, now);
      break;
    case DatagramKind::other:
      ++state.dropped_malformed_;
      break;
  }
  state.follow_up(now);
}

void PeerConnection::State::receive_stun(const DatagramPath& path, ByteView datagram, Time now) {
  if (!ice_) {
    ++dropped_early_;
    return;
  }
  const bool is_of_restart = restart_ && restart_->next->agent.expects(datagram);
  (is_of_restart ? *restart_->next : *ice_).agent.receive(path, datagram, now);
}

/// From any address that was routed to this connection: the peer may use another valid pair than we do until
/// one is nominated, and DTLS tells by itself what is the peer's.
void PeerConnection::State::receive_dtls(ByteView datagram, Time now) {
  if (dtls_is_started_)
    dtls_->receive(datagram, now);
  else
    keep_early(datagram);
}

/// The peer's hello often is here before the answer, or before our own check is answered. Dropping it would
/// cost the peer's retransmission time.
void PeerConnection::State::keep_early(ByteView datagram) {
  if (early_datagrams_.size() < config_.early_datagrams)
    early_datagrams_.push_back(to_bytes(datagram));
  else
    ++dropped_early_;
}

void PeerConnection::State::follow_up(Time now) {
  if (phase_ == Phase::closed) return;
  if (!end_ && restart_) advance_restart(now);
  if (!end_ && phase_ != Phase::open) advance_handshakes(now);
  if (!end_ && channels_wait_for_association_ && phase_ == Phase::open) {
    channels_wait_for_association_ = false;
    channels_.association_connected(now);
  }
  if (!end_ && std::exchange(writable_is_due_, false)) {
    channels_.resume(now);
    sink_.writable();
  }
  if (!end_ && shutdown_is_wanted_ && !shutdown_is_started_) advance_shutdown(now);
  if (end_) finish(now);
}

void PeerConnection::State::advance_handshakes(Time now) {
  if (!dtls_ || !path_) return;
  if (!dtls_is_started_) {
    dtls_is_started_ = true;
    dtls_->start(now);
  }
  while (!early_datagrams_.empty() && !end_) {
    const Bytes datagram = std::move(early_datagrams_.front());
    early_datagrams_.pop_front();
    dtls_->receive(datagram, now);
  }
}

/// Before the association is up there is only something to wait for when messages have been accepted.
void PeerConnection::State::advance_shutdown(Time now) {
  if (phase_ == Phase::open) {
    const auto grace_end = channels_.grace_end();
    if (data_was_accepted_ && grace_end && now < *grace_end) return;
    shutdown_is_started_ = true;
    sctp_.shutdown(now);
  } else if (!data_was_accepted_) {
    fail(ErrorCode::closed, "closed by this side before it was set up");
  }
}

void PeerConnection::State::finish(Time now) {
  const Error reason = std::move(*end_);
  end_.reset();
  phase_ = Phase::closed;
  if (dtls_is_connected_) sctp_.flush(now);  // SHUTDOWN COMPLETE
  if (dtls_) dtls_->close();
  if (ice_) ice_->agent.close();
  restart_.reset();
  end_.reset();  // whatever the last flush brought, there is one end
  early_datagrams_.clear();
  sink_.closed(reason);
}

void PeerConnection::State::fail(ErrorCode code, std::string detail) {
  if (!ended()) end_ = Error{code, std::move(detail)};
}

void PeerConnection::State::fail_without_path() {
  ice_has_failed_ = true;
  if (ice_was_connected_)
    fail(ErrorCode::timed_out, "the peer no longer answers on any path");
  else
    fail(ErrorCode::unreachable, "no path to the peer was found");
}

// IceSink of the generation in use; `advance_restart` looks at that of a restart.

void PeerConnection::State::ice_state_changed(const IceGeneration& generation, IceState state) {
  if (&generation != ice_.get()) return;
  if (state == IceState::connected) ice_was_connected_ = true;
  if (state != IceState::failed) return;
  if (restart_)
    path_.reset();  // without consent nothing may be sent (RFC 7675 §5.1)
  else
    fail_without_path();
}

void PeerConnection::State::ice_path_changed(const IceGeneration& generation, const DatagramPath& path) {
  if (&generation == ice_.get()) use_path(path);
}

void PeerConnection::State::use_path(const DatagramPath& path) {
  if (path_ == path) return;
  path_ = path;
  sctp_.path_changed(now_);
}

// DtlsSink

void PeerConnection::State::send_dtls(ByteView datagram) {
  if (path_) sink_.send_datagram(*path_, datagram);
}

void PeerConnection::State::dtls_connected() {
  dtls_is_connected_ = true;
  sctp_.connect(now_);  // both sides do, RFC 8831 §6.2 and RFC 9260 §5.2.1
}

void PeerConnection::State::dtls_received(ByteView data) {
  if (ended()) return;
  ice_->agent.note_data_received(now_);
  sctp_.receive(data, now_);
}

void PeerConnection::State::dtls_closed(Error reason) {
  if (!ended()) end_ = std::move(reason);
}

// SctpSink

void PeerConnection::State::send_sctp(ByteView packet) {
  if (dtls_) dtls_->send(packet, now_);
}

void PeerConnection::State::sctp_connected() {
  if (ended()) return;
  phase_ = Phase::open;
  setup_deadline_.reset();
  sink_.connected();
}

void PeerConnection::State::sctp_received(StreamId stream, std::uint32_t ppid, ByteView message) {
  channels_.receive(stream, ppid, message, now_);
}

void PeerConnection::State::sctp_streams_reset(std::span<const StreamId> streams) {
  if (!ended()) channels_.streams_reset(streams);
}

void PeerConnection::State::sctp_own_streams_reset(std::span<const StreamId> streams, bool performed) {
  if (!ended()) channels_.own_streams_reset(streams, performed, now_);
}

void PeerConnection::State::sctp_writable() {
  writable_is_due_ = true;
}

void PeerConnection::State::sctp_closed(Error reason) {
  if (!ended()) end_ = std::move(reason);
}

// DataChannelSink

void PeerConnection::State::channel_opened(ChannelId id, const DataChannelOptions& options, bool by_peer) {
  sink_.channel_opened(id, options, by_peer);
}

void PeerConnection::State::channel_received(ChannelId id, MessageView message) {
  sink_.channel_received(id, message);
}

void PeerConnection::State::channel_closed(ChannelId id) {
  sink_.channel_closed(id);
}

}  // namespace flnet::rtc
