// SPDX-License-Identifier: MIT OR Apache-2.0
// Two SCTP associations joined by a pipe that delays, loses, repeats, reorders and damages packets.
#pragma once

#include "base/random.hpp"
#include "rtc/sctp_association.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace flnet::rtc::test {

struct PipeQuality {
  Duration delay = 1ms;
  Duration jitter{};
  double loss = 0;
  double repeat = 0;
  double damage = 0;
};

/// One side: an association and everything it told.
class SctpEnd final : public SctpSink {
 public:
  struct Received {
    StreamId stream;
    std::uint32_t ppid;
    Bytes bytes;
  };

  SctpEnd(SctpConfig config, Random& random) : association(config, random, *this) {}

  void send_sctp(ByteView packet) override { out.push_back(to_bytes(packet)); }
  void sctp_connected() override { ++connected_calls; }
  void sctp_received(StreamId stream, std::uint32_t ppid, ByteView message) override {
    ++received_count;
    if (keep) received.push_back({stream, ppid, to_bytes(message)});
    if (on_received) on_received(stream, ppid, message);
  }
  void sctp_streams_reset(std::span<const StreamId> streams) override {
    reset_streams.insert(reset_streams.end(), streams.begin(), streams.end());
    if (on_streams_reset) on_streams_reset(streams);
  }
  void sctp_own_streams_reset(std::span<const StreamId> streams, bool performed) override {
    for (const StreamId stream : streams) own_resets.emplace_back(stream, performed);
    if (on_own_streams_reset) on_own_streams_reset(streams, performed);
  }
  void sctp_writable() override { ++writable_calls; }
  void sctp_closed(Error reason) override {
    ++closed_calls;
    closed = std::move(reason);
  }

  SctpAssociation association;
  std::vector<Bytes> out;
  std::vector<Received> received;
  std::vector<StreamId> reset_streams;
  std::vector<std::pair<StreamId, bool>> own_resets;  ///< And whether it was performed.
  std::function<void(StreamId, std::uint32_t, ByteView)> on_received;
  std::function<void(std::span<const StreamId>)> on_streams_reset;
  std::function<void(std::span<const StreamId>, bool performed)> on_own_streams_reset;
  bool keep = true;
  std::size_t received_count = 0;
  int connected_calls = 0;
  int writable_calls = 0;
  int closed_calls = 0;
  std::optional<Error> closed;
};

/// A virtual world of two ends; `run` advances it event by event.
class SctpPair {
 public:
  explicit SctpPair(std::uint64_t seed, SctpConfig config_a = {}, SctpConfig config_b = {})
      : random(seed), random_a_(seed * 2 + 1), random_b_(seed * 2 + 2) {
    ends[0] = std::make_unique<SctpEnd>(config_a, random_a_);
    ends[1] = std::make_unique<SctpEnd>(config_b, random_b_);
  }

  SctpEnd& a() { return *ends[0]; }
  SctpEnd& b() { return *ends[1]; }

  /// Hands out what both ends have to say.
  void flush() {
    for (int side = 0; side < 2; ++side) flush(side);
  }

  void flush(int side) {
    if (before_flush) before_flush(side);
    ends[side]->association.flush(now);
    for (Bytes& packet : ends[side]->out) put(side, std::move(packet));
    ends[side]->out.clear();
  }

  /// The next event, if it is not after `until`.
  bool step(Time until) {
    std::optional<Time> next;
    if (!wire_.empty()) next = wire_.begin()->first.first;
    for (int side = 0; side < 2; ++side) {
      next = earliest(next, ends[side]->association.deadline());
      if (owner_deadline) next = earliest(next, owner_deadline(side));
    }
    if (!next || *next > until) return false;
    now = std::max(now, *next);
    deliver_due();
    for (int side = 0; side < 2; ++side) {
      const auto at = ends[side]->association.deadline();
      if (at && *at <= now) ends[side]->association.handle_timeout(now);
      flush(side);
    }
    return true;
  }

  /// Runs until `done` or the time is over; true when `done`.
  bool run(Duration limit, const std::function<bool()>& done) {
    const Time until = now + limit;
    flush();
    while (!done()) {
      if (!step(until)) {
        now = until;
        return done();
      }
      ++steps;
      if (each_step) each_step();
      flush();
    }
    return true;
  }
  void run(Duration limit) {
    run(limit, [] { return false; });
  }

  bool connect() {
    a().association.connect(now);
    b().association.connect(now);
    return run(120s, [this] { return a().association.connected() && b().association.connected(); });
  }

  /// A side is gone and comes back with nothing; its packets on the way stay.
  void restart(int side, SctpConfig config = {}) {
    ends[side] = std::make_unique<SctpEnd>(config, side == 0 ? random_a_ : random_b_);
  }

  void clear_wire() { wire_.clear(); }

  Time now{1s};
  SeededRandom random;
  PipeQuality quality;
  bool cut = false;  ///< A partition: nothing gets through.
  std::size_t steps = 0;
  std::size_t packets = 0;
  std::size_t wire_bytes = 0;
  std::function<void()> each_step;
  /// The owner's turn between receiving and answering: what it holds, what it sends.
  std::function<void(int side)> before_flush;
  /// When the owner wants its turn.
  std::function<std::optional<Time>(int side)> owner_deadline;
  /// Sees every packet first; false drops it.
  std::function<bool(int side, Bytes& packet)> filter;
  std::array<std::unique_ptr<SctpEnd>, 2> ends;

 private:
  void put(int side, Bytes packet) {
    ++packets;
    wire_bytes += packet.size();
    if (filter && !filter(side, packet)) return;
    if (cut || random.unit() < quality.loss) return;
    const bool twice = random.unit() < quality.repeat;
    if (random.unit() < quality.damage)
      packet[random.below(packet.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
    if (twice) schedule(1 - side, packet);
    schedule(1 - side, std::move(packet));
  }

  void schedule(int to, Bytes packet) {
    Duration delay = quality.delay;
    if (quality.jitter > Duration(0))
      delay += Duration(static_cast<std::int64_t>(random.below(quality.jitter.count())));
    wire_.emplace(std::pair(now + delay, order_++), std::pair(to, std::move(packet)));
  }

  void deliver_due() {
    while (!wire_.empty() && wire_.begin()->first.first <= now) {
      auto [to, packet] = std::move(wire_.begin()->second);
      wire_.erase(wire_.begin());
      ends[to]->association.receive(packet, now);
    }
  }

  SeededRandom random_a_;
  SeededRandom random_b_;
  std::map<std::pair<Time, std::uint64_t>, std::pair<int, Bytes>> wire_;
  std::uint64_t order_ = 0;
};

}  // namespace flnet::rtc::test
