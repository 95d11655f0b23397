// SPDX-License-Identifier: MIT OR Apache-2.0
// chat: everybody at one signalling server talks to everybody else.
//
// How an application of several modules is put together: each has a broker of its own, knows its own words,
// and is linked to its neighbours by translators.
//
//   TimerBroker ──seconds──▶ Chat (room.hpp) ◀─NetCall, NetReply─▶ NetworkBroker
//                              ▲ Wish, News (screen.hpp)
//                              ▼
//                            Terminal ◀── standard input and output
#include "chat.hpp"
#include "line.hpp"
#include "screen.hpp"
#include "terminal.hpp"

#include <flnet/asio_loop.hpp>
#include <flnet/event.hpp>
#include <flnet/flnet.hpp>

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;

struct Options {
  std::string signal = "ws://localhost:8765";
  std::string name, identity;
};

flnet::Task<flnet::Result<flnet::NodeConfig>> load_identity(std::string file) {
  if (file.empty()) co_return co_await flnet::NodeConfig::generate();
  const std::filesystem::path path(file);
  const auto storage = flnet::folder_storage(path.parent_path().string());
  co_return co_await flnet::load_or_create_identity(*storage, path.filename().string());
}

flnet::Task<> leave_when_asked(flnet::Broker<chat::ChatMessage> broker) {
  co_await flnet::stop_requested();
  chat::ChatMessage leave = chat::Wish::Any(chat::Wish::Leave{});
  [[maybe_unused]] const auto sent = co_await broker.send(std::move(leave));
}

flnet::Task<> wait_until_over(const flnet::Broker<chat::ChatMessage>& broker) {
  flnet::Event over;
  const flnet::Registration watch = broker.add_callback([&over](const chat::ChatMessage& message) {
    const auto* news = std::get_if<chat::News::Any>(&message);
    if (news != nullptr && std::holds_alternative<chat::News::Over>(*news)) over.notify();
  });
  flnet::JobSet jobs;
  jobs.add(leave_when_asked(broker));
  co_await over.wait();
}

flnet::Task<> talk(flnet::AsioLoop& loop, Options options) {
  auto config = co_await load_identity(options.identity);
  if (!config) co_return flnet::fail(config.error());
  if (!options.name.empty()) config->info.name = chat::clean_name(options.name);
  auto node = co_await flnet::network_broker_start(*config, options.signal);
  if (!node) co_return flnet::fail(node.error());

  chat::Chat chat(node->info());
  chat.link_node(node->broker());
  const flnet::TimerBroker clock;
  chat.link_clock(clock.broker());
  chat::Terminal terminal(loop, STDIN_FILENO, STDOUT_FILENO);
  const auto links = chat::link_terminal(chat.broker(), terminal.broker());

  co_await wait_until_over(chat.broker());
  const auto closed = co_await node->close();
  // A reader that takes nothing doesn't keep us.
  co_await flnet::within(2s, terminal.written());
  if (!closed) flnet::fail(closed.error());
}

flnet::Task<> run(flnet::AsioLoop& loop, Options options) {
  co_await talk(loop, std::move(options));
  loop.stop();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"chat: everybody at one signalling server talks to everybody else. /help lists the commands."};
  Options options;
  app.add_option("--signal", options.signal, "The signalling server")
      ->type_name("URL")
      ->capture_default_str();
  app.add_option("--name", options.name, "What others call us; without it, the identity's name")
      ->type_name("NAME");
  app.add_option("--identity", options.identity,
                 "Keep our identity in this file; without it, every run has a new one")
      ->type_name("FILE");
  CLI11_PARSE(app, argc, argv);

  // Who reads what we write may end before us: the write then fails instead.
  std::signal(SIGPIPE, SIG_IGN);
  // The room itself says when signalling is lost.
  if (std::getenv("FLNET_LOG") == nullptr) flnet::log::set_level(flnet::log::Level::error);
  flnet::AsioLoop loop;
  {
    flnet::JobSet jobs(loop);
    jobs.add(run(loop, std::move(options)));
    loop.run();
  }
  return loop.exit_code();
}
