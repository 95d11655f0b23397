// SPDX-License-Identifier: MIT OR Apache-2.0
// Links in a bad world: glare, lost and repeated signalling, sessions that fail, cuts, restarts.
#include "sim/protocol/link_sim_actors.hpp"
#include "support/trace.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace flnet::protocol::test {
namespace {

struct WorldConfig {
  std::uint64_t seed = 0;
  std::uint64_t nodes = 3, rust_nodes = 0;
};

NodeLimits limits_of(LinkSimEvents& events) {
  NodeLimits limits;
  limits.queue_messages = 4 + events.below(30);
  limits.queue_bytes = 300 + events.below(2000);
  limits.max_message_bytes = 100;
  limits.burst_messages = 1 + events.below(8);
  limits.burst_bytes = 100 + events.below(400);
  limits.early_candidates = 2 + events.below(8);
  return limits;
}

/// Minutes of trouble, then calm. Every pair in which one is a node of ours is wanted by one side or both.
class World {
 public:
  explicit World(const WorldConfig& config) : ground_(config.seed) {
    ground_.signal = [this](const NodeID& from, const PeerInfo& info) { pass_on(from, info); };
    for (std::size_t i = 0; i < config.nodes + config.rust_nodes; ++i) {
      std::array<std::uint8_t, 32> bytes{};
      ground_.events.random().fill(bytes);
      if (i < config.nodes) {
        nodes_.push_back(std::make_unique<LinkSimNode>(ground_, NodeID(bytes), limits_of(events())));
        actors_.push_back(nodes_.back().get());
      } else {
        const auto dialect = events().chance(0.5) ? wire::Dialect::v0_10 : wire::Dialect::v0_7;
        rust_.push_back(
            std::make_unique<LinkSimRustNode>(ground_, NodeID(bytes), events().chance(0.3), dialect));
        actors_.push_back(rust_.back().get());
      }
    }
    for (std::size_t i = 0; i < actors_.size(); ++i) last_arrival_.emplace_back(actors_.size());
    // Our own nodes stand in a list of either form: theirs is told by their descriptions.
    for (auto& node : nodes_) list(node->id(), some_dialect(node->id()));
    for (auto& rust : rust_) list(rust->id(), rust->dialect());
    for (auto& node : nodes_) node->list_received();
  }

  LinkSimEvents& events() { return ground_.events; }
  std::string trace() const { return ground_.trace; }

  void trouble() {
    ground_.sessions.faults = {.session_fails = 0.2, .close_unseen = 0.3};
    faulty_ = true;
    want_all();
    const Time end = events().now() + events().between(20s, 120s);
    while (events().now() < end) {
      mischief();
      events().run_until(events().now() + events().between(0ms, 1500ms));
    }
    ground_.sessions.faults = {};
    faulty_ = false;
    signal_down_until_ = {};
    for (auto* actor : actors_) {
      for (auto* other : actors_) {
        if (wanted(*actor, *other)) want(*actor, *other);
      }
    }
  }

  /// Rust nodes ping: that is what makes them offer again.
  void settle(Duration time) {
    const Time end = events().now() + time;
    while (events().now() < end) {
      for (auto& rust : rust_) {
        for (auto& node : nodes_) rust->say(node->id());
      }
      events().run_until(events().now() + 4s);
    }
  }

  void expect_all_connected() {
    for (auto& node : nodes_) {
      for (auto* other : actors_) {
        if (other == node.get()) continue;
        SCOPED_TRACE(node->id().short_hex() + " and " + other->id().short_hex());
        EXPECT_TRUE(node->connected(other->id()));
        EXPECT_TRUE(other->connected(node->id()));
        const auto* peer = dynamic_cast<const LinkSimNode*>(other);
        if (peer == nullptr) continue;
        const Token mine = node->only_session_with(peer->id());
        EXPECT_NE(mine, 0U) << "exactly one session";
        EXPECT_EQ(ground_.sessions.partner(mine), peer->only_session_with(node->id()));
      }
      EXPECT_EQ(node->node().link_count(), actors_.size() - 1);
    }
  }

  void expect_messages_arrive() {
    for (auto& from : nodes_) {
      for (auto& to : nodes_) {
        if (from == to) continue;
        const std::size_t before = to->delivered_from(from->id());
        for (int i = 0; i < 3; ++i) from->say(to->id());
        events().run_until(events().now() + 2s);
        EXPECT_EQ(to->delivered_from(from->id()), before + 3);
      }
    }
    for (auto& node : nodes_) node->check_accounts();
  }

  void expect_nothing_remains() {
    for (auto& rust : rust_) rust->leave();
    for (auto& node : nodes_) {
      for (auto* other : actors_) node->want_no_more(other->id());
      events().run_until(events().now() + events().between(0ms, 3s));
    }
    events().run_until(events().now() + 300s);
    for (auto& node : nodes_) {
      EXPECT_EQ(node->node().link_count(), 0U);
      EXPECT_EQ(node->node().session_count(), 0U);
      EXPECT_EQ(node->node().deadline(), std::nullopt);
      node->check_accounts();
    }
  }

