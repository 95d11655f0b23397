// SPDX-License-Identifier: MIT OR Apache-2.0
// Stream reset (RFC 6525): our requests and the peer's.
#include "base/byte_io.hpp"
#include "rtc/sctp_chunk.hpp"
#include "rtc/sctp_reset_result.hpp"
#include "support/sctp_pair.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

struct Parameter {
  std::uint16_t type;
  Bytes body;
};

std::vector<Parameter> re_config_of(ByteView packet) {
  std::vector<Parameter> parameters;
  SctpChunkReader reader(packet);
  while (const auto chunk = reader.next()) {
    if (chunk->type != chunk_type::re_config) continue;
    SctpParameterReader inside(chunk->body);
    while (const auto parameter = inside.next())
      parameters.push_back({parameter->type, to_bytes(parameter->body)});
  }
  return parameters;
}

/// Both sides of a connected pair; what b answers can be forged.
class SctpStreamResetTest : public ::testing::Test {
 protected:
  SctpStreamResetTest() : pair(1) {
    pair.filter = [this](int side, Bytes& packet) {
      SctpChunkReader reader(packet);
      const bool is_init = reader.next()->type == chunk_type::init;
      if (!is_init) tag_of[1 - side] = decode_sctp_header(packet)->verification_tag;
      for (Parameter& parameter : re_config_of(packet)) {
        seen[side].push_back(std::move(parameter));
        if (hold[side]) return false;
      }
      return true;
    };
    EXPECT_TRUE(pair.connect());
    pair.run(10ms);
  }

  void forge(int to, std::uint16_t type, const Bytes& parameter) {
    Bytes body;
    append_sctp_parameter(body, type, parameter);
    SctpPacketBuilder builder(1200);
    builder.begin({5000, 5000, tag_of[to]});
    builder.add(chunk_type::re_config, 0, body);
    pair.ends[to]->association.receive(builder.finish(), pair.now);
    pair.flush(to);
  }
  void answer(std::uint32_t number, std::uint32_t result) {
    Bytes response;
    append_u32(response, number);
    append_u32(response, result);
    forge(0, parameter_type::reconfig_response, response);
  }
  std::uint32_t last_number() const { return load_u32(seen[0].back().body.data()); }
  bool ask(StreamId stream) {
    const std::size_t before = seen[0].size();
    pair.a().association.reset_stream(stream);
    return pair.run(1s, [&] { return seen[0].size() > before; });
  }
  Result<> send(StreamId stream, std::string_view text) {
    return pair.a().association.send(stream, 53, false, as_bytes(text), pair.now);
  }

  std::array<std::uint32_t, 2> tag_of{};
  std::array<bool, 2> hold{};  ///< Loses packets of that side with a RE-CONFIG.
  std::array<std::vector<Parameter>, 2> seen;
  SctpPair pair;
};

using Resets = std::vector<std::pair<StreamId, bool>>;

TEST_F(SctpStreamResetTest, a_request_names_its_streams_and_the_last_number_before_it) {
  ASSERT_TRUE(send(3, "x") && send(5, "y"));
  pair.a().association.reset_stream(3);
  pair.a().association.reset_stream(5);
  pair.a().association.reset_stream(3);
  ASSERT_TRUE(pair.run(1s, [&] { return !pair.a().own_resets.empty(); }));
  EXPECT_EQ(pair.a().own_resets, (Resets{{3, true}, {5, true}}));
  EXPECT_EQ(pair.b().reset_streams, (std::vector<StreamId>{3, 5}));
  ASSERT_EQ(seen[0].size(), 1U) << "asked once, when the peer had everything";
  const Bytes& request = seen[0][0].body;
  ASSERT_EQ(request.size(), 16U);
  EXPECT_EQ(load_u32(request.data() + 8) - load_u32(request.data()), 1U) << "two chunks went out before";
}

