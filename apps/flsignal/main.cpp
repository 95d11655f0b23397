// SPDX-License-Identifier: MIT OR Apache-2.0
// flsignal: the signalling server as a program.
#include <flnet/log.hpp>
#include <flnet/run.hpp>
#include <flnet/signal_server.hpp>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace {

/// The library's lines go through spdlog to standard error.
void start_logging(int verbosity) {
  auto logger = spdlog::stderr_color_mt("flsignal");
  logger->set_level(spdlog::level::trace);  // The library's own rules decide.
  logger->flush_on(spdlog::level::trace);
  flnet::log::set_sink([logger](flnet::log::Level level, std::string_view topic, std::string_view text) {
    constexpr spdlog::level::level_enum levels[] = {spdlog::level::err, spdlog::level::warn,
                                                    spdlog::level::info, spdlog::level::debug,
                                                    spdlog::level::trace};
    logger->log(levels[static_cast<int>(level)], "{}: {}", topic, flnet::log::printable(text));
  });
  flnet::start_logging_filter_level({}, static_cast<flnet::log::Level>(std::min(verbosity, 4)));
}

flnet::Task<> serve(flnet::SocketAddress address) {
  auto server = flnet::SignalServer::start({.listen = {address}});
  if (!server) co_return flnet::fail(server.error());
  for (const auto& listening : server->addresses())
    std::printf("listening on %s\n", listening.to_string().c_str());
  std::fflush(stdout);
  co_await flnet::stop_requested();
  std::printf("stopped\n");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"flsignal: the signalling server through which FLNet nodes find each other"};
  std::string listen = "[::]:8765";
  app.add_option("--listen", listen,
                 "Address and port; [::] listens on IPv6 and IPv4, port 0 picks a free one")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  int verbosity = 0;
  app.add_flag("-v", verbosity,
               "Say more: -v warnings, -vv what happens, -vvv details, -vvvv every message; "
               "FLNET_LOG in the environment overrules, for example flnet::signal_server=trace");
  CLI11_PARSE(app, argc, argv);

  const auto address = flnet::SocketAddress::parse(listen);
  if (!address) {
    std::fprintf(stderr, "flsignal: --listen: %s\n", address.error().detail.c_str());
    return 2;
  }
  start_logging(verbosity);
  return flnet::run(serve(*address));
}
