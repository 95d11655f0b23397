// SPDX-License-Identifier: MIT OR Apache-2.0
// A node's side of the signalling WebSocket: what it says, and when it starts over.
#include "protocol/signal_client.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace flnet::protocol {
namespace {

/// From here on the bound of the back-off doesn't double any more; backoff_max is far below.
constexpr int max_doublings = 20;

std::string encoded(const wire::ClientMessage& message) {
  return wire::encode(message);
}

}  // namespace

SignalClient::SignalClient(SignalClientConfig config, Random& random)
    : config_(std::move(config)), random_(random) {}

void SignalClient::handle(Input input, Time now, Outbox& out) {
  std::visit([&](auto& alternative) { on(std::move(alternative), now, out); }, input);
}

std::optional<Time> SignalClient::deadline() const {
  struct Visitor {
    const SignalClientConfig& config;
    std::optional<Time> operator()(const Stopped& /*state*/) const { return std::nullopt; }
    std::optional<Time> operator()(const Connecting& state) const { return state.deadline; }
    std::optional<Time> operator()(const AwaitingChallenge& state) const { return state.deadline; }
    std::optional<Time> operator()(const Signing& state) const { return state.deadline; }
    std::optional<Time> operator()(const Announcing& state) const { return state.deadline; }
    std::optional<Time> operator()(const Ready& state) const {
      return std::min(state.next_list, state.last_heard + config.silence_timeout);
    }
    std::optional<Time> operator()(const BackingOff& state) const { return state.retry_at; }
    std::optional<Time> operator()(const Failed& /*state*/) const { return std::nullopt; }
  };
  return std::visit(Visitor{config_}, state_);
}

void SignalClient::handle_timeout(Time now, Outbox& out) {
  const auto due = deadline();
  if (!due || now < *due) return;
  if (std::holds_alternative<BackingOff>(state_)) {
    connect(now, out);
    return;
  }
  auto* ready = std::get_if<Ready>(&state_);
  if (ready == nullptr) {
    const bool connecting = std::holds_alternative<Connecting>(state_);
    lose({ErrorCode::timed_out, connecting ? "the signalling server does not answer"
                                           : "the signalling server did not let us in in time"},
         now, out);
  } else if (now >= ready->last_heard + config_.silence_timeout) {
    lose({ErrorCode::timed_out, "the signalling server is silent"}, now, out);
  } else {
    request_list(*ready, now, out);
  }
}

// What the socket and the owner say.

void SignalClient::on(SignalClientInput::Start /*start*/, Time now, Outbox& out) {
  if (!std::holds_alternative<Stopped>(state_) && !std::holds_alternative<Failed>(state_)) return;
  failed_attempts_ = 0;
  connect(now, out);
}

void SignalClient::on(SignalClientInput::SocketOpened /*opened*/, Time now, Outbox& /*out*/) {
  if (!std::holds_alternative<Connecting>(state_)) return;
  state_ = AwaitingChallenge{now + config_.announce_timeout};
}

void SignalClient::on(SignalClientInput::SocketClosed closed, Time now, Outbox& out) {
  if (has_socket()) back_off(std::move(closed.reason), now, out);
}

void SignalClient::on(SignalClientInput::Received received, Time now, Outbox& out) {
  if (!has_socket() || std::holds_alternative<Connecting>(state_)) return;
  if (auto* ready = std::get_if<Ready>(&state_)) ready->last_heard = now;
  auto message = wire::decode_server_message(received.text);
  if (!message) {
    ++counters_.dropped_malformed;
    return;
  }
  std::visit([&](auto& alternative) { read(std::move(alternative), now, out); }, *message);
}

void SignalClient::on(SignalClientInput::Signed answer, Time /*now*/, Outbox& out) {
  const auto* signing = std::get_if<Signing>(&state_);
  if (signing == nullptr) return;
  wire::Announce announce{wire::signal_version, signing->challenge, config_.info, answer.signature,
                          wire::Dialect::v0_10};
  out.emplace_back(SignalClientOutput::SendText{encoded(announce)});
  announce.dialect = wire::Dialect::v0_7;
  out.emplace_back(SignalClientOutput::SendText{encoded(std::move(announce))});
  out.emplace_back(SignalClientOutput::SendText{encoded(wire::ListRequest{})});
  state_ = Announcing{wire::Dialect::v0_7, signing->deadline};
}

void SignalClient::on(SignalClientInput::RequestList /*request*/, Time now, Outbox& out) {
  // In all other states a list comes with the announce.
  if (auto* ready = std::get_if<Ready>(&state_)) request_list(*ready, now, out);
}

void SignalClient::on(SignalClientInput::SendSetup setup, Time /*now*/, Outbox& out) {
  if (ready()) {
    out.emplace_back(SignalClientOutput::SendText{encoded(wire::PeerSetup{std::move(setup.info)})});
    return;
  }
  if (std::holds_alternative<Stopped>(state_) || std::holds_alternative<Failed>(state_)) {
    ++counters_.dropped_pending;
    return;
  }
  pending_.push_back(std::move(setup.info));
  if (pending_.size() > config_.pending_setups) {
    pending_.pop_front();
    ++counters_.dropped_pending;
  }
}

