// SPDX-License-Identifier: MIT OR Apache-2.0
// Seeded worlds in which connections under traffic restart ICE: on bad networks, and to leave a dead path.
#include "support/peer_world.hpp"
#include "support/plain_dtls.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace flnet::rtc {
namespace {

using test::PeerEnd;
using test::PeerWorld;

/// Two connected ends that send each other messages all the time, and what they must have received.
class RestartWorld {
 public:
  explicit RestartWorld(std::uint64_t seed)
      : dice_(seed),
        offerer_dtls_(static_cast<std::uint32_t>(seed * 2)),
        answerer_dtls_(static_cast<std::uint32_t>(seed * 2 + 1)),
        world_(seed, offerer_dtls_, answerer_dtls_, patient(), patient()) {
    sides_[0].end = world_.offerer.get();
    sides_[1].end = world_.answerer.get();
    world_.network.set_conditions(draw_conditions());
  }

  void connect() {
    sides_[0].id = sides_[0].end->open_channel("data");
    world_.describe();
    ASSERT_TRUE(world_.queue.run_until([&] { return sides_[1].end->channels.contains("data"); }, 30s));
    sides_[1].id = sides_[1].end->channels["data"];
    for (Side& side : sides_) talk(side);
  }

  /// By either side, or by both at once, over a signalling that is slower than the network.
  void restart_by_anybody() {
    const auto who = dice_.below(3);
    if (who != 1) world_.restart(*sides_[0].end, up_to(500ms), up_to(500ms));
    if (who == 2) world_.queue.run_for(up_to(200ms));
    if (who != 0 && !is_restarting(*sides_[1].end))
      world_.restart(*sides_[1].end, up_to(500ms), up_to(500ms));
  }

  /// One side's address is gone, and some time later it has another one. Either side notices, or both.
  void move_and_restart() {
    Side& mover = sides_[dice_.below(2)];
    world_.network.isolate(mover.end->addresses().back().ip);
    world_.queue.run_for(up_to(15s));
    new_address_ = PeerWorld::address(static_cast<std::uint8_t>(100 + dice_.below(100)))[0];
    const auto line = mover.end->add_address(new_address_);
    ASSERT_TRUE(line);
    mover_ = mover.end;
    world_.queue.after(up_to(300ms), [this, line = *line] {
      static_cast<void>(world_.peer_of(*mover_).add_candidate(line));
    });
    restart_by_anybody();
  }

  void run_until_restarted(std::uint64_t times) {
    const auto is_done = [&](const Side& side) {
      return side.end->connection().stats().restarts >= times && !is_restarting(*side.end);
    };
    ASSERT_TRUE(world_.queue.run_until([&] { return is_done(sides_[0]) && is_done(sides_[1]); }, 40s))
        << state(sides_[0]) << "; " << state(sides_[1]);
  }

  void expect_the_new_path() {
    // The nomination may come a little later than the first path that works.
    world_.queue.run_for(5s);
    EXPECT_EQ(mover_->connection().path()->local, new_address_);
    EXPECT_EQ(world_.peer_of(*mover_).connection().path()->remote, new_address_);
  }

  void expect_all_messages() {
    is_talking_ = false;
    const auto have_all = [&] {
      return received_by(sides_[1]).size() == sides_[0].sent.size() &&
             received_by(sides_[0]).size() == sides_[1].sent.size();
    };
    // SCTP waits for up to ten seconds between attempts, and several of them may be lost.
    EXPECT_TRUE(world_.queue.run_until(have_all, 600s)) << state(sides_[0]) << "; " << state(sides_[1]);
    EXPECT_TRUE(received_by(sides_[1]) == sides_[0].sent) << "each once, in order";
    EXPECT_TRUE(received_by(sides_[0]) == sides_[1].sent) << "each once, in order";
    for (const Side& side : sides_) EXPECT_EQ(side.end->ufrags.size(), 1U);
  }

  void run_for(Duration span) { world_.queue.run_for(span); }
  Duration up_to(Duration bound) {
    return Duration(static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(bound.count()) + 1)));
  }
  std::uint64_t below(std::uint64_t bound) { return dice_.below(bound); }

 private:
  struct Side {
    PeerEnd* end = nullptr;
    ChannelId id = 0;
    std::vector<Message> sent;
  };

  /// A dead path uses up most of SCTP's retransmissions: bad luck on the new one shall end nothing.
  static PeerConnectionConfig patient() {
    PeerConnectionConfig config;
    config.sctp.max_retransmissions = 40;
    return config;
  }

  test::NetworkConditions draw_conditions() {
    test::NetworkConditions drawn;
    drawn.latency = up_to(100ms);
    drawn.jitter = up_to(20ms);
    drawn.loss = dice_.unit() * 0.15;
    drawn.duplication = dice_.unit() * 0.1;
    drawn.reordering = dice_.unit() * 0.1;
    return drawn;
  }

  /// A message now, and the next one soon.
  void talk(Side& side) {
    if (!is_talking_ || side.end->is_over()) return;
    Message message;
    message.bytes.resize(dice_.below(3'000));
    dice_.fill(message.bytes);
    if (side.end->send(side.id, message)) side.sent.push_back(std::move(message));
    world_.queue.after(20ms + up_to(200ms), [this, &side] { talk(side); });
  }

  const std::vector<Message>& received_by(Side& side) { return side.end->received[side.id]; }
  static bool is_restarting(const PeerEnd& end) { return end.connection().stats().is_restarting; }
  static std::string state(const Side& side) {
    const auto stats = side.end->connection().stats();
    return (side.end->end ? to_string(*side.end->end) : std::string("alive")) + ", restarted " +
           std::to_string(stats.restarts) + ", given up " + std::to_string(stats.restarts_given_up);
  }

  SeededRandom dice_;
  test::PlainDtlsContext offerer_dtls_, answerer_dtls_;
  PeerWorld world_;
  Side sides_[2];
  bool is_talking_ = true;
  PeerEnd* mover_ = nullptr;
  SocketAddress new_address_;
};

TEST(PeerRestartSim, messages_are_exact_through_restarts_on_bad_networks) {
  test::for_each_world(60, [](std::uint64_t seed) {
    RestartWorld world(seed);
    ASSERT_NO_FATAL_FAILURE(world.connect());
    const std::uint64_t restarts = 1 + world.below(3);
    for (std::uint64_t count = 1; count <= restarts; ++count) {
      world.run_for(world.up_to(2s));
      ASSERT_NO_FATAL_FAILURE(world.restart_by_anybody());
      ASSERT_NO_FATAL_FAILURE(world.run_until_restarted(count));
    }
    world.expect_all_messages();
  });
}

TEST(PeerRestartSim, a_restart_leaves_a_dead_path_and_loses_nothing) {
  test::for_each_world(60, [](std::uint64_t seed) {
    RestartWorld world(seed);
    ASSERT_NO_FATAL_FAILURE(world.connect());
    world.run_for(world.up_to(3s));
    ASSERT_NO_FATAL_FAILURE(world.move_and_restart());
    ASSERT_NO_FATAL_FAILURE(world.run_until_restarted(1));
    world.expect_the_new_path();
    world.expect_all_messages();
  });
}

}  // namespace
}  // namespace flnet::rtc
