// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInCrowd: what its nodes do, what is done to them, and the account of it.
#include "sim/net/stand_in_crowd.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::test {
namespace {

/// A number, and bytes that follow from it.
Message numbered(std::uint32_t number, std::size_t padding) {
  Bytes bytes(4 + padding, static_cast<std::uint8_t>(number));
  store_u32(bytes.data(), number);
  return Message::from_binary(std::move(bytes));
}

StandInConfig config_of(std::uint64_t seed) {
  return {.seed = seed, .conditions = {.latency = 20ms, .jitter = 5ms}};
}

}  // namespace

StandInCrowd::StandInCrowd(VirtualLoop& loop, std::uint64_t seed, std::size_t size)
    : loop_(loop), random_(seed), world_(config_of(seed), loop), members_(size) {}

template <class... Parts>
void StandInCrowd::note_event(const Parts&... parts) {
  std::string line = std::to_string(loop_.now().time_since_epoch().count());
  (line.append(" ").append(parts), ...);
  trace_.push_back(std::move(line));
}

Duration StandInCrowd::between(Duration least, Duration most) {
  return least + Duration(static_cast<std::int64_t>(
                     random_.below(static_cast<std::uint64_t>((most - least).count()) + 1)));
}

std::size_t StandInCrowd::index_of(const NodeID& id) const {
  return indices_.at(id);
}

// What nodes do.

Task<> StandInCrowd::start() {
  JobSet starting;
  for (std::size_t i = 0; i < size(); ++i) {
    members_[i].config = co_await world_.node_config("node " + std::to_string(i));
    indices_[members_[i].config.info.id()] = i;
    starting.add(run_member(i));
  }
  co_await starting.empty();
}

Task<> StandInCrowd::run_member(std::size_t index) {
  Member& member = members_[index];
  while (!member.net) {
    auto net = co_await world_.start_node(member.config);
    if (net) {
      member.net = std::move(*net);
    } else {
      co_await sleep(1s);  // The server is gone, or out of reach.
    }
  }
  member.reading = std::make_unique<JobSet>();
  member.reading->add(read(index));
}

Task<> StandInCrowd::read(std::size_t index) {
  Network& net = *members_[index].net;
  while (auto reply = co_await net.recv()) note(index, *reply);
}

void StandInCrowd::note(std::size_t index, const NetReply::Any& reply) {
  const std::string self = std::to_string(index);
  if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&reply)) {
    const std::size_t from = index_of(received->from);
    const std::uint32_t number = load_u32(received->message.bytes.data());
    EXPECT_EQ(received->message, numbered(number, received->message.bytes.size() - 4));
    accounts_[{from, index}].received.push_back(number);
    note_event(self, "hears", std::to_string(from), std::to_string(number));
  } else if (const auto* lost = std::get_if<NetReply::MessagesLost>(&reply)) {
    note_loss({index, index_of(lost->peer)});
    note_event(self, "lost", std::to_string(lost->count));
  } else if (const auto* down = std::get_if<NetReply::Disconnected>(&reply)) {
    note_loss({index, index_of(down->peer)});
    note_event(self, "parts from", std::to_string(index_of(down->peer)), down->reason.detail);
  } else if (const auto* up = std::get_if<NetReply::Connected>(&reply)) {
    note_event(self, "meets", std::to_string(index_of(up->peer)));
  }
}

void StandInCrowd::note_loss(Pair pair) {
  Account& account = accounts_[pair];
  account.told.push_back(account.sent);
}

void StandInCrowd::send_one() {
  const std::size_t from = random_.below(size());
  send(from, (from + 1 + random_.below(size() - 1)) % size());
}

