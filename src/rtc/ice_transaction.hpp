// SPDX-License-Identifier: MIT OR Apache-2.0
// IceTransactions: checks that wait for their answer, and when they are sent again (RFC 8489 §6.2.1).
#pragma once

#include "rtc/datagram.hpp"
#include "rtc/ice_checklist.hpp"
#include "rtc/stun_message.hpp"

#include <flnet/bytes.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace flnet::rtc {

/// One check under way.
struct IceTransaction {
  TransactionId id{};
  PairIndex pair = 0;
  DatagramPath path;
  Bytes datagram;
  IceRole role = IceRole::controlling;  ///< As the request said, for 487 answers.
  bool use_candidate = false;
  bool hastened = false;  ///< Sent again out of turn, as a triggered check.
  int transmissions = 1;
  Time first_sent;
  Duration timeout{};  ///< Until `next` from the last transmission; doubles.
  Time next;           ///< The next retransmission, or the end after the last one.
};

/// Each pair has at most one transaction, so the number of pairs bounds them.
class IceTransactions {
 public:
  void add(IceTransaction transaction);
  /// Ends the transaction and hands it out.
  std::optional<IceTransaction> take(const TransactionId& id);
  bool contains(const TransactionId& id) const;
  /// Forgets the pair's transaction.
  void drop(PairIndex pair);
  /// The pair's transaction, to be sent again out of turn; nothing when that has happened already.
  const IceTransaction* hasten(PairIndex pair);
  void clear() { pending_.clear(); }
  std::optional<Time> deadline() const;

  /// Something that is due at `now`: a transaction to send again, or one whose end has come and that
  /// has been taken out.
  struct Due {
    const IceTransaction* resend = nullptr;
    std::optional<IceTransaction> expired;
  };
  std::optional<Due> next_due(Time now);

 private:
  std::vector<IceTransaction> pending_;
};

}  // namespace flnet::rtc