TEST_F(SctpStreamResetTest, numbers_begin_anew_on_both_sides) {
  std::vector<std::uint16_t> numbers;
  const auto before = pair.filter;
  pair.filter = [&, before](int side, Bytes& packet) {
    SctpChunkReader reader(packet);
    while (const auto chunk = reader.next()) {
      if (side == 0 && chunk->type == chunk_type::data) numbers.push_back(decode_data(*chunk)->ssn);
    }
    return before(side, packet);
  };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(send(3, "x"));
    pair.a().association.reset_stream(3);
    ASSERT_TRUE(pair.run(1s, [&] { return pair.a().own_resets.size() == std::size_t(round) + 1; }));
  }
  EXPECT_EQ(numbers, (std::vector<std::uint16_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(pair.b().received_count, 6U);
}

TEST_F(SctpStreamResetTest, everything_is_sent_before_a_stream_is_reset) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(send(3, std::string(100'000, 'x')));
  pair.a().association.reset_stream(3);
  pair.b().on_streams_reset = [&](std::span<const StreamId>) { EXPECT_EQ(pair.b().received_count, 10U); };
  ASSERT_TRUE(pair.run(20s, [&] { return !pair.a().own_resets.empty(); }));
  EXPECT_EQ(pair.b().reset_streams.size(), 1U);
}

TEST_F(SctpStreamResetTest, what_is_sent_meanwhile_is_held_back_and_comes_with_new_numbers) {
  hold[1] = true;
  ASSERT_TRUE(ask(3));
  ASSERT_TRUE(send(3, "after"));
  ASSERT_TRUE(send(4, "other"));
  pair.run(300ms);
  EXPECT_EQ(pair.b().received_count, 1U);
  EXPECT_EQ(pair.a().association.unsent_bytes(3), 5U);
  hold[1] = false;
  ASSERT_TRUE(pair.run(5s, [&] { return pair.b().received_count == 2; }));
  EXPECT_EQ(pair.b().received.back().stream, 3);
}

TEST_F(SctpStreamResetTest, one_request_is_under_way_at_a_time) {
  hold[1] = true;
  ASSERT_TRUE(ask(3));
  pair.a().association.reset_stream(4);
  pair.run(500ms);
  for (const Parameter& request : seen[0]) EXPECT_EQ(request.body.size(), 14U);
  hold[1] = false;
  ASSERT_TRUE(pair.run(10s, [&] { return pair.a().own_resets.size() == 2; }));
  EXPECT_EQ(last_number(), load_u32(seen[0].front().body.data()) + 1);
}

TEST_F(SctpStreamResetTest, a_peer_that_is_not_there_yet_is_asked_again) {
  hold[1] = true;
  ASSERT_TRUE(ask(3));
  for (const std::uint32_t result : {reset_result::in_progress, reset_result::busy}) {
    const std::size_t before = seen[0].size();
    answer(last_number(), result);
    EXPECT_TRUE(pair.a().own_resets.empty());
    ASSERT_TRUE(pair.run(5s, [&] { return seen[0].size() > before; }));
  }
  answer(last_number(), reset_result::performed);
  EXPECT_EQ(pair.a().own_resets, (Resets{{3, true}}));
}

TEST_F(SctpStreamResetTest, a_peer_that_is_in_progress_for_ever_is_not_asked_for_ever) {
  pair.filter = [&](int side, Bytes& packet) {
    for (const Parameter& parameter : re_config_of(packet)) {
      if (side == 0) seen[0].push_back(parameter);
      return false;
    }
    return true;
  };
  pair.each_step = [&, answered = std::size_t{0}]() mutable {
    if (seen[0].size() == answered) return;
    answered = seen[0].size();
    answer(last_number(), reset_result::in_progress);
  };
  pair.a().association.reset_stream(3);
  ASSERT_TRUE(pair.run(300s, [&] { return !pair.a().own_resets.empty(); }));
  EXPECT_EQ(pair.a().own_resets, (Resets{{3, false}}));
  EXPECT_EQ(seen[0].size(), 11U);
  EXPECT_FALSE(pair.a().closed);
}

TEST_F(SctpStreamResetTest, a_refused_stream_carries_nothing_any_more) {
  hold[1] = true;
  for (const std::uint32_t result : {reset_result::denied, reset_result::wrong_number, std::uint32_t{77}}) {
    const auto stream = static_cast<StreamId>(10 + result);
    ASSERT_TRUE(ask(stream));
    ASSERT_TRUE(send(stream, "held back"));
    answer(last_number(), result);
    EXPECT_EQ(pair.a().own_resets.back(), (std::pair{stream, false}));
    EXPECT_EQ(send(stream, "x").error().code, ErrorCode::closed);
    EXPECT_EQ(pair.a().association.unsent_bytes(stream), 0U);
  }
  EXPECT_TRUE(send(2, "others go on"));
  pair.a().association.shutdown(pair.now);
  EXPECT_TRUE(pair.run(5s, [&] { return pair.a().closed && pair.b().closed; }))
      << "nothing is left to wait for";
}

TEST_F(SctpStreamResetTest, answers_to_other_requests_are_nothing) {
  answer(0, reset_result::performed);
  hold[1] = true;
  ASSERT_TRUE(ask(3));
  answer(last_number() - 1, reset_result::performed);
  answer(last_number() + 1, reset_result::denied);
  forge(0, parameter_type::reconfig_response, Bytes(4));
  forge(0, parameter_type::reconfig_response, {});
  EXPECT_TRUE(pair.a().own_resets.empty());
  hold[1] = false;
  EXPECT_TRUE(pair.run(5s, [&] { return pair.a().own_resets == Resets{{3, true}}; }));
}

TEST_F(SctpStreamResetTest, more_streams_than_a_request_names_are_reset_in_steps) {
  for (StreamId stream = 0; stream < 300; ++stream) pair.a().association.reset_stream(stream);
  ASSERT_TRUE(pair.run(5s, [&] { return pair.a().own_resets.size() == 300; }));
  EXPECT_EQ(seen[0].size(), 5U);
  EXPECT_EQ(pair.b().reset_streams.size(), 300U);
}

TEST_F(SctpStreamResetTest, the_peers_request_is_put_off_until_all_before_it_has_come) {
  // The peer says that there was more than has come, and asks again: with the same number or with the next.
  ASSERT_TRUE(send(3, "x"));
  pair.run(50ms);
  hold = {true, true};
  ASSERT_TRUE(ask(3));
  Bytes early = seen[0].back().body;
  const std::uint32_t number = load_u32(early.data());
  const Tsn last = load_u32(early.data() + 8);
  store_u32(early.data() + 8, last + 1);
  const auto result_of = [&](const Bytes& request) {
    forge(1, parameter_type::outgoing_reset_request, request);
    return load_u32(seen[1].back().body.data() + 4);
  };
  EXPECT_EQ(result_of(early), reset_result::in_progress);
  EXPECT_EQ(result_of(early), reset_result::in_progress);
  EXPECT_TRUE(pair.b().reset_streams.empty());
  store_u32(early.data(), number + 1);
  EXPECT_EQ(result_of(early), reset_result::in_progress);
  store_u32(early.data() + 8, last);
  EXPECT_EQ(result_of(early), reset_result::performed);
  EXPECT_EQ(result_of(early), reset_result::performed);
  EXPECT_EQ(pair.b().reset_streams, std::vector<StreamId>{3}) << "once";
  store_u32(early.data(), number + 5);
  EXPECT_EQ(result_of(early), reset_result::wrong_number);
}

TEST(SctpStreamReset, a_peer_that_can_not_reset_is_not_asked) {
  SctpPair pair(1);
  std::size_t asked = 0;
  pair.filter = [&](int, Bytes& packet) {
    asked += re_config_of(packet).size();
    SctpChunkReader reader(packet);
    const auto chunk = *reader.next();
    if (chunk.type != chunk_type::init && chunk.type != chunk_type::init_ack) return true;
    auto init = *decode_init_body(chunk.body);
    init.can_reset = init.can_forward = false;
    SctpPacketBuilder builder(1184);
    builder.begin(*decode_sctp_header(packet));
    builder.add(chunk.type, 0, encode_init_body(init));
    packet = to_bytes(builder.finish());
    return true;
  };
  ASSERT_TRUE(pair.connect());
  ASSERT_TRUE(pair.a().association.send(3, 53, false, Bytes(1), pair.now));
  pair.a().association.reset_stream(3);
  ASSERT_TRUE(pair.run(5s, [&] { return !pair.a().own_resets.empty(); }));
  EXPECT_EQ(pair.a().own_resets, (Resets{{3, false}}));
  EXPECT_EQ(pair.b().received_count, 1U);
  EXPECT_EQ(asked, 0U);
}

}  // namespace
}  // namespace flnet::rtc::test
