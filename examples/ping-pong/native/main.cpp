// SPDX-License-Identifier: MIT OR Apache-2.0
// ping-pong natively: plays with all nodes of a signalling server, and says so on the terminal.
#include "shared/play.hpp"
#include "terminal.hpp"

#include <flnet/flnet.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace {

using flnet::NodeConfig;
using flnet::Result;
using flnet::Task;

struct Options {
  std::string signal = "ws://localhost:8765";
  std::string identity, name;
  bool handler = false, loop = false, quiet = false, table = false;
};

Task<Result<NodeConfig>> load_identity(std::string file) {
  if (file.empty()) co_return co_await NodeConfig::generate();
  const std::filesystem::path path(file);
  const auto storage = flnet::folder_storage(path.parent_path().string());
  co_return co_await flnet::load_or_create_identity(*storage, path.filename().string());
}

std::unique_ptr<ping_pong::View> view_of(const Options& options) {
  using ping_pong::Report;
  if (options.table) return std::make_unique<ping_pong::Table>();
  return std::make_unique<ping_pong::Lines>(options.quiet ? Report::Detail::changes : Report::Detail::all);
}

Task<> start(Options options) {
  auto config = co_await load_identity(options.identity);
  if (!config) co_return flnet::fail(config.error());
  if (!options.name.empty()) config->info.name = options.name;
  const auto view = view_of(options);
  ping_pong::Play& play = options.loop ? ping_pong::play_in_a_loop : ping_pong::play_with_handler;
  const auto played = co_await play(std::move(*config), options.signal, *view);
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
  app.add_flag("--handler", options.handler, "Play as a handler of a Broker (the default)")->excludes(loop);
  auto* quiet = app.add_flag("--quiet", options.quiet, "Don't tell of each ping and pong");
  app.add_flag("--table", options.table, "Once a second a table of all nodes, in place of lines")
      ->excludes(quiet);
  CLI11_PARSE(app, argc, argv);
  return flnet::run(start(std::move(options)));
}