void StandInCrowd::send(std::size_t from, std::size_t to) {
  Member& member = members_[from];
  if (!member.net) return;
  Account& account = accounts_[{from, to}];
  const bool large = random_.below(20) == 0;
  const auto message = numbered(account.sent + 1, random_.below(large ? 100'000 : 100));
  if (member.net->try_send(members_[to].config.info.id(), message.view())) ++account.sent;
}

Task<> StandInCrowd::greet_all() {
  for (std::size_t from = 0; from < size(); ++from) {
    for (std::size_t to = 0; to < size(); ++to) {
      if (from == to) continue;
      const Account& account = accounts_[{from, to}];
      const std::uint32_t before = account.sent;
      send(from, to);
      EXPECT_EQ(account.sent, before + 1) << from << " has no room for " << to;
    }
  }
  const Time give_up = loop_.now() + 5min;
  while (!everything_arrived() && loop_.now() < give_up) co_await sleep(1s);
  for (const auto& [pair, account] : accounts_) {
    EXPECT_TRUE(!account.received.empty() && account.received.back() == account.sent)
        << pair.first << " -> " << pair.second << " sent " << account.sent;
  }
}

bool StandInCrowd::everything_arrived() const {
  return std::ranges::all_of(accounts_, [](const auto& entry) {
    return !entry.second.received.empty() && entry.second.received.back() == entry.second.sent;
  });
}

// What is done to them.

Task<> StandInCrowd::cut(Duration longest) {
  if (random_.below(3) == 0) {
    const std::size_t index = random_.below(size());
    world_.isolate(members_[index].config.info.id());
    note_event("isolated", std::to_string(index));
  } else {
    NodeIDs side;
    for (const Member& member : members_) {
      if (random_.below(2) == 0) side.push_back(member.config.info.id());
    }
    note_event("cut", std::to_string(side.size()));
    world_.partition(side);
  }
  co_await sleep(between(10ms, longest));
  world_.heal();
  note_event("healed");
}

Task<> StandInCrowd::lose_the_server(Duration longest) {
  world_.stop_signalling();
  co_await sleep(between(10ms, longest));
  world_.start_signalling();
}

void StandInCrowd::change_conditions() {
  const StandInConditions conditions{
      .latency = between(0ms, 300ms),
      .jitter = between(0ms, 200ms),
      .loss = random_.unit() * 0.3,
      .bytes_per_second = random_.below(2) * (100'000 + random_.below(900'000))};
  if (random_.below(2) == 0) {
    world_.set_conditions(conditions);
    return;
  }
  const NodeID from = members_[random_.below(size())].config.info.id();
  world_.set_conditions(from, members_[random_.below(size())].config.info.id(), conditions);
}

void StandInCrowd::calm_down() {
  world_.heal();
  world_.start_signalling();
  world_.set_conditions({.latency = 20ms});
  for (const Member& from : members_) {
    for (const Member& to : members_) {
      world_.set_conditions(from.config.info.id(), to.config.info.id(), {.latency = 20ms});
    }
  }
}

Task<> StandInCrowd::restart_one() {
  const std::size_t index = random_.below(size());
  if (!members_[index].net) co_return;
  const NodeID id = members_[index].config.info.id();
  const bool unseen = random_.below(2) == 0;
  note_event("restart", std::to_string(index));
  if (unseen) world_.isolate(id);
  stop_member(index);
  members_[index].restarted = true;
  if (unseen) world_.rejoin(id);
  co_await sleep(between(0ms, 60s));
  co_await run_member(index);
}

void StandInCrowd::stop_member(std::size_t index) {
  members_[index].reading.reset();
  members_[index].net.reset();
}

Task<> StandInCrowd::close_all() {
  for (Member& member : members_) {
    const auto closed = co_await member.net->close();
    EXPECT_TRUE(closed.has_value()) << to_string(closed.error());
  }
  co_await sleep(1min);
  for (std::size_t i = 0; i < size(); ++i) stop_member(i);
}

// The account.

void StandInCrowd::check_order() const {
  for (const auto& [pair, account] : accounts_) {
    const auto& received = account.received;
    const auto twice = std::ranges::adjacent_find(received, std::greater_equal{});
    EXPECT_TRUE(twice == received.end())
        << pair.first << " -> " << pair.second << " hears " << *twice << " too late or twice";
  }
}

void StandInCrowd::check_that_nothing_was_lost_in_silence() const {
  for (const auto& [pair, account] : accounts_) {
    if (members_[pair.first].restarted || members_[pair.second].restarted) continue;
    std::uint32_t expected = 1;
    std::size_t gaps = 0;
    for (const std::uint32_t number : account.received) {
      if (number > expected) {
        ++gaps;
        EXPECT_TRUE(!account.told.empty() && account.told.back() >= number - 1)
            << pair.first << " was told of nothing after " << number - 1 << " for " << pair.second;
      }
      expected = number + 1;
    }
    EXPECT_LE(gaps, account.told.size()) << pair.first << " -> " << pair.second;
  }
}

void StandInCrowd::check_that_nothing_was_lost() const {
  for (const auto& [pair, account] : accounts_) {
    EXPECT_EQ(account.received.size(), account.sent) << pair.first << " -> " << pair.second;
  }
}

}  // namespace flnet::test
