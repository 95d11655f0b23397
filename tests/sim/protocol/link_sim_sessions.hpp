// SPDX-License-Identifier: MIT OR Apache-2.0
// A stand-in for WebRTC in virtual time: sessions that open once both descriptions and candidates are known.
#pragma once

#include "sim/protocol/link_sim_events.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace flnet::protocol::test {

using Token = std::uint64_t;

/// Called as events of their own, never from within a call to the sessions.
class LinkSimOwner {
 public:
  virtual ~LinkSimOwner() = default;
  virtual void described(Token token, std::string sdp) = 0;
  virtual void candidate(Token token, std::string line) = 0;
  virtual void opened(Token token) = 0;
  virtual void received(Token token, const Message& message) = 0;
  virtual void blocked(Token token) = 0;
  virtual void writable(Token token) = 0;
  virtual void closed(Token token, Error reason) = 0;
};

struct LinkSimFaults {
  double session_fails = 0;  ///< Of two sessions that could open.
  double close_unseen = 0;   ///< The peer notices an abort only by its timeout.
};

class LinkSimSessions {
 public:
  explicit LinkSimSessions(LinkSimEvents& events) : events_(&events) {}

  LinkSimFaults faults;

  Token create(LinkSimOwner& owner, bool flnet);
  void create_offer(Token token);
  void accept_offer(Token token, const std::string& sdp);
  void accept_answer(Token token, const std::string& sdp);
  void add_candidate(Token token, const std::string& line);
  void send(Token token, Message message);
  void close(Token token, bool graceful);
  /// The process is gone.
  void kill_all(const LinkSimOwner& owner);
  /// Cuts a random open pair; each side notices at once, late, or (one of them) is told by nobody.
  void cut_one();

  std::size_t alive_count(const LinkSimOwner& owner) const;
  /// The session at the other end of an open pair, or 0.
  Token partner(Token token) const;
  bool usable(Token token) const;

 private:
  struct Session {
    LinkSimOwner* owner = nullptr;
    bool flnet = true;
    Token remote = 0;
    bool alive = true, linked = false, open = false, severed = false, blocked = false, heard = false;
    int in_flight = 0;
    Time last_delivery{};
  };
  static constexpr int capacity = 8;  ///< Messages on their way.

  Session* alive(Token token);
  std::string sdp_of(Token token) const;
  void describe(Token token);
  void try_link(Token token);
  void open_later(Token token);
  void deliver(Token from, Message message);
  void close_later(Token token, Duration delay, Error reason);

  LinkSimEvents* events_;
  std::map<Token, Session> sessions_;
};

}  // namespace flnet::protocol::test
