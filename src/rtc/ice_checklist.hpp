// SPDX-License-Identifier: MIT OR Apache-2.0
// IceChecklist: candidates, the pairs made of them, and which pair is checked next (RFC 8445 §6.1.2, §6.1.4).
#pragma once

#include "rtc/datagram.hpp"
#include "rtc/ice_agent.hpp"
#include "rtc/ice_candidate.hpp"

#include <flnet/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace flnet::rtc {

/// RFC 8445 §6.1.2.6. Freezing is a matter of order only: pairs that share their foundation with one that
/// is tried already, or that were tried in vain, are frozen, and their turn comes after the waiting ones.
/// With a single component there is nothing else that a success elsewhere could thaw them for.
enum class PairState : std::uint8_t { frozen, waiting, in_progress, succeeded, failed };

/// A local and a remote candidate. A pair that succeeded is on the valid list (RFC 8445 §7.2.5.3.2).
struct CandidatePair {
  std::size_t local = 0;  ///< Index of the local candidate, which is its own base.
  std::size_t remote = 0;
  std::uint64_t priority = 0;
  PairState state = PairState::frozen;
  bool triggered = false;             ///< It is in the triggered-check queue.
  bool nominate_on_success = false;   ///< Controlled: USE-CANDIDATE came before the pair was valid.
  std::optional<Time> last_response;  ///< The last answered check: where consent counts from.
  std::optional<Time> last_heard;     ///< Anything authentic from the peer.
  std::optional<Duration> round_trip;
  std::optional<SocketAddress> mapped;  ///< Our address as the peer sees it, by its last answer.
};

using PairIndex = std::size_t;

/// Pair priority (RFC 8445 §6.1.2.3).
std::uint64_t pair_priority(std::uint32_t controlling, std::uint32_t controlled);

/// The check list of the one component. An index names one pair for as long as the pair has not been
/// evicted, which happens only to pairs on which nothing is going on.
class IceChecklist {
 public:
  enum class Added : std::uint8_t { added, known, full };

  IceChecklist(IceRole role, std::size_t max_remote_candidates, std::size_t max_pairs);

  Added add_local(const IceCandidate& candidate);
  /// A signalled candidate takes the place of a peer-reflexive one with the same address.
  Added add_remote(const IceCandidate& candidate);

  bool has_local(const SocketAddress& address) const;
  bool has_remote(const SocketAddress& address) const;
  std::size_t local_count() const { return locals_.size(); }
  std::optional<PairIndex> find(const DatagramPath& path) const;

  CandidatePair& at(PairIndex index) { return pairs_[index]; }
  const CandidatePair& at(PairIndex index) const { return pairs_[index]; }
  DatagramPath path_of(PairIndex index) const;
  const IceCandidate& local_of(PairIndex index) const { return locals_[pairs_[index].local]; }
  const IceCandidate& remote_of(PairIndex index) const { return remotes_[pairs_[index].remote]; }
  std::size_t size() const { return pairs_.size(); }

  /// Roles decide which candidate's priority counts more.
  void set_role(IceRole role);

  /// Puts the pair into the triggered-check queue, unless it is there.
  void trigger(PairIndex index);
  bool has_triggered() const { return !triggered_.empty(); }
  std::optional<PairIndex> take_triggered();

  /// The pair whose turn it is: the best waiting one, else the best frozen one.
  std::optional<PairIndex> next_ordinary() const;
  /// Waiting, frozen and in-progress pairs: what the retransmission timeout grows with (RFC 8445 §14.3).
  std::size_t unfinished_count() const;
  /// The valid pair of highest priority.
  std::optional<PairIndex> best_valid() const;
  /// Whether a pair of higher priority might still succeed.
  bool better_is_unfinished(PairIndex than) const;
  /// The end of ordinary checks (RFC 8445 §8.1.2): whatever has not succeeded has failed.
  void conclude();

 private:
  bool can_pair(const IceCandidate& local, const IceCandidate& remote) const;
  bool make_pair(std::size_t local, std::size_t remote);
  bool shares_foundation_with_active(std::size_t local, std::size_t remote) const;
  std::uint64_t priority_of(std::size_t local, std::size_t remote) const;
  bool make_room_for(std::uint64_t priority, PairIndex& slot) const;

  IceRole role_;
  std::size_t max_remote_;
  std::size_t max_pairs_;
  std::vector<IceCandidate> locals_;
  std::vector<IceCandidate> remotes_;
  std::vector<CandidatePair> pairs_;
  std::deque<PairIndex> triggered_;
};

}  // namespace flnet::rtc