 private:
  static wire::Dialect some_dialect(const NodeID& id) {
    return id.array()[9] % 2 == 0 ? wire::Dialect::v0_7 : wire::Dialect::v0_10;
  }
  void list(const NodeID& id, wire::Dialect dialect) {
    wire::ListedNode node{.dialect = dialect};
    node.info.public_key = id;
    ground_.listed.push_back(node);
  }

  LinkSimActor& any() { return *actors_[events().below(actors_.size())]; }
  LinkSimNode& any_node() { return *nodes_[events().below(nodes_.size())]; }

  /// A fixed choice: one side of each pair at least, often both.
  static bool wanted(const LinkSimActor& one, const LinkSimActor& two) {
    if (&one == &two) return false;
    const int dice = (one.id().array()[7] ^ two.id().array()[7]) % 3;
    return dice == 0 || (one.id() < two.id()) == (dice == 1);
  }

  static void want(LinkSimActor& actor, const LinkSimActor& other) {
    if (auto* node = dynamic_cast<LinkSimNode*>(&actor)) {
      node->want(other.id());
    } else if (dynamic_cast<const LinkSimNode*>(&other) != nullptr) {
      actor.say(other.id());
    }
  }

  void want_all() {
    for (auto* actor : actors_) {
      for (auto* other : actors_) {
        if (wanted(*actor, *other)) want(*actor, *other);
      }
    }
  }

  void mischief() {
    LinkSimNode& node = any_node();
    LinkSimActor& other = any();
    if (&node == &other) return;
    const double dice = events().random().unit();
    if (dice < 0.40) {
      for (std::size_t i = events().below(12); i > 0; --i) node.say(other.id());
    } else if (dice < 0.50) {
      other.say(node.id());
    } else if (dice < 0.60) {
      ground_.sessions.cut_one();
    } else if (dice < 0.66) {
      any().restart();
    } else if (dice < 0.74) {
      node.want_no_more(other.id());
    } else if (dice < 0.86) {
      node.want(other.id());
    } else if (dice < 0.92) {
      signal_down_until_ = events().now() + events().between(1s, 20s);
    }
  }

  /// In order between two nodes, as one socket has it; but a reconnect may repeat what came before.
  void pass_on(const NodeID& from, const PeerInfo& info) {
    const std::size_t sender = index_of(from);
    const std::size_t reader = index_of(info.id_init == from ? info.id_follow : info.id_init);
    if (events().now() < signal_down_until_ && events().chance(0.8)) return;
    Time& last = last_arrival_[sender][reader];
    last = std::max(last, events().now() + events().between(1ms, 200ms));
    events().at(last, [this, reader, info] { actors_[reader]->setup_received(info); });
    if (!faulty_ || !events().chance(0.05)) return;
    events().after(events().between(1ms, 30s),
                   [this, reader, info] { actors_[reader]->setup_received(info); });
  }

  std::size_t index_of(const NodeID& id) const {
    for (std::size_t i = 0; i < actors_.size(); ++i) {
      if (actors_[i]->id() == id) return i;
    }
    ADD_FAILURE() << "no such node";
    return 0;
  }

  LinkSimGround ground_;
  std::vector<std::unique_ptr<LinkSimNode>> nodes_;
  std::vector<std::unique_ptr<LinkSimRustNode>> rust_;
  std::vector<LinkSimActor*> actors_;
  std::vector<std::vector<Time>> last_arrival_;
  Time signal_down_until_{};
  bool faulty_ = false;
};

std::string live(const WorldConfig& config) {
  World world(config);
  world.trouble();
  world.settle(120s);
  world.expect_all_connected();
  world.expect_messages_arrive();
  world.expect_nothing_remains();
  // The dice's next number tells how often they were thrown.
  return world.trace() + std::to_string(world.events().random().u64());
}

std::uint64_t digest_of(const WorldConfig& config) {
  flnet::test::Trace trace;
  trace.note(live(config));
  return trace.digest();
}

TEST(LinkSim, nodes_find_each_other_after_any_trouble) {
  flnet::test::for_each_world(
      200, [](std::uint64_t seed) { return digest_of({.seed = seed, .nodes = 2 + seed % 4}); });
}

TEST(LinkSim, nodes_and_rust_nodes_find_each_other_after_any_trouble) {
  flnet::test::for_each_world(200, [](std::uint64_t seed) {
    return digest_of({.seed = seed, .nodes = 1 + seed % 3, .rust_nodes = 1 + seed % 2});
  });
}

TEST(LinkSim, the_same_seed_gives_the_same_run) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const WorldConfig config{.seed = seed, .nodes = 3, .rust_nodes = 1};
    const std::string trace = live(config);
    EXPECT_FALSE(trace.empty());
    EXPECT_EQ(trace, live(config));
  }
}

}  // namespace
}  // namespace flnet::protocol::test
