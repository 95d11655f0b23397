// SPDX-License-Identifier: MIT OR Apache-2.0
// BenchSide: one of the two processes with its peer host and connections; the other one is reached by a Pipe.
#pragma once

#include "io/peer_session.hpp"
#include "two_processes.hpp"

#include <flnet/asio_loop.hpp>
#include <flnet/event.hpp>
#include <flnet/task.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace flnet::bench {

class BenchSide;

/// A session and what happens to it.
class Connection final : public io::PeerSessionSink {
 public:
  Connection(BenchSide& side, io::PeerHost& host, std::uint64_t id);

  void session_described(std::string sdp) override;
  void session_candidate(std::string line) override;
  void session_opened() override;
  void session_received(MessageView message) override;
  void session_writable() override;
  void session_closed(Error reason) override;

  Event opened;
  std::function<void()> received = [] {};
  std::function<void()> writable = [] {};
  std::unique_ptr<io::PeerSession> session;
  bool offers = false;

 private:
  BenchSide& side_;
  std::uint64_t id_;
};

/// What the answering process has counted when it was asked, and what both have used.
struct Report {
  double bytes = 0, messages = 0;
  Usage answerer, offerer;
};

class BenchSide {
 public:
  /// The answerer sends everything back when `echoes`.
  BenchSide(AsioLoop& loop, OtherProcess other, bool echoes);

  /// Completes when the channel is open.
  Task<Connection*> open(std::uint64_t id);
  Task<Report> report();
  /// Ends the other process, and completes when it is gone: an earlier end of ours would look like a failure
  /// there.
  Task<> quit();

  AsioLoop& loop;
  const bool is_answerer;

 private:
  friend Connection;
  void heard(Word word);
  void other_ended();
  Connection& connection(std::uint64_t id);

  const bool echoes_;
  std::uint64_t bytes_ = 0, messages_ = 0;
  Report report_;
  Event reported_;
  Event other_ended_;
  bool quitting_ = false;
  std::unique_ptr<io::PeerHost> host_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  Pipe pipe_;
};

}  // namespace flnet::bench
