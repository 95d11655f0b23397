// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInCrowd: nodes of a stand-in network that send each other numbers and keep account of what came.
#pragma once

#include "base/random.hpp"
#include "support/stand_in_world.hpp"

#include <flnet/job_set.hpp>
#include <flnet/network.hpp>
#include <flnet/node_ids.hpp>
#include <flnet/stand_in_network.hpp>
#include <flnet/virtual_loop.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

/// All actions are chosen by the seed. Numbers count up a pair of nodes, over restarts as well.
class StandInCrowd {
 public:
  StandInCrowd(VirtualLoop& loop, std::uint64_t seed, std::size_t size);

  /// Starts all at once.
  Task<> start();
  /// Each sends each other node a number, and all of them arrive.
  Task<> greet_all();
  /// One node sends one other the pair's next number, if its queue has room.
  void send_one();
  void send(std::size_t from, std::size_t to);
  /// A cut of some nodes for at most `longest`.
  Task<> cut(Duration longest);
  Task<> lose_the_server(Duration longest);
  void change_conditions();
  /// Ends all cuts, and the ways are good again.
  void calm_down();
  /// One dies, with or without a last word, and is there again after a while.
  Task<> restart_one();
  /// All say goodbye; then nothing is left that could happen.
  Task<> close_all();

  /// In order and each once, of every pair.
  void check_order() const;
  /// Each gap in what came was told to its sender after it, unless one of the two was restarted.
  void check_that_nothing_was_lost_in_silence() const;
  void check_that_nothing_was_lost() const;

  std::size_t size() const { return members_.size(); }
  StandInNetwork& world() { return world_; }
  Random& random() { return random_; }
  Duration between(Duration least, Duration most);
  /// One line an event, with its time.
  const std::vector<std::string>& trace() const { return trace_; }

 private:
  struct Member {
    NodeConfig config;
    std::optional<Network> net;
    std::unique_ptr<JobSet> reading;  ///< Before `net` in dying.
    bool restarted = false;
  };
  struct Account {
    std::uint32_t sent = 0;  ///< The latest number.
    std::vector<std::uint32_t> received;
    std::vector<std::uint32_t> told;  ///< `sent` at each word of a loss.
  };
  using Pair = std::pair<std::size_t, std::size_t>;

  Task<> run_member(std::size_t index);
  Task<> read(std::size_t index);
  void note(std::size_t index, const NetReply::Any& reply);
  void note_loss(Pair pair);
  void stop_member(std::size_t index);
  std::size_t index_of(const NodeID& id) const;
  bool everything_arrived() const;
  template <class... Parts>
  void note_event(const Parts&... parts);

  VirtualLoop& loop_;
  SeededRandom random_;
  StandInNetwork world_;
  std::vector<Member> members_;
  std::map<NodeID, std::size_t> indices_;
  std::map<Pair, Account> accounts_;
  std::vector<std::string> trace_;
};

}  // namespace flnet::test
