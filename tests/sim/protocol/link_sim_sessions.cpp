// SPDX-License-Identifier: MIT OR Apache-2.0
// The stand-in for WebRTC: descriptions, candidates, opening, pipes, and how they end.
#include "sim/protocol/link_sim_sessions.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <utility>
#include <vector>

namespace flnet::protocol::test {
namespace {

const Error timed_out{ErrorCode::timed_out, "no consent"};
const Error goodbye{ErrorCode::closed, "closed by the peer"};

/// The number behind the last '=' or space of the first line.
Token token_of(const std::string& text) {
  const auto end = text.find('\r');
  const auto begin = text.find_last_of("= ", end) + 1;
  Token token = 0;
  std::from_chars(text.data() + begin, text.data() + std::min(end, text.size()), token);
  return token;
}

}  // namespace

Token LinkSimSessions::create(LinkSimOwner& owner, bool flnet) {
  const Token token = events_->random().u64() | 1;
  sessions_[token] = Session{.owner = &owner, .flnet = flnet};
  return token;
}

void LinkSimSessions::create_offer(Token token) {
  describe(token);
}

void LinkSimSessions::accept_offer(Token token, const std::string& sdp) {
  Session* session = alive(token);
  ASSERT_NE(session, nullptr);
  ASSERT_EQ(session->remote, 0U);
  session->remote = token_of(sdp);
  describe(token);
}

void LinkSimSessions::accept_answer(Token token, const std::string& sdp) {
  Session* session = alive(token);
  ASSERT_NE(session, nullptr);
  ASSERT_EQ(session->remote, 0U);
  session->remote = token_of(sdp);
  try_link(token);
}

void LinkSimSessions::add_candidate(Token token, const std::string& line) {
  Session* session = alive(token);
  ASSERT_NE(session, nullptr);
  // A candidate names its session as a=ufrag does; those of another attempt are of no use.
  if (session->remote != 0 && token_of(line) != session->remote) return;
  session->heard = true;
  try_link(token);
}

void LinkSimSessions::send(Token token, Message message) {
  Session* session = alive(token);
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(session->open);
  ++session->in_flight;
  session->last_delivery = std::max(session->last_delivery, events_->now() + events_->between(1ms, 100ms));
  events_->at(session->last_delivery, [this, token, text = std::move(message)] { deliver(token, text); });
  if (session->in_flight < capacity || session->blocked) return;
  session->blocked = true;
  events_->after(0ms, [this, token] {
    if (Session* full = alive(token); full != nullptr && full->blocked) full->owner->blocked(token);
  });
}

void LinkSimSessions::close(Token token, bool graceful) {
  Session* session = alive(token);
  ASSERT_NE(session, nullptr);
  session->alive = false;
  if (!graceful) session->severed = true;
  if (!session->linked) return;
  const Duration rest = std::max(session->last_delivery - events_->now(), Duration{});
  if (!graceful && events_->chance(faults.close_unseen)) {
    close_later(session->remote, events_->between(5s, 30s), timed_out);
  } else {
    close_later(session->remote, rest + events_->between(1ms, 100ms), goodbye);
  }
}

void LinkSimSessions::kill_all(const LinkSimOwner& owner) {
  for (auto& [token, session] : sessions_) {
    if (session.owner != &owner || !session.alive) continue;
    session.alive = false;
    session.severed = true;
    if (session.linked) close_later(session.remote, events_->between(5s, 30s), timed_out);
  }
}

void LinkSimSessions::cut_one() {
  std::vector<Token> open;
  for (const auto& [token, session] : sessions_) {
    if (session.alive && session.open && !session.severed) open.push_back(token);
  }
  if (open.empty()) return;
  const Token token = open[events_->below(open.size())];
  const Token remote = sessions_[token].remote;
  const bool sides_see[] = {true, events_->chance(0.7)};
  int side = 0;
  for (const Token end : {token, remote}) {
    sessions_[end].severed = true;
    if (!sides_see[side++] || events_->chance(0.3)) {
      close_later(end, events_->between(5s, 35s), timed_out);
    } else {
      // Arguments are computed in an order of the compiler's choice; dice are not thrown there.
      const Duration delay = events_->between(0ms, 50ms);
      close_later(end, delay, events_->chance(0.5) ? timed_out : goodbye);
    }
  }
}

std::size_t LinkSimSessions::alive_count(const LinkSimOwner& owner) const {
  std::size_t count = 0;
  for (const auto& [token, session] : sessions_) count += session.owner == &owner && session.alive ? 1 : 0;
  return count;
}

Token LinkSimSessions::partner(Token token) const {
  return usable(token) ? sessions_.at(token).remote : 0;
}

bool LinkSimSessions::usable(Token token) const {
  const auto found = sessions_.find(token);
  if (found == sessions_.end() || !found->second.open || !found->second.alive || found->second.severed) {
    return false;
  }
  const auto other = sessions_.find(found->second.remote);
  return other != sessions_.end() && other->second.alive && other->second.open && !other->second.severed;
}

LinkSimSessions::Session* LinkSimSessions::alive(Token token) {
  const auto found = sessions_.find(token);
  return found != sessions_.end() && found->second.alive ? &found->second : nullptr;
}

std::string LinkSimSessions::sdp_of(Token token) const {
  const std::string name = std::to_string(token);
  return "o=" + name + "\r\n" + (sessions_.at(token).flnet ? "a=flnet-session:" + name + "\r\n" : "");
}

/// The description after a while; candidates around it, some even before.
void LinkSimSessions::describe(Token token) {
  const Duration described = events_->between(0ms, 20ms);
  events_->after(described, [this, token] {
    if (Session* session = alive(token)) session->owner->described(token, sdp_of(token));
  });
  for (int i = 0; i < 2; ++i) {
    events_->after(events_->between(0ms, 60ms), [this, token] {
      if (Session* session = alive(token)) session->owner->candidate(token, "c " + std::to_string(token));
    });
  }
}

void LinkSimSessions::try_link(Token token) {
  Session* here = alive(token);
  if (here == nullptr || here->linked || !here->heard) return;
  Session* there = alive(here->remote);
  if (there == nullptr || there->remote != token || !there->heard) return;
  here->linked = there->linked = true;
  const Token remote = here->remote;
  if (!events_->chance(faults.session_fails)) {
    open_later(token);
    open_later(remote);
    return;
  }
  here->severed = there->severed = true;
  if (events_->chance(0.5)) open_later(token);  // One side believes in it for a while.
  close_later(token, events_->between(1s, 40s), timed_out);
  close_later(remote, events_->between(1s, 40s), timed_out);
}

void LinkSimSessions::open_later(Token token) {
  events_->after(events_->between(10ms, 300ms), [this, token] {
    if (Session* session = alive(token)) {
      session->open = true;
      session->owner->opened(token);
    }
  });
}

void LinkSimSessions::deliver(Token from, Message message) {
  Session& sender = sessions_[from];
  if (sender.severed) return;
  --sender.in_flight;
  if (Session* receiver = alive(sender.remote); receiver != nullptr && !receiver->severed) {
    receiver->owner->received(sender.remote, message);
  }
  if (sender.blocked && sender.in_flight <= capacity / 2 && sender.alive) {
    sender.blocked = false;
    sender.owner->writable(from);
  }
}

void LinkSimSessions::close_later(Token token, Duration delay, Error reason) {
  events_->after(delay, [this, token, reason] {
    if (Session* session = alive(token)) {
      session->alive = false;
      session->severed = true;
      // The other end learns of it, too, if it is still there.
      if (session->linked) close_later(session->remote, events_->between(1ms, 30s), timed_out);
      session->owner->closed(token, reason);
    }
  });
}

}  // namespace flnet::protocol::test
