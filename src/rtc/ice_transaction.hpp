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
  bool triggered = false;  ///< By a check of the peer.
  bool cancelled = false;  ///< Not sent again, but an answer still counts (RFC 8445 §7.3.1.4).
  int transmissions = 1;
  Time first_sent;
  Duration timeout{};  ///< Until `next` from the last transmission; doubles.
  Time next;           ///< The next retransmission, or the end after the last one.
};

/// Each pair has at most one live and one cancelled transaction, so the number of pairs bounds them.
class IceTransactions {
 public:
  void add(IceTransaction transaction);
  /// Ends the transaction and hands it out.
  std::optional<IceTransaction> take(const TransactionId& id);
  bool contains(const TransactionId& id) const;
  /// Whether the pair has a live triggered check that was sent once: its answer is still to be expected.
  bool has_young_triggered(PairIndex pair) const;
  /// The pair's live transaction is not sent again; an older cancelled one is forgotten.
  void cancel(PairIndex pair, Time now);
  void clear() { pending_.clear(); }
  std::optional<Time> deadline() const;

  /// Something that is due at `now`: a live transaction to send again, or one whose end has come and that
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
