// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerDriver: what the session asks for, what the loop brings, and the order between them.
#include "io/native/peer_driver.hpp"

#include <flnet/log.hpp>

#include <cassert>
#include <utility>

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

std::string_view name_of(ConnType type) {
  switch (type) {
    case ConnType::Unknown:
      return "Unknown";
    case ConnType::Host:
      return "Host";
    case ConnType::STUNPeer:
      return "STUNPeer";
    case ConnType::STUNServer:
      return "STUNServer";
    case ConnType::TURN:
      return "TURN";
  }
  return "Unknown";
}

}  // namespace

PeerDriver::PeerDriver(PeerDriverHost& host, rtc::PeerConnectionConfig config, rtc::DtlsContext& dtls,
                       Random& random, PeerSessionSink& sink)
    : host_(host), sink_(&sink), connection_(std::move(config), dtls, random, *this) {
  host_.mux().add(*this, connection_.local_ufrag());
}

// --- What the session asks for

void PeerDriver::create_offer() {
  if (machine_over_) return;
  command([this] {
    auto offer = connection_.create_offer(host_.now());
    if (!offer) {
      end(std::move(offer.error()));
      return;
    }
    const auto channel = connection_.open_channel({.label = channel_label, .protocol = {}}, host_.now());
    if (!channel) {
      end(channel.error());
      return;
    }
    channel_ = *channel;
    tell(Described{*std::move(offer)});
  });
}

void PeerDriver::accept_offer(std::string sdp) {
  if (machine_over_) return;
  command([this, offer = std::move(sdp)] {
    const bool is_later = connection_.is_described();
    if (is_later) take_addresses();
    auto answer = connection_.accept_offer(offer, host_.now());
    if (answer) {
      tell(Described{*std::move(answer)});
    } else if (is_later) {
      drop_description("offer", answer.error());
    } else {
      end(std::move(answer.error()));
    }
  });
}

void PeerDriver::accept_answer(std::string sdp) {
  if (machine_over_) return;
  command([this, answer = std::move(sdp)] {
    // The right answer may follow a wrong one: whoever carries them is not trusted. A deadline runs.
    const auto accepted = connection_.accept_answer(answer, host_.now());
    if (!accepted) drop_description("answer", accepted.error());
  });
}

void PeerDriver::add_candidate(std::string line) {
  if (machine_over_) return;
  command([this, candidate = std::move(line)] {
    const auto added = connection_.add_remote_candidate(candidate, host_.now());
    if (!added) topic.debug("candidate dropped: ", to_string(added.error()));
  });
}

void PeerDriver::shutdown() {
  if (stage_ == Stage::closing || stage_ == Stage::ended) return;
  stage_ = Stage::closing;
  wants_shutdown_ = true;
  command([] {});  // `settle` carries it out when the nested messages are passed on.
}

void PeerDriver::reflexive_address_found(const rtc::ReflexiveAddress& address) {
  if (machine_over_) return;
  command([this, address] {
    auto line = connection_.add_reflexive_address(address, host_.now());
    if (line) tell(Candidate{*std::move(line)});
  });
}

void PeerDriver::relayed_address_found(const rtc::RelayedAddress& address) {
  if (machine_over_) return;
  command([this, address] {
    auto line = connection_.add_relayed_address(address, host_.now());
    if (line) tell(Candidate{*std::move(line)});
  });
}

void PeerDriver::gathering_finished() {
  if (machine_over_) return;
  command([this] {
    if (connection_.finish_gathering()) tell(Candidate{});
  });
}

void PeerDriver::detach() {
  sink_ = nullptr;
  events_.clear();
  stage_ = Stage::ended;
  abort_machine("the session was given up");
  host_.bury(*this);
}

// --- What the loop brings

template <class Call>
void PeerDriver::drive(Call&& call) {
  assert(!in_machine_);
  in_machine_ = from_loop_ = true;
  call();
  in_machine_ = from_loop_ = false;
  settle();
}

void PeerDriver::receive(const rtc::DatagramPath& path, ByteView datagram) {
  if (machine_over_) return;
  drive([&] { connection_.receive(path, datagram, host_.now()); });
  if (rtc::datagram_kind(datagram) == rtc::DatagramKind::stun) claim_path();
  host_.mark_dirty(*this);
}

void PeerDriver::end_turn() {
  deliver_waiting();
  if (machine_over_) return;
  drive([this] { connection_.flush(host_.now()); });
  if (machine_over_) return;
  claim_path();
  arm_timer();
}

