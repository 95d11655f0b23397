// SPDX-License-Identifier: MIT OR Apache-2.0
// IceAgent's own checks: which leave when, consent, nomination, and the choice of the path for data.
#include "rtc/ice_agent_state.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

/// How long after the first valid pair better ones may still become valid before the best so far is
/// nominated. Data flows meanwhile, so this costs nothing; it only limits how often the path changes.
constexpr Duration nomination_wait = 50ms;

/// A relay costs its operator and our round trip: what crosses the NATs between us needs some checks, sent at
/// 0, 0.25, 0.75 and 1.75 s, to open a way, and is waited for. Data flows meanwhile.
constexpr Duration relayed_nomination_wait = 2s;

/// A controlled agent that has a nominated pair follows another nomination of lower priority only when the
/// pair it has was silent for so long: peers that nominate several pairs (RFC 5245 §8.1.1.2) mean the best
/// of them, peers that move away from a dead pair (libwebrtc, every 2.5 s) mean the latest.
constexpr Duration silent_path = 3s;

}  // namespace

/// Triggered checks leave at once: each answers an authentic check of the peer, whose pacing paces them too.
/// They push ordinary checks back (RFC 8445 §6.1.4.2).
void IceAgent::State::send_checks(Time now) {
  while (const auto index = checklist.take_triggered()) send_check(*index, false, now);
  if (const auto when = ordinary_check_at(); when && *when <= now) {
    send_check(*checklist.next_ordinary(), false, now);
  }
  if (const auto when = nomination_at(); when && *when <= now) {
    nominating = checklist.best_valid();
    send_check(*nominating, true, now);
  }
}

/// When the next ordinary check may leave; nothing when there is none to make, as after the nomination.
std::optional<Time> IceAgent::State::ordinary_check_at() const {
  if (nominated || !checklist.next_ordinary()) return {};
  return last_check ? *last_check + config.pacing : Time::min();
}

/// Regular nomination (RFC 8445 §8.1.1) is a second check with USE-CANDIDATE on a pair that is valid: at once
/// when no better pair can become valid any more, and soon in any case.
std::optional<Time> IceAgent::State::nomination_at() const {
  if (role != IceRole::controlling || nominated || nominating) return {};
  if (config.nominates_when_checked && !was_checked) return {};
  const auto best = checklist.best_valid();
  if (!best) return {};
  if (!checklist.better_is_unfinished(*best)) return Time::min();
  const bool is_relayed = checklist.local_of(*best).type == CandidateType::relayed ||
                          checklist.remote_of(*best).type == CandidateType::relayed;
  return *first_valid + (is_relayed ? relayed_nomination_wait : nomination_wait);
}

StunMessage IceAgent::State::make_check(PairIndex index, bool use_candidate) {
  StunMessage check;
  check.message_class = StunClass::request;
  random.fill(check.transaction);
  check.username = remote->ufrag + ':' + config.local.ufrag;
  // What our candidate's priority would be if the peer learned it from this check (RFC 8445 §7.1.1).
  const auto local_preference = static_cast<std::uint16_t>(checklist.local_of(index).priority >> 8);
  check.priority = candidate_priority(CandidateType::peer_reflexive, local_preference);
  check.use_candidate = use_candidate;
  (role == IceRole::controlling ? check.ice_controlling : check.ice_controlled) = tie_breaker;
  return check;
}

void IceAgent::State::send_check(PairIndex index, bool use_candidate, Time now) {
  CandidatePair& pair = checklist.at(index);
  if (pair.state != PairState::succeeded) pair.state = PairState::in_progress;
  transactions.drop(index);
  const StunMessage check = make_check(index, use_candidate);
  // RFC 8445 §14.3: the more checks there are, the slower each of them is repeated.
  const auto unfinished = static_cast<std::int64_t>(checklist.unfinished_count());
  IceTransaction transaction{.id = check.transaction,
                             .pair = index,
                             .path = checklist.path_of(index),
                             .datagram = encode_stun(check, as_bytes(remote->password)),
                             .role = role,
                             .use_candidate = use_candidate,
                             .first_sent = now,
                             .timeout = std::max(config.initial_rto, config.pacing * unfinished),
                             .next = now};
  sink.send_ice(transaction.path, transaction.datagram);
  transactions.add(std::move(transaction));
  last_check = now;
}

/// A consent check is a check like any other, but never sent again (RFC 7675 §5.1).
void IceAgent::State::send_consent_check(Time now) {
  const bool use_candidate = nominated && role == IceRole::controlling;
  const StunMessage check = make_check(*selected, use_candidate);
  consent.sent(check.transaction, now, random);
  sink.send_ice(checklist.path_of(*selected), encode_stun(check, as_bytes(remote->password)));
}

void IceAgent::State::transaction_expired(const IceTransaction& transaction) {
  CandidatePair& pair = checklist.at(transaction.pair);
  if (nominating == transaction.pair) {
    nominating.reset();
    pair.state = PairState::failed;  // answered consent checks bring it back
  } else if (pair.state == PairState::in_progress) {
    // As long as there is no path at all, whatever failed gets another turn behind the others.
    pair.state = state == IceState::checking ? PairState::frozen : PairState::failed;
  }
}

/// The pair is valid and the controlling side wants it; the other pairs have had their time (§8.1.2).
void IceAgent::State::accept_nomination(PairIndex index, Time now) {
  if (nominated && selected != index) {
    const CandidatePair& present = checklist.at(*selected);
    const bool is_silent = !present.last_heard || *present.last_heard + silent_path <= now;
    if (checklist.at(index).priority < present.priority && !is_silent) return;
  }
  nominated = true;
  nominating.reset();
  transactions.clear();
  checklist.conclude();
  select(index, now);
}

void IceAgent::State::pair_became_valid(PairIndex index, Time now) {
  if (!first_valid) first_valid = now;
  if (checklist.at(index).nominate_on_success) {
    checklist.at(index).nominate_on_success = false;
    accept_nomination(index, now);
  } else if (!nominated) {
    select(*checklist.best_valid(), now);
  }
  if (state == IceState::checking) {
    failure_at.reset();
    enter(IceState::connected);
  }
}

void IceAgent::State::select(PairIndex index, Time now) {
  if (selected == index) return;
  selected = index;
  consent.start(*checklist.at(index).last_response, now, random);
  sink.ice_path_changed(checklist.path_of(index));
}

void IceAgent::State::set_role(IceRole next) {
  role = next;
  nominating.reset();
  checklist.set_role(next);
  ++counters.role_conflicts;
}

}  // namespace flnet::rtc
