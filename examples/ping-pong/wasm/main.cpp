// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong in a browser or in Node: the shared game, told to whoever started the module.
#include "shared/play.hpp"
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

using ping_pong::Version;

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

struct Options {
  std::string signal = "ws://localhost:8765";
  Version version = Version::handler;
};

/// --signal URL, --loop, --handler; what else is there is the embedding page's mistake, and passed over.
Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--loop") options.version = Version::loop;
    if (argument == "--signal" && i + 1 < argc) options.signal = argv[++i];
  }
  return options;
}

/// Each page is a node of its own, also two of one browser: identities are new each time.
flnet::Task<> start(Options options) {
  auto config = co_await flnet::NodeConfig::generate();
  tell(ping_pong::self_event(config.info));
  tell(ping_pong::status_event("connecting", options.signal));
  Page page;
  const auto played = co_await ping_pong::play(options.version, std::move(config), options.signal, page);
  if (!played) tell(ping_pong::status_event("failed", flnet::to_string(played.error())));
}

}  // namespace

int main(int argc, char** argv) {
  return flnet::run(start(options_of(argc, argv)));
}
