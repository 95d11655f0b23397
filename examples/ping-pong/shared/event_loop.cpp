// SPDX-License-Identifier: MIT OR Apache-2.0
// event_loop: one coroutine for the seconds, one for what the network says, and the rules between them.
#include "event_loop.hpp"

#include "rules.hpp"

#include <flnet/bytes.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>

#include <utility>
#include <variant>

namespace ping_pong {
namespace {

using flnet::Network;
using flnet::Task;
using namespace std::chrono_literals;

/// The rules, and what is done about what they say.
class Play {
 public:
  Play(Network& network, flnet::Broker<PingPongMessage> views, Limits limits)
      : network_(network), views_(std::move(views)), rules_(network.id(), flnet::now(), limits) {}

  void hear(PingPongMessage message) {
    const auto follows = rules_.handle(message, flnet::now());
    show(std::move(message));
    for (const PingPongMessage& each : follows) {
      show(each);
      std::visit([this](const auto& one) { carry_out(one); }, each);
    }
  }

 private:
  void carry_out(const ToNetwork& send) {
    const auto sent =
        network_.try_send(send.to, {flnet::MessageKind::text, flnet::as_bytes(to_text(send.word))});
    if (!sent) hear(Lost{send.to, 1, sent.error().detail});
  }
  void carry_out(const AskList&) {
    // When the server is away, its silence says so.
    [[maybe_unused]] const auto asked = network_.send_list_request();
  }
  template <class News>
  void carry_out(const News&) {}

  void show(PingPongMessage message) {
    // A view that doesn't read misses something; the game goes on.
    [[maybe_unused]] const auto shown = views_.emit(std::move(message));
  }

  Network& network_;
  flnet::Broker<PingPongMessage> views_;
  Rules rules_;
};

Task<> count_seconds(Play& play) {
  auto second = flnet::interval(1s);
  while (true) {
    co_await second.next();
    play.hear(Tick{});
  }
}

}  // namespace

Task<> event_loop(Network& network, flnet::Broker<PingPongMessage> views, Limits limits) {
  Play play(network, std::move(views), limits);
  flnet::JobSet jobs;
  jobs.add(count_seconds(play));
  while (const auto reply = co_await network.recv())
    if (auto message = heard(*reply)) play.hear(std::move(*message));
}

}  // namespace ping_pong
