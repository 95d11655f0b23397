// SPDX-License-Identifier: MIT OR Apache-2.0
// Channels of all modes that open, send and close at once, in many virtual worlds that lose, repeat and
// reorder.
#include "base/byte_io.hpp"
#include "support/channel_pair.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace flnet::rtc::test {
namespace {

/// One channel, from its opening to its end.
struct Life {
  enum class Closer { opener, peer };

  DataChannelOptions options;
  std::vector<std::size_t> sizes;  ///< Of its messages.
  Closer closer = Closer::opener;
  std::optional<ChannelId> id;
  std::uint32_t sent = 0;
  Bytes next;  ///< Until it was accepted.
  bool closing = false;
  bool over = false;
  std::optional<ChannelId> at_peer;

  bool ordered() const { return options.ordered; }
  bool reliable() const { return options.reliability == Reliability::reliable; }
};

Bytes content(const std::string& label, std::uint32_t number, std::size_t size) {
  Bytes bytes;
  append_u32(bytes, number);
  std::uint64_t x = number * 999983ULL + size;
  for (const char c : label) x = x * 31 + static_cast<unsigned char>(c);
  bytes.resize(size, static_cast<std::uint8_t>(x >> 13));
  for (std::size_t i = 4; i < size; i += 97) {
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    bytes[i] = static_cast<std::uint8_t>(x >> 56);
  }
  return bytes;
}

Life random_life(const std::string& label, Random& random) {
  Life life;
  life.options.label = label;
  life.options.ordered = random.below(2) == 0;
  switch (random.below(3)) {
    case 0:
      break;
    case 1:
      life.options.reliability = Reliability::max_retransmits;
      life.options.reliability_parameter = static_cast<std::uint32_t>(random.below(4));
      break;
    default:
      life.options.reliability = Reliability::max_lifetime;
      life.options.reliability_parameter = static_cast<std::uint32_t>(random.below(2) * random.below(2000));
  }
  const std::size_t count = 1 + random.below(30);  // One without any may be closed before it is announced.
  for (std::size_t i = 0; i < count; ++i) {
    life.sizes.push_back(4 + (random.below(5) == 0 ? random.below(60'000) : random.below(900)));
  }
  if (random.below(4) == 0) life.closer = Life::Closer::peer;
  return life;
}

/// What one side does: it keeps a few channels open at a time until all its lives are over.
class Owner {
 public:
  Owner(int side, Channels& own, Channels& other, Random& random)
      : own_(own), other_(other), at_once_(1 + random.below(6)) {
    const std::size_t count = 1 + random.below(14);
    for (std::size_t i = 0; i < count; ++i) {
      lives_.push_back(random_life(std::to_string(side) + "/" + std::to_string(i), random));
    }
  }

  void act(Time now) {
    look();
    for (Life& life : lives_) {
      if (!life.id && open_count_ < at_once_) {
        life.id = *own_.channels.open(life.options, now);
        ++open_count_;
      }
      if (life.id && !life.closing) continue_life(life, now);
    }
  }

  bool is_done() const {
    return std::ranges::all_of(lives_, [](const Life& life) { return life.over; });
  }
  std::size_t size() const { return lives_.size(); }

  void check(std::uint64_t abandoned) const {
    std::uint64_t missing = 0;
    for (const Life& life : lives_) missing += check(life);
    EXPECT_LE(missing, abandoned);
  }

 private:
  /// What was told since the last time.
  void look() {
    for (; closed_seen_ < own_.closed.size(); ++closed_seen_) {
      for (Life& life : lives_) {
        if (life.id != own_.closed[closed_seen_]) continue;
        life.over = true;
        --open_count_;
      }
    }
    for (; opened_seen_ < other_.opened.size(); ++opened_seen_) {
      for (Life& life : lives_) {
        if (life.options.label == other_.opened[opened_seen_].options.label) {
          life.at_peer = other_.opened[opened_seen_].id;
        }
      }
    }
  }

  void continue_life(Life& life, Time now) {
    if (life.closer == Life::Closer::peer) {
      // Somewhere in the middle of its messages.
      if (life.at_peer && life.sent * 2 >= life.sizes.size()) {
        other_.channels.close(*life.at_peer, now);
        life.closing = true;
        return;
      }
    }
    for (; life.sent < life.sizes.size(); ++life.sent) {
      if (life.next.empty()) life.next = content(life.options.label, life.sent, life.sizes[life.sent]);
      const auto sent = own_.channels.send(*life.id, {MessageKind::binary, life.next}, now);
      if (sent) {
        life.next.clear();
        continue;
      }
      EXPECT_EQ(sent.error().code, ErrorCode::queue_full) << to_string(sent.error());
      return;
    }
    if (life.closer == Life::Closer::peer) return;
    own_.channels.close(*life.id, now);
    life.closing = true;
  }

  /// How many messages of a channel that its opener closed did not arrive.
  std::uint64_t check(const Life& life) const {
    const auto id = life.at_peer;
    EXPECT_TRUE(id) << life.options.label;
    if (!id) return 0;
    std::vector<std::uint32_t> numbers;
    for (const auto& [channel, message] : other_.received) {
      if (channel != *id) continue;
      const std::uint32_t number = load_u32(message.bytes.data());
      EXPECT_LT(number, life.sent);
      EXPECT_TRUE(message.bytes == content(life.options.label, number, life.sizes[number]));
      numbers.push_back(number);
    }
    // Messages sent before the ACK are ordered, whatever the channel is.
    if (life.ordered()) {
      EXPECT_TRUE(std::ranges::is_sorted(numbers)) << life.options.label;
    }
    EXPECT_EQ(std::set<std::uint32_t>(numbers.begin(), numbers.end()).size(), numbers.size()) << "twice";
    if (life.closer == Life::Closer::peer) {
      if (life.ordered() && life.reliable() && !numbers.empty()) {
        EXPECT_EQ(numbers.back() + 1, numbers.size());
      }
      return 0;
    }
    if (life.reliable()) {
      EXPECT_EQ(numbers.size(), life.sizes.size()) << life.options.label;
    }
    return life.sizes.size() - numbers.size();
  }

  Channels& own_;
  Channels& other_;
  std::size_t at_once_;
  std::vector<Life> lives_;
  std::size_t open_count_ = 0;
  std::size_t closed_seen_ = 0;
  std::size_t opened_seen_ = 0;
};

PipeQuality random_quality(Random& random) {
  PipeQuality quality;
  quality.delay = Duration(static_cast<std::int64_t>(random.below(80'000)));
  if (random.below(2) == 0) quality.jitter = Duration(1 + static_cast<std::int64_t>(random.below(60'000)));
  constexpr double losses[] = {0, 0.01, 0.05, 0.1, 0.3};
  quality.loss = losses[random.below(5)];
  if (random.below(3) == 0) quality.repeat = random.unit() * 0.3;
  if (random.below(4) == 0) quality.damage = random.unit() * 0.05;
  return quality;
}

SctpConfig random_config(Random& random) {
  SctpConfig config;
  constexpr std::size_t packets[] = {600, 1184, 1400};
  config.max_packet_size = packets[random.below(3)];
  if (random.below(3) == 0) config.receive_window = 70'000 + random.below(200'000);
  if (random.below(3) == 0) config.send_buffer_limit = 100'000 + random.below(200'000);
  config.max_retransmissions = 40;  // So that bad luck at 30 % loss ends nothing.
  config.max_init_retransmissions = 40;
  return config;
}

struct Outcome {
  std::size_t steps = 0, packets = 0, wire_bytes = 0;
  std::uint64_t abandoned = 0, skipped = 0;
  Time end;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void expect_at_rest(const SctpEnd& end, const Channels& channels) {
  EXPECT_FALSE(end.closed) << to_string(*end.closed);
  EXPECT_EQ(end.association.buffered_bytes(), 0U);
  EXPECT_FALSE(channels.channels.deadline());
  EXPECT_EQ(channels.channels.counters().dropped_malformed, 0U);
  EXPECT_EQ(std::set<ChannelId>(channels.closed.begin(), channels.closed.end()).size(),
            channels.closed.size());
}

Outcome one_world(std::uint64_t seed) {
  SeededRandom random(seed);
  const SctpConfig config_a = random_config(random);
  const SctpConfig config_b = random_config(random);
  ChannelPair world(seed, config_a, config_b);
  world.pair.quality = random_quality(random);
  Owner of_a(0, world.a, world.b, random);
  Owner of_b(1, world.b, world.a, random);
  EXPECT_TRUE(world.connect());
  if (random.below(4) == 0)
    world.pair.filter = [&pair = world.pair, from = world.pair.now + 300ms](int, Bytes&) {
      return pair.now < from || pair.now > from + 1500ms;  // A partition.
    };
  world.pair.each_step = [&] {
    of_a.act(world.pair.now);
    of_b.act(world.pair.now);
  };
  world.pair.each_step();
  const std::size_t all = of_a.size() + of_b.size();
  const bool done = world.pair.run(3600s, [&] {
    return of_a.is_done() && of_b.is_done() && world.a.closed.size() == all && world.b.closed.size() == all;
  });
  EXPECT_TRUE(done) << "a has closed " << world.a.closed.size() << ", b " << world.b.closed.size() << " of "
                    << all;
  const auto is_quiet = [&] {
    return world.pair.a().association.buffered_bytes() + world.pair.b().association.buffered_bytes() == 0;
  };
  EXPECT_TRUE(world.pair.run(3600s, is_quiet));
  expect_at_rest(world.pair.a(), world.a);
  expect_at_rest(world.pair.b(), world.b);
  const SctpCounters& a = world.pair.a().association.counters();
  const SctpCounters& b = world.pair.b().association.counters();
  of_a.check(a.messages_abandoned);
  of_b.check(b.messages_abandoned);
  return {world.pair.steps,
          world.pair.packets,
          world.pair.wire_bytes,
          a.messages_abandoned + b.messages_abandoned,
          a.chunks_skipped + b.chunks_skipped,
          world.pair.now};
}

TEST(DataChannelSim, channels_of_all_modes_keep_what_they_promise_in_every_world) {
  std::uint64_t abandoned = 0, skipped = 0;
  flnet::test::for_each_world(100, [&](std::uint64_t seed) {
    const Outcome outcome = one_world(seed);
    abandoned += outcome.abandoned;
    skipped += outcome.skipped;
  });
  if (flnet::test::environment_number("FLNET_WORLDS", 100) >= 100) {
    EXPECT_GT(abandoned, 0U) << "worlds that never give up show nothing";
    EXPECT_GT(skipped, 0U);
  }
}

TEST(DataChannelSim, one_seed_is_one_run) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    EXPECT_EQ(one_world(seed), one_world(seed)) << "seed " << seed;
}

}  // namespace
}  // namespace flnet::rtc::test
