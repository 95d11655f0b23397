// SPDX-License-Identifier: MIT OR Apache-2.0
// The shared game, told to whoever started the module.
#include "player.hpp"

#include "view.hpp"

#include <flnet/connection_config.hpp>
#include <flnet/node_info.hpp>
#include <flnet/run.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

/// view.js: the text is a JSON object, for the `on` that the module was made with; borrowed for the call.
extern "C" void ping_pong_tell(const char* json, std::size_t length);

namespace {

void tell(const std::string& json) {
  ping_pong_tell(json.data(), json.size());
}

class Page final : public ping_pong::View {
 public:
  void begin(const flnet::NodeInfo&) override { tell(ping_pong::status_event("connected")); }
  void hear(const ping_pong::PingPongMessage& message) override {
    if (const auto event = ping_pong::event_of(message)) tell(*event);
  }
};

/// --signal URL; what else is there is the embedding page's mistake, and passed over.
std::string signal_of(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) == "--signal") return argv[i + 1];
  }
  return "ws://localhost:8765";
}

void failed(const flnet::Error& why) {
  tell(ping_pong::status_event("failed", flnet::to_string(why)));
}

/// Each page is a node of its own, also two of one browser: identities are new each time.
flnet::Task<> start(ping_pong::Play& play, std::string signal) {
  auto config = co_await flnet::NodeConfig::generate();
  if (!config) co_return failed(config.error());
  tell(ping_pong::self_event(config->info));
  tell(ping_pong::status_event("connecting", signal));
  Page page;
  const auto played = co_await play(std::move(*config), signal, page);
  if (!played) failed(played.error());
}

}  // namespace

int ping_pong::run_player(int argc, char** argv, Play& play) {
  return flnet::run(start(play, signal_of(argc, argv)));
}
