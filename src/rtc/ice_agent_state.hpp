// SPDX-License-Identifier: MIT OR Apache-2.0
// The inside of IceAgent, which ice_agent.cpp, ice_checks.cpp, ice_requests.cpp and ice_responses.cpp share.
#pragma once

#include "rtc/ice_agent.hpp"
#include "rtc/ice_checklist.hpp"
#include "rtc/ice_consent.hpp"
#include "rtc/ice_transaction.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flnet::rtc {

struct IceAgent::State {
  State(IceConfig with, Random& from, IceSink& to);

  // ice_agent.cpp: states and time
  bool is_running() const { return state == IceState::checking || state == IceState::connected; }
  void enter(IceState next);
  void add_reflexive(const SocketAddress& address);
  CandidateType local_type(PairIndex index) const;
  void fail();
  void stop();
  void handle_due(Time now);
  /// The end of every input: sends what may leave now and works out the deadline.
  void settle(Time now);
  std::optional<Time> next_deadline() const;

  // ice_checks.cpp: our checks, consent, nomination and the path
  void send_checks(Time now);
  void send_check(PairIndex index, bool use_candidate, Time now);
  void send_consent_check(Time now);
  StunMessage make_check(PairIndex index, bool use_candidate);
  std::optional<Time> ordinary_check_at() const;
  std::optional<Time> nomination_at() const;
  void transaction_expired(const IceTransaction& transaction);
  void accept_nomination(PairIndex index, Time now);
  void pair_became_valid(PairIndex index, Time now);
  void select(PairIndex index, Time now);
  void set_role(IceRole next);

  // ice_requests.cpp: the peer's checks
  void receive_request(const DatagramPath& path, ByteView datagram, const StunMessage& request, Time now);
  bool is_authentic(const DatagramPath& path, ByteView datagram, const StunMessage& request);
  bool username_fits(std::string_view username) const;
  bool resolve_role_conflict(const DatagramPath& path, const StunMessage& request);
  void answer(const DatagramPath& path, const StunMessage& request);
  void answer_error(const DatagramPath& path, const StunMessage& request, std::uint16_t code,
                    bool with_integrity);
  void remember_early(const DatagramPath& path, const StunMessage& request);
  void replay_early(Time now);
  void handle_check(const DatagramPath& path, std::uint32_t priority, bool use_candidate, Time now);
  std::optional<PairIndex> find_or_make_pair(const DatagramPath& path, std::uint32_t priority);
  void trigger(PairIndex index);

  // ice_responses.cpp: answers to our checks
  void receive_response(const DatagramPath& path, ByteView datagram, const StunMessage& response, Time now);
  void consent_answered(const StunMessage& response, Time now);
  void check_succeeded(const IceTransaction& transaction, const DatagramPath& path,
                       const SocketAddress& mapped, Time now);
  void check_refused(const IceTransaction& transaction, std::uint16_t code);

  /// A check of the peer's that came before its description.
  struct EarlyCheck {
    DatagramPath path;
    std::string remote_ufrag;
    std::uint32_t priority = 0;
    bool use_candidate = false;
  };

  IceConfig config;
  Random& random;
  IceSink& sink;

  IceState state = IceState::waiting;
  IceRole role;
  std::uint64_t tie_breaker;
  std::optional<IceCredentials> remote;
  IceChecklist checklist;
  IceTransactions transactions;
  IceConsent consent;
  std::vector<EarlyCheck> early;
  std::vector<SocketAddress> reflexive_addresses;  ///< Where STUN servers see us.

  std::optional<Time> failure_at;     ///< While checking.
  std::optional<Time> last_check;     ///< For pacing.
  std::optional<Time> first_valid;    ///< For the nomination wait.
  std::optional<PairIndex> selected;  ///< The pair that carries data.
  std::optional<PairIndex> nominating;
  bool nominated = false;    ///< `selected` is the nominated pair.
  bool was_checked = false;  ///< By the peer, with our credentials.

  std::optional<Time> deadline;
  IceCounters counters;
};

}  // namespace flnet::rtc