void SignalClient::on(SignalClientInput::SendStats stats, Time /*now*/, Outbox& out) {
  // Not kept: newer statistics follow.
  if (ready()) out.emplace_back(SignalClientOutput::SendText{encoded(std::move(stats.stats))});
}

void SignalClient::on(SignalClientInput::Stop /*stop*/, Time /*now*/, Outbox& out) {
  if (has_socket()) out.emplace_back(SignalClientOutput::CloseSocket{"stopped"});
  pending_.clear();
  state_ = Stopped{};
}

// What the server says.

void SignalClient::read(wire::Challenge challenge, Time /*now*/, Outbox& out) {
  const auto* waiting = std::get_if<AwaitingChallenge>(&state_);
  if (waiting == nullptr) {
    ++counters_.dropped_unexpected;
    return;
  }
  if (challenge.version != wire::signal_version) {
    const std::string reason = "the signalling server speaks version " + std::to_string(challenge.version) +
                               ", we speak " + std::to_string(wire::signal_version);
    out.emplace_back(SignalClientOutput::CloseSocket{reason});
    out.emplace_back(SignalClientOutput::Failed{{ErrorCode::unsupported, reason}});
    pending_.clear();
    state_ = Failed{};
    return;
  }
  out.emplace_back(SignalClientOutput::Sign{challenge.challenge});
  state_ = Signing{challenge.challenge, waiting->deadline};
}

void SignalClient::read(wire::ListReply reply, Time now, Outbox& out) {
  counters_.dropped_malformed += reply.skipped;
  if (const auto* announcing = std::get_if<Announcing>(&state_)) {
    const bool lists_v3 = std::ranges::any_of(
        reply.nodes, [](const wire::ListedNode& node) { return node.dialect == wire::Dialect::v0_10; });
    out.emplace_back(
        SignalClientOutput::Announced{lists_v3 ? wire::Dialect::v0_10 : announcing->server_dialect});
    become_ready(now, out);
  } else if (!ready()) {
    ++counters_.dropped_unexpected;
    return;
  }
  out.emplace_back(SignalClientOutput::List{std::move(reply.nodes)});
}

void SignalClient::read(wire::PeerSetup setup, Time /*now*/, Outbox& out) {
  const NodeID self = config_.info.id();
  const bool we_init = setup.info.id_init == self;
  const bool we_follow = setup.info.id_follow == self;
  if (!ready() && !std::holds_alternative<Announcing>(state_)) {
    ++counters_.dropped_unexpected;
  } else if (we_init == we_follow) {
    ++counters_.dropped_foreign;
  } else {
    out.emplace_back(SignalClientOutput::Setup{std::move(setup.info)});
  }
}

void SignalClient::read(wire::SystemConfig /*config*/, Time /*now*/, Outbox& /*out*/) {
  if (auto* announcing = std::get_if<Announcing>(&state_)) {
    announcing->server_dialect = wire::Dialect::v0_10;
  } else if (!ready()) {
    ++counters_.dropped_unexpected;
  }
}

void SignalClient::read(wire::ServerError error, Time now, Outbox& out) {
  // A Rust server leaves the socket open, but has forgotten us: another node took our id. Since the
  // back-off goes on growing (stable_after), two such nodes don't throw each other out in a tight loop.
  lose({ErrorCode::refused, "the signalling server says: " + error.text}, now, out);
}

// Changes of state.

bool SignalClient::has_socket() const {
  return !std::holds_alternative<Stopped>(state_) && !std::holds_alternative<BackingOff>(state_) &&
         !std::holds_alternative<Failed>(state_);
}

void SignalClient::connect(Time now, Outbox& out) {
  ++counters_.connects;
  out.emplace_back(SignalClientOutput::OpenSocket{});
  state_ = Connecting{now + config_.connect_timeout};
}

void SignalClient::request_list(Ready& ready, Time now, Outbox& out) {
  out.emplace_back(SignalClientOutput::SendText{encoded(wire::ListRequest{})});
  ready.next_list = now + config_.list_interval;
}

void SignalClient::become_ready(Time now, Outbox& out) {
  state_ = Ready{now, now + config_.list_interval, now};
  while (!pending_.empty())
    out.emplace_back(SignalClientOutput::SendText{encoded(wire::PeerSetup{pending_.take_front()})});
}

void SignalClient::lose(Error reason, Time now, Outbox& out) {
  if (has_socket()) out.emplace_back(SignalClientOutput::CloseSocket{reason.detail});
  back_off(std::move(reason), now, out);
}

void SignalClient::back_off(Error reason, Time now, Outbox& out) {
  const auto* ready = std::get_if<Ready>(&state_);
  if (ready != nullptr && now >= ready->since + config_.stable_after) failed_attempts_ = 0;
  const Time retry_at = now + next_backoff();
  out.emplace_back(SignalClientOutput::Lost{std::move(reason), retry_at});
  state_ = BackingOff{retry_at};
}

Duration SignalClient::next_backoff() {
  const Duration grown =
      config_.backoff_first * (std::int64_t{1} << std::min(failed_attempts_, max_doublings));
  ++failed_attempts_;
  const Duration bound = std::min(config_.backoff_max, grown);
  return Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(bound.count()) + 1)));
}

}  // namespace flnet::protocol
