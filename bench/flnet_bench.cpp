// SPDX-License-Identifier: MIT OR Apache-2.0
// flnet's peer sessions between two processes: throughput, round trip, set-up, idle cost; one JSON line.
//   flnet_bench throughput BYTES SECONDS | latency ROUNDS | setup CONNECTIONS | idle CONNECTIONS SECONDS |
//   udp ROUNDS
#include "bench_side.hpp"
#include "two_processes.hpp"
#include "udp_echo.hpp"

#include <flnet/job_set.hpp>
#include <flnet/run.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::bench {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Duration seconds(double value) {
  return Duration(static_cast<std::int64_t>(value * 1e6));
}

Task<> throughput(BenchSide& side, std::size_t size, double time) {
  Connection* connection = co_await side.open(1);
  const Bytes message(size, 7);
  connection->writable = [connection, &message] {
    while (connection->session->send({MessageKind::binary, message})) {
    }
  };
  connection->writable();
  co_await sleep(500ms);
  const Report before = co_await side.report();
  co_await sleep(seconds(time));
  const Report after = co_await side.report();
  connection->writable = [] {};

  const double bytes = after.bytes - before.bytes;
  const double took = after.answerer.at_s - before.answerer.at_s;
  const double cpu =
      after.answerer.cpu_s - before.answerer.cpu_s + after.offerer.cpu_s - before.offerer.cpu_s;
  std::printf(R"({"messages_per_s":%.1f,"megabytes_per_s":%.3f,"cpu_s_per_gb":%.3f})"
              "\n",
              (after.messages - before.messages) / took, bytes / took / 1e6, cpu / (bytes / 1e9));
}

/// Sends and completes when it has come back.
Task<> round_trip(Connection& connection) {
  static const Bytes message(64, 7);
  Event returned;
  connection.received = [&returned] { returned.notify(); };
  if (auto sent = connection.session->send({MessageKind::binary, message}); !sent) {
    fail(sent.error());
    std::exit(1);
  }
  co_await returned.wait();
  connection.received = [] {};
}

/// The rounds are driven from the sink: a coroutine would add its own hop to each.
Task<> latency(BenchSide& side, std::size_t rounds) {
  Connection* connection = co_await side.open(1);
  const Bytes message(64, 7);
  constexpr std::size_t warm_up = 200;
  std::vector<double> times;
  double started = 0;
  Event done;
  auto send = [&] {
    started = seconds_now();
    if (!connection->session->send({MessageKind::binary, message})) std::exit(1);
  };
  connection->received = [&] {
    times.push_back((seconds_now() - started) * 1e6);
    if (times.size() == rounds + warm_up) {
      done.notify();
    } else {
      send();
    }
  };
  send();
  co_await done.wait();
  connection->received = [] {};
  times.erase(times.begin(), times.begin() + warm_up);
  std::printf(R"({"p50_us":%.1f,"p99_us":%.1f})"
              "\n",
              quantile(times, 0.5), quantile(times, 0.99));
}

/// From nothing to the first message that has come back, one connection after the other.
Task<> setup(BenchSide& side, std::size_t count) {
  std::vector<double> times;
  for (std::size_t id = 0; id <= count; ++id) {
    const double started = seconds_now();
    Connection* connection = co_await side.open(id);
    co_await round_trip(*connection);
    if (id > 0) times.push_back((seconds_now() - started) * 1e3);  // the first one loads code
  }
  std::printf(R"({"p50_ms":%.2f,"p99_ms":%.2f,"max_ms":%.2f,"failed":0})"
              "\n",
              quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1));
}

Task<> idle(BenchSide& side, std::size_t count, double time) {
  co_await side.open(0);
  const Report bare = co_await side.report();
  for (std::size_t id = 1; id <= count; ++id) co_await side.open(id);
  co_await sleep(2s);
  const Report before = co_await side.report();
  co_await sleep(seconds(time));
  const Report after = co_await side.report();
  const double memory =
      before.answerer.rss_kib - bare.answerer.rss_kib + before.offerer.rss_kib - bare.offerer.rss_kib;
  const double cpu =
      after.answerer.cpu_s - before.answerer.cpu_s + after.offerer.cpu_s - before.offerer.cpu_s;
  const double took = after.answerer.at_s - before.answerer.at_s;
  const auto connections = static_cast<double>(count);
  std::printf(R"({"kib_per_connection":%.1f,"cpu_percent_per_1000":%.2f})"
              "\n",
              memory / (2 * connections), 100 * cpu / (2 * took) / (connections / 1000));
}

struct Command {
  std::string name;
  double first = 0, second = 0;
};

Task<> measure(const Command& command, OtherProcess other) {
  auto& loop = dynamic_cast<AsioLoop&>(Loop::current());
  BenchSide side(loop, other, command.name == "latency" || command.name == "setup");
  if (side.is_answerer) {
    Event never;
    co_await never.wait();
  }
  const auto count = static_cast<std::size_t>(command.first);
  if (command.name == "throughput") co_await throughput(side, count, command.second);
  if (command.name == "latency") co_await latency(side, count);
  if (command.name == "setup") co_await setup(side, count);
  if (command.name == "idle") co_await idle(side, count, command.second);
  co_await side.quit();
}

int run_command(const Command& command) {
  if (command.name == "udp") return udp_echo(static_cast<std::size_t>(command.first));
  const OtherProcess other = fork_in_two();
  const int code = run(measure(command, other));
  if (!other.is_child) ::waitpid(other.child_pid, nullptr, 0);
  return code;
}

}  // namespace
}  // namespace flnet::bench

int main(int argc, char** argv) {
  const std::string_view known[] = {"throughput", "latency", "setup", "idle", "udp"};
  if (argc < 3 || std::find(std::begin(known), std::end(known), argv[1]) == std::end(known)) {
    std::fprintf(stderr,
                 "usage: flnet_bench throughput BYTES SECONDS | latency ROUNDS | setup CONNECTIONS |\n"
                 "                   idle CONNECTIONS SECONDS | udp ROUNDS\n");
    return 2;
  }
  return flnet::bench::run_command(
      {.name = argv[1], .first = std::atof(argv[2]), .second = argc > 3 ? std::atof(argv[3]) : 2});
}
