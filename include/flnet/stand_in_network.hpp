// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInNetwork: many nodes in one process without a socket, for tests: latency, loss, partitions, a seed.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/network.hpp>
#include <flnet/network_broker.hpp>
#include <flnet/node_ids.hpp>
#include <flnet/node_info.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/time.hpp>
#include <flnet/u256.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace flnet {

/// What a way from one node to another is like. Nothing is lost for good and nothing overtakes: channels and
/// WebSockets are reliable and ordered. What is lost on its way comes later, as it has to be sent again.
struct StandInConditions {
  Duration latency = 10ms;             ///< One way.
  Duration jitter = Duration::zero();  ///< Added, uniform in [0, jitter].
  double loss = 0;  ///< How likely a piece is lost, each time it is sent; above max_loss counts as that.
  std::uint64_t bytes_per_second = 0;  ///< Of a link's messages; 0: any rate.

  /// For ways that nothing passes there are `partition` and `cut`.
  static constexpr double max_loss = 0.9;
};

struct StandInConfig {
  /// The same seed and the same calls give the same run on a VirtualLoop, to the microsecond.
  std::uint64_t seed = 1;
  /// Of all ways, those to the signalling server too.
  StandInConditions conditions;
  // Limits of one session, as real ones have them.
  std::size_t max_message_bytes = NetworkLimits::max_message_bytes;  ///< too_large
  std::size_t send_buffer_bytes = 4 * 1024 * 1024;  ///< Accepted and not arrived: queue_full.
  /// Under way and not taken by the application: the sender waits.
  std::size_t receive_window_bytes = 4 * 1024 * 1024;
};

struct StandInCounters {
  // Of sessions, each of the two ends.
  std::uint64_t sessions_made = 0, sessions_opened = 0;
  std::uint64_t sessions_timed_out = 0;                     ///< Lost their peer without a goodbye.
  std::uint64_t messages_sent = 0, messages_delivered = 0;  ///< Between nodes; delivered to the other node.
  std::uint64_t bytes_delivered = 0;                        ///< Of these messages.
  std::uint64_t retransmissions = 0;      ///< Pieces of anything that were lost and sent again.
  std::uint64_t signalling_messages = 0;  ///< To the server and from it.
  std::uint64_t setups_passed = 0;        ///< From node to node by the server that runs now.
  std::uint64_t nodes = 0;                ///< Announced at the server that runs now.
};

/// The nodes are real ones, and so is the signalling server's core; what is simulated is what they touch:
/// their WebSockets and their WebRTC sessions. Opening a link takes the round trips that a real one takes,
/// silence ends it as ICE consent does, a slow reader narrows the sender's window.
///
/// On a VirtualLoop time jumps, and a run is the same for the same seed; on any other loop it passes. All
/// calls on the loop's thread. The loop must outlive this and all nodes; a node may outlive this object.
class StandInNetwork {
 public:
  /// What it is made of; complete inside flnet only.
  struct State;

  explicit StandInNetwork(StandInConfig config = {}, Loop& loop = Loop::current());
  ~StandInNetwork();
  StandInNetwork(StandInNetwork&&) noexcept;
  StandInNetwork& operator=(StandInNetwork&&) noexcept;

  /// A running node, as network_start gives it, with its errors. Several with one identity are possible, as
  /// they are in the world: the signalling server then knows the latest one.
  Task<Result<Network>> start_node(NodeConfig config);
  /// The same, with the identity of that name.
  Task<Result<Network>> start_node(std::string name);
  /// The same nodes as brokers, as network_broker_start gives them.
  Task<Result<NetworkBroker>> start_broker(NodeConfig config);
  Task<Result<NetworkBroker>> start_broker(std::string name);
  /// The identity that the seed gives this name: a real key pair, though not a secret one.
  Task<NodeConfig> node_config(std::string name) const;

  /// For all ways that have no conditions of their own. What is under way already arrives as planned.
  void set_conditions(const StandInConditions& conditions);
  /// From one node to another, that direction only.
  void set_conditions(const NodeID& from, const NodeID& to, const StandInConditions& conditions);

  /// From now on nothing passes between these nodes and all others, what is under way included; both still
  /// reach the signalling server. After 25 to 30 seconds open links notice. Several partitions add up.
  void partition(const NodeIDs& side);
  /// The same between these two alone.
  void cut(const NodeID& a, const NodeID& b);
  /// Nothing reaches this node or leaves it, the signalling server's words included.
  void isolate(const NodeID& node);
  /// Ends its isolation.
  void rejoin(const NodeID& node);
  /// Ends all partitions, cuts and isolations: what waited is sent again.
  void heal();

  /// The signalling server is gone: its WebSockets close, new ones are `unreachable`. Links stay.
  void stop_signalling();
  /// A new one that knows nobody yet. There is one from the beginning.
  void start_signalling();

  StandInCounters counters() const;

 private:
  std::shared_ptr<State> state_;  // Shared with the nodes' sessions and WebSockets.
};

}  // namespace flnet
