// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerScenario: one seeded life of two PeerConnections, with what must hold in every one of them.
#pragma once

#include "support/peer_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace flnet::test {

class PeerScenario {
 public:
  PeerScenario(std::uint64_t seed, rtc::DtlsContext& offerer_dtls, rtc::DtlsContext& answerer_dtls,
               bool corruption = true)
      : dice_(seed),
        conditions_(draw_conditions(corruption)),
        world_(seed, offerer_dtls, answerer_dtls, draw_config(1), draw_config(2)) {
    world_.network.set_conditions(conditions_);
  }

  /// A set-up, messages both ways, perhaps a partition, an end.
  void run() {
    offerer_.id = world_.offerer->open_channel("data");
    offerer_.end = world_.offerer.get();
    answerer_.end = world_.answerer.get();
    world_.describe(draw_delay(), draw_delay());
    run_until([this] { return channel_is_open() || world_.offerer->is_over(); }, 40s);
    if (channel_is_open()) {
      connected_ = true;
      answerer_.id = world_.answerer->channels["data"];
      exchange_messages();
    } else {
      EXPECT_GE(conditions_.loss, 0.1) << "a network this good must connect";
    }
    finish();
  }

  bool was_connected() const { return connected_; }
  /// Differs between runs that differ in anything that was sent.
  std::pair<Time, std::uint64_t> fingerprint() const {
    return {world_.queue.now(), world_.network.counters().sent};
  }

 private:
  struct Side {
    PeerEnd* end = nullptr;
    rtc::ChannelId id = 0;
    std::vector<Message> sent;
  };
  enum class End {
    offerer_shuts_down,
    answerer_shuts_down,
    both_shut_down,
    offerer_aborts,
    answerer_aborts,
    network_dies
  };

  bool chance(double probability) { return dice_.unit() < probability; }
  Duration up_to(Duration bound) {
    return Duration(static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(bound.count()) + 1)));
  }
  Duration draw_delay() { return chance(0.5) ? Duration::zero() : up_to(3s); }

  NetworkConditions draw_conditions(bool corruption) {
    NetworkConditions drawn;
    drawn.latency = up_to(100ms);
    drawn.jitter = chance(0.5) ? up_to(20ms) : Duration::zero();
    drawn.loss = chance(0.3) ? 0 : dice_.unit() * 0.3;
    drawn.duplication = chance(0.5) ? dice_.unit() * 0.2 : 0;
    drawn.reordering = chance(0.5) ? dice_.unit() * 0.2 : 0;
    drawn.corruption = corruption && chance(0.5) ? dice_.unit() * 0.05 : 0;
    return drawn;
  }

  rtc::PeerConnectionConfig draw_config(std::uint8_t host) {
    rtc::PeerConnectionConfig config;
    config.local_addresses = PeerWorld::address(host);
    for (std::uint8_t extra = 1; chance(0.3) && extra < 4; ++extra)
      config.local_addresses.push_back(PeerWorld::address(static_cast<std::uint8_t>(host + 10 * extra))[0]);
    return config;
  }

  template <class Condition>
  bool run_until(Condition done, Duration limit) {
    return world_.queue.run_until(done, limit);
  }

  bool channel_is_open() const {
    return world_.both_connected() && world_.answerer->channels.contains("data") &&
           world_.offerer->channels.contains("data");
  }

  void exchange_messages() {
    const auto rounds = 1 + dice_.below(8);
    for (std::uint64_t round = 0; round < rounds; ++round) {
      for (auto* side : {&offerer_, &answerer_})
        for (auto count = dice_.below(6); count > 0; --count) send_one(*side);
      if (chance(0.1)) {
        const Duration partition = up_to(8s);
        world_.network.set_partitioned(true);
        world_.queue.run_for(partition);
        world_.network.set_partitioned(false);
        partitioned_ += partition;
      }
      world_.queue.run_for(up_to(500ms));
    }
  }

  void send_one(Side& side) {
    Message message;
    if (chance(0.3)) {
      message = Message::from_text(std::string(dice_.below(50), 'x') + std::to_string(dice_.u32()));
    } else {
      message.bytes.resize(chance(0.2) ? dice_.below(60'000) : dice_.below(3'000));
      dice_.fill(message.bytes);
    }
    if (side.end->send(side.id, message)) side.sent.push_back(std::move(message));
  }

  void finish() {
    const auto end = static_cast<End>(dice_.below(6));
    const bool aborted = end == End::offerer_aborts || end == End::answerer_aborts;
    const bool graceful = !aborted && end != End::network_dies;
    if (chance(0.5) && connected_ && !graceful) world_.queue.run_for(60s);
    switch (end) {
      case End::offerer_shuts_down:
        world_.offerer->shutdown();
        break;
      case End::answerer_shuts_down:
        world_.answerer->shutdown();
        break;
      case End::both_shut_down:
        world_.offerer->shutdown();
        world_.answerer->shutdown();
        break;
      case End::offerer_aborts:
        world_.offerer->abort();
        break;
      case End::answerer_aborts:
        world_.answerer->abort();
        break;
      case End::network_dies:
        world_.network.set_partitioned(true);
        break;
    }
    world_.queue.run_for(240s);
    check_messages(offerer_, answerer_, graceful);
    check_messages(answerer_, offerer_, graceful);
    check_nothing_is_left(end);
  }

  /// What came is what was sent, in order; all of it after a graceful end.
  void check_messages(const Side& from, const Side& to, bool all) {
    if (!connected_) return;
    const auto& received = to.end->received[to.id];
    ASSERT_LE(received.size(), from.sent.size());
    // Consent is asked for six times in 30 s and never twice (RFC 7675 §5.1): a bad network, or one that was
    // away for long, may lose it. A good one has no excuse.
    const bool was_bad = conditions_.loss > 0.1 || partitioned_ > 10s;
    const bool was_lost = was_bad && !ended_in_order();
    if (all && !was_lost) {
      EXPECT_EQ(received.size(), from.sent.size())
          << "sender: " << describe(*from.end) << ", receiver: " << describe(*to.end) << ", loss "
          << conditions_.loss;
    }
    EXPECT_TRUE(std::ranges::equal(received, std::span(from.sent).first(received.size())));
  }

  void check_nothing_is_left(End end) {
    // Who aborts is not told, unless its end came before.
    EXPECT_TRUE(end == End::offerer_aborts || world_.offerer->is_over());
    EXPECT_TRUE(end == End::answerer_aborts || world_.answerer->is_over());
    EXPECT_FALSE(world_.offerer->connection().deadline());
    EXPECT_FALSE(world_.answerer->connection().deadline());
    EXPECT_TRUE(world_.queue.empty());
  }

  bool ended_in_order() const {
    return world_.both_over() && world_.offerer->end->code == ErrorCode::closed &&
           world_.answerer->end->code == ErrorCode::closed;
  }

  static std::string describe(const PeerEnd& end) { return end.end ? to_string(*end.end) : "not over"; }

  SeededRandom dice_;
  NetworkConditions conditions_;
  PeerWorld world_;
  Side offerer_, answerer_;
  bool connected_ = false;
  Duration partitioned_{};  ///< In all, while messages were exchanged.
};

}  // namespace flnet::test
