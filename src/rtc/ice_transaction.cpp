// SPDX-License-Identifier: MIT OR Apache-2.0
// Retransmission of checks with exponential back-off (RFC 8489 §6.2.1).
#include "rtc/ice_transaction.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

/// Rc of RFC 8489 §6.2.1, which suggests 7 but leaves it open. With the initial 250 ms a check is sent at 0,
/// 0.25, 0.75 and 1.75 s and given up at 3.75 s; as long as there is no path, its pair gets another turn.
constexpr int max_transmissions = 4;
/// How long the answer to a cancelled check still counts: RFC 8445 §7.3.1.4 leaves it to the transaction's
/// own timeout, which may be as short as the first retransmission.
constexpr Duration late_answer_wait = 2s;

}  // namespace

void IceTransactions::add(IceTransaction transaction) {
  transaction.next = transaction.first_sent + transaction.timeout;
  pending_.push_back(std::move(transaction));
}

std::optional<IceTransaction> IceTransactions::take(const TransactionId& id) {
  const auto found = std::ranges::find(pending_, id, &IceTransaction::id);
  if (found == pending_.end()) return {};
  IceTransaction transaction = std::move(*found);
  pending_.erase(found);
  return transaction;
}

bool IceTransactions::contains(const TransactionId& id) const {
  return std::ranges::find(pending_, id, &IceTransaction::id) != pending_.end();
}

bool IceTransactions::has_young_triggered(PairIndex pair) const {
  return std::ranges::any_of(pending_, [&](const IceTransaction& transaction) {
    return transaction.pair == pair && transaction.triggered && !transaction.cancelled &&
           transaction.transmissions == 1;
  });
}

void IceTransactions::cancel(PairIndex pair, Time now) {
  std::erase_if(pending_, [&](const IceTransaction& old) { return old.pair == pair && old.cancelled; });
  for (IceTransaction& transaction : pending_) {
    if (transaction.pair != pair) continue;
    transaction.cancelled = true;
    transaction.next = now + late_answer_wait;
  }
}

std::optional<Time> IceTransactions::deadline() const {
  std::optional<Time> first;
  for (const IceTransaction& transaction : pending_) first = earliest(first, transaction.next);
  return first;
}

std::optional<IceTransactions::Due> IceTransactions::next_due(Time now) {
  const auto due = std::ranges::find_if(
      pending_, [&](const IceTransaction& transaction) { return transaction.next <= now; });
  if (due == pending_.end()) return {};
  if (due->cancelled || due->transmissions == max_transmissions) {
    Due result{.resend = nullptr, .expired = std::move(*due)};
    pending_.erase(due);
    return result;
  }
  ++due->transmissions;
  due->timeout *= 2;
  due->next = now + due->timeout;
  return Due{.resend = &*due, .expired = {}};
}

}  // namespace flnet::rtc
