// SPDX-License-Identifier: MIT OR Apache-2.0
// Retransmission of checks with exponential back-off (RFC 8489 §6.2.1).
#include "rtc/ice_transaction.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

/// Rc of RFC 8489 §6.2.1, which suggests 7 but leaves it open. With the initial 250 ms a check is sent at 0,
/// 0.25, 0.75 and 1.75 s and given up at 3.75 s; as long as there is no path, its pair gets another turn.
constexpr int max_transmissions = 4;

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

void IceTransactions::drop(PairIndex pair) {
  std::erase_if(pending_, [&](const IceTransaction& transaction) { return transaction.pair == pair; });
}

const IceTransaction* IceTransactions::hasten(PairIndex pair) {
  const auto found = std::ranges::find(pending_, pair, &IceTransaction::pair);
  if (found == pending_.end() || found->hastened) return nullptr;
  found->hastened = true;
  return &*found;
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
  if (due->transmissions == max_transmissions) {
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
