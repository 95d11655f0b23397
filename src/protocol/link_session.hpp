// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkSession: how far one session of a link has come.
#pragma once

#include "protocol/node_words.hpp"

#include <flnet/peer_info.hpp>
#include <flnet/time.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

/// offerer:   describing ──offer sent──> awaiting answer ──answer──> opening ──> open
/// answerer:  describing ──answer sent──────────────────────────────> opening ──> open
/// All but open have a deadline, after which the link closes the session.
class LinkSession {
 public:
  enum class Role : std::uint8_t { offerer, answerer };

  LinkSession(SessionId id, Role role, Time until) : id_(id), role_(role), state_(Describing{{}, until}) {}

  SessionId id() const { return id_; }
  bool describing() const { return std::holds_alternative<Describing>(state_); }
  bool awaiting_answer() const { return std::holds_alternative<AwaitingAnswer>(state_); }
  bool opening() const { return std::holds_alternative<Opening>(state_); }
  bool open() const { return std::holds_alternative<Open>(state_); }
  bool offerer() const { return role_ == Role::offerer; }
  /// We offer, and nobody has answered yet.
  bool offer_outstanding() const { return offerer() && (describing() || awaiting_answer()); }
  bool blocked() const;
  std::optional<Time> open_since() const;
  std::optional<Time> deadline() const;

  /// Keeps a local candidate until the description is out; false when there are `limit` already.
  bool keep(std::string line, std::size_t limit);
  /// Describing is over; the candidates that were kept.
  std::vector<std::string> described(Time until);
  void answered(Time until) { state_ = Opening{until}; }
  void opened(Time now) { state_ = Open{now, false}; }
  /// What the session's messages look like, as it was told last.
  PayloadDialect payload() const { return payload_; }
  void set_payload(PayloadDialect dialect) { payload_ = dialect; }
  /// Ignored unless open.
  void set_blocked(bool blocked);

 private:
  struct Describing {
    std::vector<std::string> candidates;
    Time until;
  };
  struct AwaitingAnswer {
    Time until;
  };
  struct Opening {
    Time until;
  };
  struct Open {
    Time since;
    bool blocked = false;
  };

  SessionId id_;
  Role role_;
  PayloadDialect payload_ = PayloadDialect::flnet;
  std::variant<Describing, AwaitingAnswer, Opening, Open> state_;
};

}  // namespace flnet::protocol