void PeerDriver::arm_timer() {
  const auto deadline = connection_.deadline();
  // A deadline that moves later, as most do, costs nothing: the timer looks again when it fires.
  if (!deadline || (armed_ && *armed_ <= *deadline)) return;
  armed_ = deadline;
  timer_ = host_.loop().at(*deadline, [this] { timer_fired(); });
}

void PeerDriver::timer_fired() {
  armed_.reset();
  if (machine_over_) return;
  const auto now = host_.now();
  const auto deadline = connection_.deadline();
  if (!deadline || *deadline > now) {
    arm_timer();
    return;
  }
  drive([&] { connection_.handle_timeout(now); });
  host_.mark_dirty(*this);
}

void PeerDriver::claim_path() {
  if (machine_over_) return;
  const auto path = connection_.path();
  if (!path || path == claimed_) return;
  claimed_ = path;
  host_.mux().claim(*this, path->remote);
}

// --- What the machine tells

void PeerDriver::send_datagram(const rtc::DatagramPath& path, ByteView datagram) {
  if (rtc::datagram_kind(datagram) == rtc::DatagramKind::stun) {
    host_.mux().sent(*this, path, datagram, host_.now());
  }
  host_.send(path, datagram);
}

// The offerer's first channel is the session's own; the answerer takes the first that comes for it.
void PeerDriver::channel_opened(rtc::ChannelId id, const rtc::DataChannelOptions& options, bool by_peer) {
  if (channel_ && id != *channel_) return other_channel_opened(id, options, by_peer);
  if (stage_ != Stage::waiting) return;
  channel_ = id;
  stage_ = Stage::open;
  const ConnectionStateMap now = state();
  topic.debug("session open: ", now.local_address, " (", name_of(now.type_local), ") to ", now.remote_address,
              " (", name_of(now.type_remote), ")");
  tell(Opened{});
}

void PeerDriver::channel_received(rtc::ChannelId id, MessageView message) {
  rx_bytes_ += message.bytes.size();
  if (id != channel_) return other_channel_received(id, message);
  if (!from_loop_) {
    tell(Message::copy(message));
    return;
  }
  if (!events_.empty()) deliver_waiting();
  if (sink_ != nullptr) sink_->session_received(message);
}

void PeerDriver::channel_closed(rtc::ChannelId id) {
  if (id != channel_) return other_channel_closed(id);
  if (stage_ != Stage::closing) end({ErrorCode::closed, "the peer closed the channel"});
}

void PeerDriver::writable() {
  has_room_ = true;
}

void PeerDriver::closed(Error reason) {
  machine_over_ = true;
  end(std::move(reason));
}

void PeerDriver::end(Error reason) {
  if (stage_ == Stage::ended) return;
  stage_ = Stage::ended;
  abort_machine(reason.detail);
  tell(Closed{std::move(reason)});
}

void PeerDriver::abort_machine(std::string reason) {
  timer_ = {};
  host_.mux().remove(*this);
  if (machine_over_) return;
  command([this, text = std::move(reason)] {
    if (!std::exchange(machine_over_, true)) connection_.abort(text, host_.now());
  });
}

// --- What the sink hears

void PeerDriver::tell(Event event) {
  if (sink_ == nullptr) return;
  if (from_loop_) {
    deliver_waiting();
    deliver(event);
  } else {
    events_.push_back(std::move(event));
    host_.mark_dirty(*this);
  }
}

void PeerDriver::deliver_waiting() {
  for (auto& event : std::exchange(events_, {})) deliver(event);
}

void PeerDriver::deliver(Event& event) {
  if (sink_ == nullptr) return;
  struct Visitor {
    PeerDriver& self;
    void operator()(Described& described) { self.sink_->session_described(std::move(described.sdp)); }
    void operator()(Restarting& restarting) { self.sink_->session_restarting(std::move(restarting.offer)); }
    void operator()(Candidate& candidate) { self.sink_->session_candidate(std::move(candidate.line)); }
    void operator()(Opened&) { self.sink_->session_opened(); }
    void operator()(Message& message) { self.sink_->session_received(message.view()); }
    void operator()(Writable&) { self.sink_->session_writable(); }
    void operator()(Closed& closed) {
      std::exchange(self.sink_, nullptr)->session_closed(std::move(closed.reason));
    }
    void operator()(ChannelOffered& offered) {
      if (!self.sink_->channel_offered(offered.number, offered.options)) self.close_channel(offered.number);
    }
    void operator()(ChannelOpened& opened) { self.sink_->channel_opened(opened.number); }
    void operator()(ChannelMessage& received) {
      self.sink_->channel_received(received.number, received.message.view());
    }
    void operator()(ChannelClosed& closed) { self.sink_->channel_closed(closed.number); }
  };
  std::visit(Visitor{*this}, event);
}

}  // namespace flnet::io
