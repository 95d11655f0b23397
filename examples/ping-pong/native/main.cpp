// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong natively: plays with all nodes of a signalling server, and says so on the terminal.
#include "report.hpp"
#include "shared/event_loop.hpp"
#include "shared/handler.hpp"

#include <flnet/flnet.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>

namespace {

using flnet::NodeConfig;
using flnet::Result;
using flnet::Task;
using ping_pong::PingPongMessage;
using ping_pong::Report;

struct Options {
  std::string signal = "ws://localhost:8765";
  std::string identity, name;
  bool handler = false, loop = false, quiet = false, table = false;
};

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

/// Each second's table takes the place of the one before, where there is a terminal to do so.
void print_table(const ping_pong::Peers& peers) {
  const std::string home_and_clear = isatty(STDOUT_FILENO) != 0 ? "\x1b[H\x1b[J" : "";
  print(home_and_clear + ping_pong::table_of(peers) + '\n');
}

Task<> show(flnet::Tap<PingPongMessage> tap, Options options) {
  Report report(options.quiet ? Report::Detail::changes : Report::Detail::all);
  bool second_passed = false;
  while (const auto message = co_await tap.recv()) {
    if (!options.table) {
      print(report.hear(*message));
      continue;
    }
    if (std::holds_alternative<ping_pong::Tick>(*message)) second_passed = true;
    const auto* peers = std::get_if<ping_pong::Peers>(&*message);
    if (peers != nullptr && std::exchange(second_passed, false)) print_table(*peers);
  }
}

Task<Result<NodeConfig>> load_identity(std::string file) {
  if (file.empty()) co_return co_await NodeConfig::generate();
  const std::filesystem::path path(file);
  const auto storage = flnet::folder_storage(path.parent_path().string());
  co_return co_await flnet::load_or_create_identity(*storage, path.filename().string());
}

void introduce(const flnet::NodeInfo& own) {
  print("Our ID is " + own.id().hex() + " (" + ping_pong::printable(own.name) + ")\n");
}

Task<Result<>> play_with_handler(NodeConfig config, Options options) {
  auto node = co_await flnet::network_broker_start(config, options.signal);
  if (!node) co_return flnet::failure(node.error());
  introduce(node->info());
  const ping_pong::PingPong game(node->id(), node->broker());
  flnet::JobSet jobs;
  jobs.add(show(game.broker().tap(), options));
  co_await flnet::stop_requested();
  co_return co_await node->close();
}

Task<Result<>> play_in_a_loop(NodeConfig config, Options options) {
  auto node = co_await flnet::network_start(config, options.signal);
  if (!node) co_return flnet::failure(node.error());
  introduce(node->info());
  const flnet::Broker<PingPongMessage> views;
  flnet::JobSet jobs;
  jobs.add(show(views.tap(), options));
  jobs.add(ping_pong::event_loop(*node, views));
  co_await flnet::stop_requested();
  co_return co_await node->close();
}

Task<> start(Options options) {
  auto config = co_await load_identity(options.identity);
  if (!config) co_return flnet::fail(config.error());
  if (!options.name.empty()) config->info.name = options.name;
  Result<> played;
  if (options.loop) {
    played = co_await play_in_a_loop(*config, options);
  } else {
    played = co_await play_with_handler(*config, options);
  }
  if (!played) co_return flnet::fail(played.error());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"ping-pong: nodes ping each other once a second over WebRTC. Ctrl-C ends it."};
  Options options;
  app.add_option("--signal", options.signal, "The signalling server")
      ->type_name("URL")
      ->capture_default_str();
  app.add_option("--identity", options.identity,
                 "Keep our identity in this file; without it, every run has a new one")
      ->type_name("FILE");
  app.add_option("--name", options.name, "What others see; at most 256 bytes")
      ->type_name("TEXT")
      ->check([](const std::string& name) { return name.size() <= 256 ? "" : "that name is too long"; });
  auto* loop = app.add_flag("--loop", options.loop, "Play in a coroutine over a Network");
  app.add_flag("--handler", options.handler, "Play as a handler of a Broker (this is what it does anyway)")
      ->excludes(loop);
  auto* quiet = app.add_flag("--quiet", options.quiet, "Don't tell of each ping and pong");
  app.add_flag("--table", options.table, "Once a second a table of all nodes, in place of lines")
      ->excludes(quiet);
  CLI11_PARSE(app, argc, argv);
  return flnet::run(start(std::move(options)));
}
