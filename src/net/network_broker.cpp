// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkBroker: calls from the broker to the node, replies from the node to the broker.
#include <flnet/network_broker.hpp>

#include "net/broker_seams.hpp"
#include "net/network_state.hpp"
#include "net/real_parts.hpp"
#include "net/send_queues.hpp"

#include <flnet/job_set.hpp>
#include <flnet/run.hpp>

#include <utility>

namespace flnet {

struct NetworkBroker::State {
 public:
  State(NodeConfig config, net::NetworkParts parts, Broker<NetworkMessage> handle)
      : broker(std::move(handle)),
        network(std::move(config), std::move(parts)),
        sends_(network.loop(), network.traffic()),
        calls_(broker.add_callback([this](const NetworkMessage& message) {
          if (const auto* call = std::get_if<NetCall::Any>(&message))
            std::visit([this](const auto& each) { carry_out(each); }, *call);
        })),
        jobs_(network.loop()) {}

  /// Replies go out from the next turn of the loop on.
  void begin_to_reply() { jobs_.add(reply(*this)); }
  bool sending() const { return !sends_.empty(); }

  Broker<NetworkMessage> broker;
  Network::State network;

 private:
  void carry_out(const NetCall::SendNodeMessage& call) { sends_.send(call.to, call.message); }
  void carry_out(const NetCall::SendWSStats& call) { network.signalling().send_stats({call.stats}); }
  void carry_out(const NetCall::SendWSUpdateListRequest&) { network.signalling().request_list(); }
  void carry_out(const NetCall::Connect& call) { network.traffic().links().connect(call.peer); }
  void carry_out(const NetCall::Disconnect& call) { network.traffic().links().disconnect(call.peer); }
  void carry_out(const NetCall::Tick&) { network.traffic().links().report_states(std::nullopt); }

  static Task<> reply(State& self) {
    while (auto reply = co_await self.network.traffic().recv())
      if (!co_await self.broker.send(std::move(*reply))) co_return;
  }

  net::SendQueues sends_;
  Registration calls_;
  JobSet jobs_;  // Last: its tasks use everything above.
};

NetworkBroker::NetworkBroker(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->begin_to_reply();
}
NetworkBroker::NetworkBroker(NetworkBroker&&) noexcept = default;
NetworkBroker& NetworkBroker::operator=(NetworkBroker&&) noexcept = default;
NetworkBroker::~NetworkBroker() = default;

NetworkBroker NetworkBroker::start(NodeConfig config, const Broker<WSClientMessage>& web_socket,
                                   const Broker<WebRTCConnMessage::Any>& web_rtc, Loop& loop) {
  Broker<NetworkMessage> broker(loop);
  auto seams = std::make_shared<net::BrokerSeams>(loop, broker, web_socket, web_rtc);
  auto state = std::make_unique<State>(std::move(config), net::BrokerSeams::parts(loop, seams), broker);
  seams->connect(state->network.traffic());
  state->network.begin();
  return NetworkBroker(std::move(state));
}

const Broker<NetworkMessage>& NetworkBroker::broker() const {
  return state_->broker;
}

const NodeInfo& NetworkBroker::info() const {
  return state_->network.info();
}

Task<Result<>> NetworkBroker::close() {
  State& state = *state_;
  Loop& loop = state.network.loop();
  const Time give_up = loop.now() + std::chrono::seconds(NetworkLimits::close_timeout_s);
  constexpr Duration interval = 5ms;
  // The first pause lets the broker hand over the calls that it has taken.
  do {
    co_await sleep(interval);
  } while (state.sending() && loop.now() < give_up);
  const bool unsent = state.sending();
  auto closed = co_await state.network.close();
  if (closed && unsent) co_return failure(ErrorCode::timed_out, "closed before everything was delivered");
  co_return closed;
}

Task<Result<NetworkBroker>> net::start_network_broker(NodeConfig config, Result<NetworkParts> parts) {
  if (!parts) co_return failure(parts.error());
  Broker<NetworkMessage> broker(parts->loop);
  auto state = std::make_unique<NetworkBroker::State>(std::move(config), *std::move(parts), broker);
  const auto started = co_await state->network.start();
  if (!started) co_return failure(started.error());
  co_return NetworkBroker(std::move(state));
}

Task<Result<NetworkBroker>> network_broker_start(NodeConfig config, ConnectionConfig connection) {
  return net::start_network_broker(std::move(config), net::real_parts(Loop::current(), connection));
}

Task<Result<Network>> network_start(NodeConfig config, Broker<WSClientMessage> web_socket,
                                    Broker<WebRTCConnMessage::Any> web_rtc) {
  Loop& loop = Loop::current();
  auto seams = std::make_shared<net::BrokerSeams>(loop, Broker<NetworkMessage>(loop), web_socket, web_rtc);
  auto state = std::make_unique<Network::State>(std::move(config), net::BrokerSeams::parts(loop, seams));
  seams->connect(state->traffic());
  const auto started = co_await state->start();
  if (!started) co_return failure(started.error());
  co_return Network(std::move(state));
}

}  // namespace flnet
