// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInSession: how it opens, how it ends, and silence.
#include "net/stand_in_session.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

class StandInHost final : public io::PeerHost {
 public:
  explicit StandInHost(StandInSite site) : site_(std::move(site)) {}
  std::unique_ptr<io::PeerSession> make_session(std::uint64_t session, io::PeerSessionSink& sink) override {
    return std::make_unique<StandInSession>(site_, session, sink);
  }

 private:
  StandInSite site_;
};

}  // namespace

std::unique_ptr<io::PeerHost> make_stand_in_host(StandInSite site) {
  return std::make_unique<StandInHost>(std::move(site));
}

StandInSession::StandInSession(StandInSite site, std::uint64_t session, io::PeerSessionSink& sink)
    : site_(std::move(site)), world_(*site_.world), session_(session), sink_(&sink), id_(world_.add(*this)) {
  ++world_.counters.sessions_made;
}

/// An abort is one datagram: it follows what is under way, and nobody sends it again.
StandInSession::~StandInSession() {
  if (stage_ == Stage::ended) return;
  if (linked() && !world_.terrain.loses(site_.node, peer_place_, world_.random)) {
    to_peer([](StandInSession& peer) { peer.end({ErrorCode::closed, "the peer closed the connection"}); });
  }
  leave();
}

// Set-up.

void StandInSession::create_offer() {
  if (stage_ != Stage::fresh) return;
  stage_ = Stage::offering;
  describe(std::nullopt);
}

void StandInSession::accept_offer(std::string sdp) {
  if (stage_ != Stage::fresh) return;
  const auto offer = StandInDescription::parse(sdp);
  if (!offer || offer->answers) {
    end_soon({ErrorCode::invalid_message, "not an offer of this stand-in network"});
    return;
  }
  session_ = offer->session;
  stage_ = Stage::linking;
  // An offerer that has gone meanwhile is answered like any other: nobody knows.
  link(offer->end);
  describe(offer->end);
}

void StandInSession::accept_answer(std::string sdp) {
  if (stage_ != Stage::offering) return;
  const auto answer = StandInDescription::parse(sdp);
  if (!answer || answer->answers != id_ || !link(answer->end)) {
    // The right answer may follow a wrong one; the owner's deadline runs.
    topic.debug("answer dropped: it is not for this session");
    return;
  }
  stage_ = Stage::linking;
  send_step(1);
}

void StandInSession::describe(std::optional<StandInEndId> answers) {
  told_ = world_.loop.soon([this, description = StandInDescription{session_, id_, answers}] {
    sink_->session_described(description.text());
  });
}

bool StandInSession::link(StandInEndId peer) {
  const StandInSession* other = world_.end(peer);
  if (other == nullptr || other == this) return false;
  peer_ = peer;
  peer_place_ = other->site_.node;
  peer_address_ = other->site_.address;
  path_ = world_.paths->open(site_.node, peer_place_);
  reach_changed();
  return true;
}

void StandInSession::send_step(int step) {
  asked_at_ = world_.loop.now();
  to_peer([step](StandInSession& peer) { peer.take_step(step); });
}

void StandInSession::take_step(int step) {
  if (stage_ != Stage::linking) return;
  if (step > 1) round_trip_ = world_.loop.now() - asked_at_;
  if (step < opening_steps) {
    send_step(step + 1);
    return;
  }
  to_peer([](StandInSession& peer) { peer.take_open(); });
  become_open();
}

void StandInSession::take_open() {
  if (stage_ == Stage::linking) become_open();
}

void StandInSession::become_open() {
  stage_ = Stage::open;
  ++world_.counters.sessions_opened;
  sink_->session_opened();
}

// The end.

void StandInSession::shutdown() {
  if (stage_ == Stage::closing || stage_ == Stage::ended) return;
  if (stage_ != Stage::open) {
    end_soon({ErrorCode::closed, "closed before it was open"});
    return;
  }
  stage_ = Stage::closing;
  finish_if_drained();
}

void StandInSession::take_shutdown() {
  if (stage_ != Stage::open && stage_ != Stage::closing) return;
  stage_ = Stage::closing;
  peer_shut_ = true;
  finish_if_drained();
}

void StandInSession::take_shutdown_done() {
  end({ErrorCode::closed, "closed by this node"});
}

void StandInSession::finish_if_drained() {
  if (stage_ != Stage::closing || buffered_ > 0) return;
  if (peer_shut_) {
    to_peer([](StandInSession& peer) { peer.take_shutdown_done(); });
    end({ErrorCode::closed, "the peer closed the connection"});
  } else if (!std::exchange(shutdown_sent_, true)) {
    to_peer([](StandInSession& peer) { peer.take_shutdown(); });
  }
}

void StandInSession::end(Error reason) {
  if (stage_ == Stage::ended) return;
  leave();
  std::exchange(sink_, nullptr)->session_closed(std::move(reason));
}

void StandInSession::end_soon(Error reason) {
  told_ = world_.loop.soon([this, reason = std::move(reason)] { end(reason); });
}

void StandInSession::leave() {
  stage_ = Stage::ended;
  consent_ = {};
  acknowledging_ = {};
  told_ = {};
  world_.remove(id_);
  if (linked()) world_.paths->leave(*path_);
  if (!peer_) return;
  if (StandInSession* peer = world_.end(*peer_)) peer->reach_changed();
}

// Silence.

bool StandInSession::reachable() const {
  return world_.end(*peer_) != nullptr && world_.terrain.passes(site_.node, peer_place_) &&
         world_.terrain.passes(peer_place_, site_.node);
}

void StandInSession::reach_changed() {
  if (!linked() || stage_ == Stage::ended || cut_ == !reachable()) return;
  cut_ = !cut_;
  if (!cut_) {
    consent_ = {};
    return;
  }
  const Duration since_answer(
      static_cast<std::int64_t>(world_.random.below(static_cast<std::uint64_t>(consent_interval.count()))));
  consent_ = world_.loop.at(world_.loop.now() + consent_timeout - since_answer, [this] {
    ++world_.counters.sessions_timed_out;
    end({ErrorCode::timed_out, "the peer does not answer"});
  });
}

// What is known of it.

ConnectionStateMap StandInSession::state() const {
  const bool live = stage_ == Stage::open || stage_ == Stage::closing;
  ConnectionStateMap state;
  state.rx_bytes = rx_bytes_;
  state.tx_bytes = tx_bytes_;
  state.round_trip = round_trip_;
  state.ice_gathering = stage_ == Stage::fresh ? IceGatheringState::New : IceGatheringState::Complete;
  if (linked()) {
    state.type_local = state.type_remote = ConnType::Host;
    state.local_address = site_.address;
    state.remote_address = peer_address_;
  }
  if (stage_ == Stage::ended) {
    state.ice_connection = IceConnectionState::Closed;
    state.data_connection = DataChannelState::Closed;
    return state;
  }
  state.signaling = live ? SignalingState::Stable : SignalingState::Setup;
  if (live) {
    state.ice_connection = cut_ ? IceConnectionState::Disconnected : IceConnectionState::Connected;
    state.data_connection = stage_ == Stage::open ? DataChannelState::Open : DataChannelState::Closing;
  } else {
    state.ice_connection = linked() ? IceConnectionState::Checking : IceConnectionState::New;
    state.data_connection = DataChannelState::Connecting;
  }
  return state;
}

}  // namespace flnet::net
