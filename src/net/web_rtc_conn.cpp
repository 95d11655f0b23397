// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTCConn: inputs from the broker to the links, what these tell to the broker.
#include <flnet/web_rtc_conn.hpp>

#include "base/random.hpp"
#include "net/broker_outbox.hpp"
#include "net/node_links.hpp"
#include "net/peer_traffic.hpp"
#include "net/real_parts.hpp"
#include "net/send_queues.hpp"

#include <flnet/job_set.hpp>
#include <flnet/log.hpp>
#include <flnet/run.hpp>

#include <optional>
#include <utility>

namespace flnet {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

}  // namespace

struct WebRTCConn::State {
 public:
  using Message = WebRTCConnMessage::Any;

  State(Loop& loop, const NodeID& self, std::unique_ptr<io::PeerHost> host)
      : broker(loop),
        loop_(loop),
        self_(self),
        setups_(loop, broker),
        traffic_(loop, self, random_, net::links_over(std::move(host)),
                 [this](PeerInfo info) { carry_setup(std::move(info)); }),
        sends_(loop, traffic_),
        inputs_(broker.add_callback([this](const Message& message) {
          std::visit([this](const auto& each) { take(each); }, message);
        })),
        jobs_(loop) {
    jobs_.add(tell(*this));
  }

  Task<Result<>> close() {
    const Time give_up = loop_.now() + std::chrono::seconds(NetworkLimits::close_timeout_s);
    constexpr Duration interval = 5ms;
    // The first pause lets the broker hand over the inputs that it has taken.
    do {
      co_await sleep(interval);
    } while (!sends_.empty() && loop_.now() < give_up);
    const bool unsent = !sends_.empty();
    auto finished = co_await traffic_.finish(give_up);
    traffic_.close();
    if (finished && unsent) co_return failure(ErrorCode::timed_out, "closed before everything was delivered");
    co_return finished;
  }

  Broker<Message> broker;

 private:
  // From the broker.
  void take(const WebRTCConnMessage::Connect& message) { traffic_.links().connect(message.peer); }
  void take(const WebRTCConnMessage::InputNC& message) {
    std::visit([this, &message](const auto& each) { take(message.peer, each); }, message.input);
  }
  void take(const WebRTCConnMessage::OutputNC&) {}  // Our own kind: not for us.
  void take(const NodeID& peer, const NCInput::Send& input) { sends_.send(peer, input.message); }
  void take(const NodeID& peer, const NCInput::Disconnect&) { traffic_.links().disconnect(peer); }
  void take(const NodeID& peer, const NCInput::GetStates&) { traffic_.links().report_states(peer); }
  void take(const NodeID& peer, const NCInput::Setup& input) {
    const bool ours = input.direction == Direction::Outgoing;
    traffic_.links().setup({ours ? self_ : peer, ours ? peer : self_, input.message});
  }

  // To the broker.
  void carry_setup(PeerInfo info) {
    const Direction direction = info.direction(self_);
    const NodeID peer = direction == Direction::Outgoing ? info.id_follow : info.id_init;
    const auto pushed =
        setups_.push(WebRTCConnMessage::OutputNC{peer, NCOutput::Setup{direction, std::move(info.message)}});
    // The attempt will time out, and be made again.
    if (!pushed) topic.warn("a set-up for ", peer, " was dropped: ", pushed.error());
  }

  static Task<> tell(State& self) {
    while (auto reply = co_await self.traffic_.recv()) {
      auto output = std::visit([](auto& each) { return output_of(std::move(each)); }, *reply);
      if (output && !co_await self.broker.send(std::move(*output))) co_return;
    }
  }
  static std::optional<Message> output_of(NetReply::RcvNodeMessage reply) {
    return WebRTCConnMessage::OutputNC{reply.from, NCOutput::Received{std::move(reply.message)}};
  }
  static std::optional<Message> output_of(NetReply::RcvWSUpdateList) { return std::nullopt; }
  static std::optional<Message> output_of(NetReply::ConnectionState reply) {
    return WebRTCConnMessage::OutputNC{reply.id, NCOutput::State{reply.direction, std::move(reply.stats)}};
  }
  static std::optional<Message> output_of(NetReply::Connected reply) {
    return WebRTCConnMessage::OutputNC{reply.peer, NCOutput::Connected{}};
  }
  static std::optional<Message> output_of(NetReply::Disconnected reply) {
    return WebRTCConnMessage::OutputNC{reply.peer, NCOutput::Disconnected{std::move(reply.reason)}};
  }
  static std::optional<Message> output_of(NetReply::MessagesLost reply) {
    return WebRTCConnMessage::OutputNC{reply.peer,
                                       NCOutput::MessagesLost{reply.count, std::move(reply.reason)}};
  }

  Loop& loop_;
  NodeID self_;
  SystemRandom random_;
  net::BrokerOutbox<Message> setups_;
  net::PeerTraffic traffic_;
  net::SendQueues sends_;
  Registration inputs_;
  JobSet jobs_;  // Last: its tasks use everything above.
};

WebRTCConn::WebRTCConn(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebRTCConn::WebRTCConn(WebRTCConn&&) noexcept = default;
WebRTCConn& WebRTCConn::operator=(WebRTCConn&&) noexcept = default;
WebRTCConn::~WebRTCConn() = default;

Result<WebRTCConn> WebRTCConn::start(const NodeID& self, const ConnectionConfig& config, Loop& loop) {
  auto host = net::open_peer_host(loop, config);
  if (!host) return failure(host.error());
  return WebRTCConn(std::make_unique<State>(loop, self, std::move(*host)));
}

const Broker<WebRTCConnMessage::Any>& WebRTCConn::broker() const {
  return state_->broker;
}

Task<Result<>> WebRTCConn::close() {
  return state_->close();
}

}  // namespace flnet
