// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalServer: drives a SignalHub with WebSockets, its own or a broker's, and real signatures.
#include <flnet/signal_server.hpp>

#include "async/actor.hpp"
#include "base/random.hpp"
#include "io/keys.hpp"
#include "io/web_socket_server.hpp"
#include "net/broker_web_socket_server.hpp"
#include "protocol/signal_hub.hpp"

#include <flnet/job_set.hpp>
#include <flnet/log.hpp>

#include <algorithm>
#include <functional>

namespace flnet {
namespace {

constexpr log::Topic topic{"flnet::signal_server"};

}  // namespace

using protocol::ClientId;
using protocol::SignalHub;
using Input = protocol::SignalHubInput;
using Output = protocol::SignalHubOutput;

struct SignalServer::State final : private io::WebSocketServerSink {
 public:
  State(Loop& loop, const SignalServerConfig& config)
      : broker(loop),
        hub_(hub_config(config), random_),
        actor_(loop, hub_,
               [this](SignalHub::Output output) {
                 std::visit([this](auto& each) { carry_out(std::move(each)); }, output);
               }),
        jobs_(loop) {}

  void serve(Loop& loop, const Broker<WSServerMessage>& sockets) {
    io::WebSocketServerSink& sink = *this;
    server_ = std::make_unique<net::BrokerWebSocketServer>(loop, sockets, sink,
                                                           [this] { tell(SignalOutput::Stopped{}); });
  }

  Result<> listen(Loop& loop, const SignalServerConfig& config) {
    auto server = io::WebSocketServer::listen(
        loop, {.listen = config.listen, .max_connections = config.max_clients}, *this);
    if (!server) return failure(server.error());
    server_ = std::move(*server);
    return {};
  }

  std::vector<SocketAddress> addresses() const { return server_->addresses(); }

  SignalServerCounters counters() const {
    const auto& counted = hub_.counters();
    return {.clients = hub_.client_count(),
            .nodes = hub_.node_count(),
            .announced = counted.announced,
            .setups_passed = counted.setups_passed,
            .bad_signatures = counted.bad_signatures,
            .evicted = counted.evicted,
            .dropped = counted.dropped_malformed + counted.dropped_unannounced + counted.dropped_foreign +
                       counted.dropped_no_target + counted.dropped_pending + counted.refused,
            .unheard = unheard_};
  }

  Broker<SignalOutput::Any> broker;

 private:
  static protocol::SignalHubConfig hub_config(const SignalServerConfig& config) {
    protocol::SignalHubConfig hub;
    hub.max_clients = config.max_clients;
    hub.ping_timeout = std::chrono::minutes(std::max(config.ttl_minutes, 1U));
    return hub;
  }
  // A WebSocket and the hub's client share their number: neither is ever reused.
  static ClientId client(io::WebSocketId id) { return static_cast<ClientId>(id); }
  static io::WebSocketId socket(ClientId id) { return static_cast<io::WebSocketId>(id); }

  void socket_opened(io::WebSocketId id, const SocketAddress& from) override {
    topic.debug("client ", static_cast<std::uint64_t>(id), " from ", from);
    actor_.give(Input::ClientOpened{client(id)});
  }
  void socket_received(io::WebSocketId id, std::string_view text) override {
    topic.trace("client ", static_cast<std::uint64_t>(id), " says ", text);
    actor_.give(Input::Received{client(id), std::string(text)});
  }
  void socket_pong(io::WebSocketId id) override { actor_.give(Input::Pong{client(id)}); }
  void socket_closed(io::WebSocketId id, Error reason) override {
    topic.debug("client ", static_cast<std::uint64_t>(id), " closed: ", reason);
    actor_.give(Input::ClientClosed{client(id)});
  }

  void carry_out(Output::SendText output) { server_->send(socket(output.client), std::move(output.text)); }
  void carry_out(Output::Ping output) { server_->ping(socket(output.client)); }
  void carry_out(Output::Close output) {
    topic.debug("closing client ", static_cast<std::uint64_t>(output.client), ": ", output.reason);
    server_->close(socket(output.client), std::move(output.reason));
  }
  void carry_out(Output::Verify output) {
    jobs_.add(verify(output.client, output.key, output.challenge, output.signature));
  }
  void carry_out(Output::NodeJoined output) {
    topic.info("node ", output.info.id(), " joined: ", output.info.name);
    tell(SignalOutput::NewNode{std::move(output.info)});
  }
  void carry_out(Output::NodeLeft output) {
    topic.info("node ", output.id, " left");
    tell(SignalOutput::NodeLeft{output.id});
  }
  void carry_out(Output::Stats output) {
    topic.debug("node ", output.from, " sent statistics of ", output.stats.stats.size(), " nodes");
    tell(SignalOutput::NodeStats{output.from, std::move(output.stats.stats)});
  }

  void tell(SignalOutput::Any output) {
    if (!broker.emit(std::move(output))) ++unheard_;
  }

  Task<> verify(ClientId from, NodeID key, U256 challenge, Signature signature) {
    const bool good = co_await io::verify(key, to_bytes(challenge.bytes()), signature);
    actor_.give(Input::Verified{from, good});
  }

  SystemRandom random_;
  std::uint64_t unheard_ = 0;
  std::unique_ptr<io::WebSocketServer> server_;
  SignalHub hub_;
  Actor<SignalHub, std::function<void(SignalHub::Output)>> actor_;
  JobSet jobs_;  // Last: its tasks use everything above.
};

SignalServer::SignalServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
SignalServer::SignalServer(SignalServer&&) noexcept = default;
SignalServer& SignalServer::operator=(SignalServer&&) noexcept = default;
SignalServer::~SignalServer() = default;

Result<SignalServer> SignalServer::start(SignalServerConfig config, Loop& loop) {
  auto state = std::make_unique<State>(loop, config);
  if (auto listening = state->listen(loop, config); !listening) return failure(listening.error());
  return SignalServer(std::move(state));
}

SignalServer SignalServer::start(const Broker<WSServerMessage>& sockets, unsigned ttl_minutes, Loop& loop) {
  auto state = std::make_unique<State>(loop, SignalServerConfig{.listen = {}, .ttl_minutes = ttl_minutes});
  state->serve(loop, sockets);
  return SignalServer(std::move(state));
}

const Broker<SignalOutput::Any>& SignalServer::broker() const {
  return state_->broker;
}

std::vector<SocketAddress> SignalServer::addresses() const {
  return state_->addresses();
}

SignalServerCounters SignalServer::counters() const {
  return state_->counters();
}

}  // namespace flnet
