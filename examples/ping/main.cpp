// SPDX-License-Identifier: MIT OR Apache-2.0
// ping: nodes that know each other by id send each other pings.
#include "actions.hpp"
#include "identity.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace {

struct Options {
  std::string signal = "ws://localhost:8765";
  std::string config;
  std::string server_id;
  unsigned count = 0;
  int verbosity = 0;
  enum class Action { ping, server, client } action = Action::ping;
};

/// Warnings are said anyway.
void start_logging(int verbosity) {
  if (verbosity < 2) return;
  flnet::start_logging_filter_level({}, static_cast<flnet::log::Level>(std::min(verbosity, 4)));
}

flnet::Task<> act(const Options& options, flnet::NodeID server, flnet::Network& net) {
  switch (options.action) {
    case Options::Action::ping:
      co_await ping::ping_all(net, options.count);
      break;
    case Options::Action::server:
      co_await ping::serve(net, options.count);
      break;
    case Options::Action::client:
      co_await ping::ping_server(net, server, options.count);
      break;
  }
}

flnet::Task<> start(Options options) {
  flnet::NodeID server;
  if (options.action == Options::Action::client) {
    const auto id = flnet::NodeID::parse(options.server_id);
    if (!id) co_return flnet::fail(id.error());
    server = *id;
  }
  const auto config = co_await ping::load_identity(options.config);
  if (!config) co_return flnet::fail(config.error());
  auto net = co_await flnet::network_start(*config, options.signal);
  if (!net) co_return flnet::fail(net.error());
  std::printf("Our ID is %s (%s)\n", net->id().hex().c_str(), net->info().name.c_str());
  std::fflush(stdout);

  flnet::JobSet jobs;
  jobs.add(act(options, server, *net));
  co_await jobs.empty();
  const auto closed = co_await net->close();
  if (!closed) co_return flnet::fail(closed.error());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"ping: FLNet nodes send each other pings over WebRTC"};
  Options options;
  app.add_option("--signal", options.signal, "The signalling server")
      ->type_name("URL")
      ->capture_default_str();
  app.add_option("--config", options.config,
                 "Keep our identity in this file; without it, every run has a new one")
      ->type_name("FILE");
  app.add_option("--count", options.count, "Stop after so many answers; 0 goes on, client then sends 10")
      ->type_name("N");
  app.add_flag("-v", options.verbosity, "Say more: -vv what happens, -vvv details, -vvvv every message");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_subcommand("ping", "Ping every node in the list once a second")->callback([&] {
    options.action = Options::Action::ping;
  });
  app.add_subcommand("server", "Wait for pings and answer them")->callback([&] {
    options.action = Options::Action::server;
  });
  auto* client = app.add_subcommand("client", "Ping one server");
  client->callback([&] { options.action = Options::Action::client; });
  client->add_option("--server-id", options.server_id, "The server's id; dashes are allowed")
      ->type_name("ID")
      ->required();
  CLI11_PARSE(app, argc, argv);
  start_logging(options.verbosity);
  return flnet::run(start(std::move(options)));
}
