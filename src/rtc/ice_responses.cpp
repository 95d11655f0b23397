// SPDX-License-Identifier: MIT OR Apache-2.0
// IceAgent as STUN client: what the answers to its checks mean (RFC 8445 §7.2.5).
#include "rtc/ice_agent_state.hpp"

namespace flnet::rtc {
namespace {

constexpr std::uint16_t role_conflict = 487;

}  // namespace

void IceAgent::State::receive_response(const DatagramPath& path, ByteView datagram,
                                       const StunMessage& response, Time now) {
  const bool is_consent = consent.contains(response.transaction);
  if (!remote || (!is_consent && !transactions.contains(response.transaction))) {
    ++counters.unknown_transaction;
    return;
  }
  // What is not authentic is as if it had not come (RFC 8489 §9.1.4): the transaction goes on.
  if (!response.has_integrity || !verify_stun_integrity(datagram, as_bytes(remote->password))) {
    ++counters.bad_integrity;
    return;
  }
  const bool is_success = response.message_class == StunClass::success;
  const bool is_whole = is_success ? response.mapped_address && response.unknown_attributes.empty()
                                   : response.error_code.has_value();
  if (!is_whole) {
    ++counters.malformed;
    return;
  }
  if (is_consent) {
    if (is_success && path == checklist.path_of(*selected)) consent_answered(response, now);
    return;
  }
  const auto transaction = transactions.take(response.transaction);
  if (is_success) {
    check_succeeded(*transaction, path, *response.mapped_address, now);
  } else {
    check_refused(*transaction, *response.error_code);
  }
}

void IceAgent::State::consent_answered(const StunMessage& response, Time now) {
  CandidatePair& pair = checklist.at(*selected);
  pair.round_trip = consent.answered(response.transaction, now);
  pair.mapped = response.mapped_address;
  pair.last_response = pair.last_heard = now;
  pair.state = PairState::succeeded;
}

void IceAgent::State::check_succeeded(const IceTransaction& transaction, const DatagramPath& path,
                                      const SocketAddress& mapped, Time now) {
  if (checklist.path_of(transaction.pair) != transaction.path) return;  // another pair has its place now
  CandidatePair& pair = checklist.at(transaction.pair);
  if (path != transaction.path) {
    // The answer must come back the way the check went (RFC 8445 §7.2.5.2.1).
    if (nominating == transaction.pair) nominating.reset();
    pair.state = PairState::failed;
    return;
  }
  pair.state = PairState::succeeded;
  pair.mapped = mapped;
  pair.last_response = pair.last_heard = now;
  // Of a check that was sent twice nobody knows which one was answered (Karn's rule).
  if (transaction.transmissions == 1 && !transaction.hastened) pair.round_trip = now - transaction.first_sent;
  if (transaction.use_candidate && role == IceRole::controlling && nominating == transaction.pair) {
    accept_nomination(transaction.pair, now);
  } else {
    pair_became_valid(transaction.pair, now);
  }
}

void IceAgent::State::check_refused(const IceTransaction& transaction, std::uint16_t code) {
  if (checklist.path_of(transaction.pair) != transaction.path) return;
  CandidatePair& pair = checklist.at(transaction.pair);
  if (code == role_conflict) {
    // RFC 8445 §7.2.5.1: the other role, another tie-breaker, and the check again; unless the role has
    // changed since the check left.
    if (transaction.role == role) {
      tie_breaker = random.u64();
      set_role(role == IceRole::controlling ? IceRole::controlled : IceRole::controlling);
    }
    if (pair.state == PairState::succeeded) return;
    pair.state = PairState::waiting;
    checklist.trigger(transaction.pair);
    return;
  }
  if (nominating == transaction.pair) nominating.reset();
  if (pair.state == PairState::in_progress || transaction.use_candidate) pair.state = PairState::failed;
}

}  // namespace flnet::rtc
