// SPDX-License-Identifier: MIT OR Apache-2.0
// The connections of one process, set up by words to the other.
#include "bench_side.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace flnet::bench {
namespace {

/// A benchmark that has lost something has no result.
void give_up(const Error& reason) {
  std::fprintf(stderr, "flnet_bench: %s\n", to_string(reason).c_str());
  std::exit(1);
}

std::unique_ptr<io::PeerHost> open_host(AsioLoop& loop) {
  auto host = io::PeerHost::open(loop, {.udp_port = 0, .loopback_candidates = true});
  if (!host) give_up(host.error());
  return *std::move(host);
}

}  // namespace

Connection::Connection(BenchSide& side, io::PeerHost& host, std::uint64_t id)
    : session(host.make_session(id, *this)), side_(side), id_(id) {}

void Connection::session_described(std::string sdp) {
  side_.pipe_.tell({.kind = WordKind::description, .id = id_, .text = std::move(sdp)});
}

void Connection::session_candidate(std::string line) {
  side_.pipe_.tell({.kind = WordKind::candidate, .id = id_, .text = std::move(line)});
}

void Connection::session_opened() {
  opened.notify();
}

void Connection::session_received(MessageView message) {
  side_.bytes_ += message.bytes.size();
  ++side_.messages_;
  if (side_.is_answerer && side_.echoes_) {
    if (auto sent = session->send(message); !sent) give_up(sent.error());
  }
  received();
}

void Connection::session_writable() {
  writable();
}

void Connection::session_closed(Error reason) {
  if (!side_.quitting_) give_up(reason);
}

BenchSide::BenchSide(AsioLoop& its_loop, OtherProcess other, bool echoes)
    : loop(its_loop),
      is_answerer(other.is_child),
      echoes_(echoes),
      host_(open_host(its_loop)),
      pipe_(
          its_loop, other.socket, [this](Word word) { heard(std::move(word)); }, [this] { other_ended(); }) {}

Connection& BenchSide::connection(std::uint64_t id) {
  auto& entry = connections_[id];
  if (!entry) entry = std::make_unique<Connection>(*this, *host_, id);
  return *entry;
}

void BenchSide::heard(Word word) {
  switch (word.kind) {
    case WordKind::description: {
      Connection& about = connection(word.id);
      if (about.offers) {
        about.session->accept_answer(std::move(word.text));
      } else {
        about.session->accept_offer(std::move(word.text));
      }
      break;
    }
    case WordKind::candidate:
      connection(word.id).session->add_candidate(std::move(word.text));
      break;
    case WordKind::ask: {
      char text[200];
      const Usage now = usage_now();
      std::snprintf(text, sizeof(text), "%llu %llu %f %f %f", static_cast<unsigned long long>(bytes_),
                    static_cast<unsigned long long>(messages_), now.rss_kib, now.cpu_s, now.at_s);
      pipe_.tell({.kind = WordKind::report, .id = 0, .text = text});
      break;
    }
    case WordKind::report: {
      Usage& there = report_.answerer;
      if (std::sscanf(word.text.c_str(), "%lf %lf %lf %lf %lf", &report_.bytes, &report_.messages,
                      &there.rss_kib, &there.cpu_s, &there.at_s) != 5) {
        give_up({ErrorCode::invalid_message, "an unreadable report"});
      }
      reported_.notify();
      break;
    }
    case WordKind::quit:
      std::exit(0);
  }
}

Task<Connection*> BenchSide::open(std::uint64_t id) {
  Connection& fresh = connection(id);
  fresh.offers = true;
  fresh.session->create_offer();
  co_await fresh.opened.wait();
  co_return &fresh;
}

Task<Report> BenchSide::report() {
  reported_.reset();
  pipe_.tell({.kind = WordKind::ask, .id = 0, .text = {}});
  co_await reported_.wait();
  report_.offerer = usage_now();
  co_return report_;
}

Task<> BenchSide::quit() {
  quitting_ = true;
  pipe_.tell({.kind = WordKind::quit, .id = 0, .text = {}});
  co_await other_ended_.wait();
}

void BenchSide::other_ended() {
  if (!quitting_) std::exit(1);  // It has said why.
  other_ended_.notify();
}

}  // namespace flnet::bench
