// SPDX-License-Identifier: MIT OR Apache-2.0
// Network::State: starting, ending, and what signalling says in between.
#include "net/network_state.hpp"

#include <flnet/log.hpp>

namespace flnet {
namespace {

constexpr log::Topic topic{"flnet::network"};

}  // namespace

Network::State::State(NodeConfig config, net::NetworkParts parts)
    : ground_(std::move(parts.ground)),
      loop_(parts.loop),
      info_(config.info),
      random_(std::move(parts.random)),
      traffic_(loop_, info_.id(), *random_, parts.make_links,
               [this](PeerInfo info) { signalling_.send_setup(std::move(info)); }),
      signalling_(loop_, std::move(config), std::move(parts.open_web_socket), *random_, *this) {}

Task<Result<>> Network::State::start() {
  begin();
  const Timer timeout = loop_.at(loop_.now() + start_timeout, [this] {
    settle_start(failure(ErrorCode::timed_out, "the signalling server sent no list within 10 seconds"));
  });
  while (!started_) co_await start_settled_.wait();
  co_return *started_;
}

void Network::State::settle_start(Result<> result) {
  if (started_) return;
  started_ = std::move(result);
  start_settled_.notify();
}

Task<Result<>> Network::State::close() {
  auto finished =
      co_await traffic_.finish(loop_.now() + std::chrono::seconds(NetworkLimits::close_timeout_s));
  signalling_.stop();
  traffic_.close();
  co_return finished;
}

void Network::State::signalling_listed(std::vector<wire::ListedNode> nodes) {
  settle_start({});
  traffic_.links().listed(std::move(nodes));
}

void Network::State::signalling_setup(PeerInfo info) {
  traffic_.links().setup(std::move(info));
}

void Network::State::signalling_lost(Error reason) {
  if (started_) topic.warn("signalling server lost, trying again: ", reason);
  settle_start(failure(std::move(reason)));
}

void Network::State::signalling_failed(Error reason) {
  topic.error("the signalling server can't be used: ", reason);
  settle_start(failure(std::move(reason)));
}

}  // namespace flnet
