// SPDX-License-Identifier: MIT OR Apache-2.0
// Two SCTP associations in many virtual worlds: whatever the network does, messages arrive whole and in
// order.
#include "support/sctp_pair.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace flnet::rtc::test {
namespace {

constexpr std::uint32_t ppid_ordered = 53;
constexpr std::uint32_t ppid_unordered = 153;

/// The bytes of message `number` of a stream: both sides can compute them.
Bytes content(std::uint64_t seed, int side, StreamId stream, std::uint32_t number, std::size_t size) {
  Bytes bytes(size);
  std::uint64_t x =
      seed * 31 + static_cast<std::uint64_t>(side) * 7 + stream * 1000003ULL + number * 999983ULL + size;
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 8 == 0) x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    bytes[i] = static_cast<std::uint8_t>(x >> (8 * (i % 8)));
  }
  return bytes;
}

std::size_t random_size(Random& random) {
  switch (random.below(8)) {
    case 0:
      return 1 + random.below(4);
    case 1:
      return 1100 + random.below(200);
    case 2:
      return 1 + random.below(20'000);
    case 3:
      return random.below(8) == 0 ? 256 * 1024 - random.below(3) : 1 + random.below(64'000);
    default:
      return 1 + random.below(600);
  }
}

/// What one side still has to send and what the other must have received.
class Traffic {
 public:
  Traffic(std::uint64_t seed, int side, Random& random) : seed_(seed), side_(side) {
    const std::size_t streams = 1 + random.below(5);
    const std::size_t count = 1 + random.below(60);
    for (std::size_t i = 0; i < count; ++i) {
      const auto stream = static_cast<StreamId>(random.below(streams) * 3);
      const bool unordered = random.below(4) == 0;
      messages_.push_back({stream, unordered, numbers_[stream]++, random_size(random)});
    }
  }

  /// Sends as much as the buffer takes.
  void feed(SctpEnd& from, Time now) {
    for (; next_ < messages_.size(); ++next_) {
      const Entry& entry = messages_[next_];
      const Bytes bytes = content(seed_, side_, entry.stream, entry.number, entry.size);
      const std::uint32_t ppid = entry.unordered ? ppid_unordered : ppid_ordered;
      const auto sent = from.association.send(entry.stream, ppid, entry.unordered, bytes, now);
      if (sent) continue;
      EXPECT_EQ(sent.error().code, ErrorCode::queue_full) << to_string(sent.error());
      return;
    }
  }

  bool all_fed() const { return next_ == messages_.size(); }
  std::size_t size() const { return messages_.size(); }

  /// Ordered messages of each stream came in their order, unordered ones in any, each once and exactly.
  void check(const SctpEnd& to) const {
    std::map<StreamId, std::vector<Bytes>> ordered;
    std::map<StreamId, std::multiset<Bytes>> unordered;
    for (const Entry& entry : messages_) {
      Bytes bytes = content(seed_, side_, entry.stream, entry.number, entry.size);
      if (entry.unordered) {
        unordered[entry.stream].insert(std::move(bytes));
      } else {
        ordered[entry.stream].push_back(std::move(bytes));
      }
    }
    std::map<StreamId, std::size_t> position;
    for (const auto& message : to.received) {
      if (message.ppid == ppid_unordered) {
        const auto found = unordered[message.stream].find(message.bytes);
        ASSERT_NE(found, unordered[message.stream].end());
        unordered[message.stream].erase(found);
      } else {
        const std::size_t at = position[message.stream]++;
        ASSERT_LT(at, ordered[message.stream].size());
        ASSERT_TRUE(message.bytes == ordered[message.stream][at])
            << "stream " << message.stream << " message " << at;
      }
    }
    ASSERT_EQ(to.received.size(), messages_.size());
  }

 private:
  struct Entry {
    StreamId stream;
    bool unordered;
    std::uint32_t number;
    std::size_t size;
  };
  std::uint64_t seed_;
  int side_;
  std::vector<Entry> messages_;
  std::map<StreamId, std::uint32_t> numbers_;
  std::size_t next_ = 0;
};

PipeQuality random_quality(Random& random) {
  PipeQuality quality;
  quality.delay = Duration(static_cast<std::int64_t>(random.below(100'000)));
  if (random.below(2) == 0) quality.jitter = Duration(1 + static_cast<std::int64_t>(random.below(60'000)));
  constexpr double losses[] = {0, 0, 0.001, 0.01, 0.05, 0.3};
  quality.loss = losses[random.below(6)];
  if (random.below(3) == 0) quality.repeat = random.unit() * 0.2;
  if (random.below(3) == 0) quality.damage = random.unit() * 0.05;
  return quality;
}

SctpConfig random_config(Random& random) {
  SctpConfig config;
  constexpr std::size_t packets[] = {600, 1184, 1184, 1400, 9000};
  config.max_packet_size = packets[random.below(5)];
  if (random.below(3) == 0) config.receive_window = 300'000 + random.below(500'000);
  if (random.below(3) == 0) config.send_buffer_limit = 300'000 + random.below(500'000);
  config.max_retransmissions = 40;  // So that bad luck at 30 % loss ends nothing.
  config.max_init_retransmissions = 40;
  return config;
}

struct Outcome {
  std::size_t steps = 0, packets = 0, wire_bytes = 0;
  Time end;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome one_world(std::uint64_t seed) {
  SeededRandom random(seed);
  const SctpConfig config_a = random_config(random);
  const SctpConfig config_b = random_config(random);
  SctpPair pair(seed, config_a, config_b);
  pair.quality = random_quality(random);
  if (random.below(4) == 0) {
    pair.a().association.connect(pair.now);  // The other side only answers.
    EXPECT_TRUE(
        pair.run(300s, [&] { return pair.a().association.connected() && pair.b().association.connected(); }));
  } else {
    EXPECT_TRUE(pair.connect());
  }
  Traffic a_to_b(seed, 0, random);
  Traffic b_to_a(seed, 1, random);
  const bool slow_reader = random.below(4) == 0;
  std::uint64_t taken = 0;
  if (random.below(4) == 0)
    pair.filter = [&, from = pair.now + 300ms](int, Bytes&) {
      return pair.now < from || pair.now > from + 1500ms;  // A partition.
    };
  Time next_read = pair.now;
  pair.each_step = [&] {
    a_to_b.feed(pair.a(), pair.now);
    b_to_a.feed(pair.b(), pair.now);
    EXPECT_LE(pair.a().association.buffered_bytes(), config_a.send_buffer_limit);
  };
  pair.before_flush = [&](int side) {
    if (side == 0 || !slow_reader) return;
    const std::uint64_t received = pair.b().association.counters().bytes_received;
    if (pair.now >= next_read) {  // The reader takes everything, now and then.
      next_read = pair.now + 50ms;
      taken = received;
    }
    pair.b().association.set_held_bytes(received - taken, pair.now);
  };
  pair.each_step();
  const bool done = pair.run(3600s, [&] {
    return a_to_b.all_fed() && b_to_a.all_fed() && pair.b().received.size() >= a_to_b.size() &&
           pair.a().received.size() >= b_to_a.size();
  });
  EXPECT_TRUE(done) << "a got " << pair.a().received.size() << " of " << b_to_a.size() << ", b got "
                    << pair.b().received.size() << " of " << a_to_b.size();
  a_to_b.check(pair.b());
  b_to_a.check(pair.a());
  pair.each_step = nullptr;
  pair.before_flush = nullptr;
  pair.filter = nullptr;
  pair.b().association.set_held_bytes(0, pair.now);
  pair.quality.loss = std::min(pair.quality.loss, 0.05);

  pair.a().association.shutdown(pair.now);
  if (random.below(2) == 0) pair.b().association.shutdown(pair.now);
  EXPECT_TRUE(pair.run(600s, [&] { return pair.a().closed && pair.b().closed; }));
  EXPECT_EQ(pair.a().closed_calls, 1);
  EXPECT_EQ(pair.b().closed_calls, 1);
  EXPECT_EQ(pair.a().association.buffered_bytes(), 0U);
  EXPECT_EQ(pair.b().association.buffered_bytes(), 0U);
  EXPECT_FALSE(pair.a().association.deadline());
  EXPECT_FALSE(pair.b().association.deadline());
  return {pair.steps, pair.packets, pair.wire_bytes, pair.now};
}

TEST(SctpSim, messages_arrive_whole_and_in_order_in_every_world) {
  flnet::test::for_each_world(100, [](std::uint64_t seed) { one_world(seed); });
}

TEST(SctpSim, one_seed_is_one_run) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    EXPECT_EQ(one_world(seed), one_world(seed)) << "seed " << seed;
}

TEST(SctpSim, a_restarted_peer_ends_the_association) {
  flnet::test::for_each_world(50, [](std::uint64_t seed) {
    SctpPair pair(seed);
    ASSERT_TRUE(pair.connect());
    ASSERT_TRUE(pair.a().association.send(0, 53, false, Bytes(5000, 7), pair.now));
    pair.flush();
    pair.restart(1);
    pair.b().association.connect(pair.now);
    ASSERT_TRUE(pair.run(60s, [&] { return pair.a().closed && pair.b().closed; }));
    EXPECT_EQ(pair.a().closed->code, ErrorCode::closed);
  });
}

TEST(SctpSim, a_lasting_partition_is_noticed) {
  SctpPair pair(1);
  ASSERT_TRUE(pair.connect());
  pair.cut = true;
  ASSERT_TRUE(pair.a().association.send(0, 53, false, Bytes(100, 7), pair.now));
  ASSERT_TRUE(pair.run(400s, [&] { return pair.a().closed && pair.b().closed; }));
  EXPECT_EQ(pair.a().closed->code, ErrorCode::timed_out);
  EXPECT_EQ(pair.b().closed->code, ErrorCode::timed_out);
}

}  // namespace
}  // namespace flnet::rtc::test
