// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of UdpMux: which session a datagram of the shared port finds.
#include "io/native/udp_mux.hpp"

#include "rtc/stun_message.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace flnet::io {
namespace {

struct FakeSession final : UdpMuxSession {
  void receive(const rtc::DatagramPath&, ByteView) override {}
};

constexpr Time start{};

SocketAddress address(std::uint16_t port) {
  return {IpAddress::v4({192, 0, 2, 1}), port};
}

rtc::DatagramPath path_from(std::uint16_t port) {
  return {{IpAddress::v4({192, 0, 2, 99}), 5000}, address(port)};
}

Bytes stun(rtc::StunClass message_class, const std::string& username, std::uint32_t transaction = 1) {
  rtc::StunMessage message;
  message.message_class = message_class;
  for (std::size_t i = 0; i < 4; ++i) {
    message.transaction[i] = static_cast<std::uint8_t>(transaction >> (8 * i));
  }
  if (!username.empty()) message.username = username;
  return rtc::encode_stun(message, {});
}

Bytes request(const std::string& username, std::uint32_t transaction = 1) {
  return stun(rtc::StunClass::request, username, transaction);
}

Bytes dtls(std::uint8_t type, std::uint16_t epoch) {
  return {type, 254, 253, static_cast<std::uint8_t>(epoch >> 8), static_cast<std::uint8_t>(epoch), 0,
          0,    0,   0};
}
const Bytes application_data = dtls(23, 1);
const Bytes client_hello = dtls(22, 0);

class UdpMuxTest : public ::testing::Test {
 protected:
  UdpMuxTest() {
    mux.add(alice, "alic");
    mux.add(bob, "bobb");
  }
  UdpMuxSession* route(std::uint16_t port, const Bytes& datagram, Time now = start) {
    return mux.route(path_from(port), datagram, now);
  }

  UdpMux mux;
  FakeSession alice;
  FakeSession bob;
};

TEST_F(UdpMuxTest, routes_requests_and_indications_by_the_receivers_ufrag) {
  EXPECT_EQ(route(1, request("alic:peer")), &alice);
  EXPECT_EQ(route(1, request("bobb:peer")), &bob);
  EXPECT_EQ(route(2, stun(rtc::StunClass::indication, "bobb:peer")), &bob);
  EXPECT_EQ(mux.counters().routed, 3U);
}

TEST_F(UdpMuxTest, routes_by_each_of_a_sessions_ufrags_while_it_has_them) {
  mux.add_ufrag(alice, "new1");
  EXPECT_EQ(route(1, request("new1:peer")), &alice);
  EXPECT_EQ(route(1, request("alic:peer")), &alice);
  mux.remove_ufrag(alice, "alic");
  EXPECT_EQ(route(1, request("alic:peer")), nullptr);
  EXPECT_EQ(route(1, request("new1:peer")), &alice);
  mux.remove_ufrag(alice, "bobb");
  EXPECT_EQ(route(1, request("bobb:peer")), &bob) << "it is another one's";
  mux.add_ufrag(alice, "new2");
  EXPECT_EQ(mux.ufrag_count(), 3U);
}

TEST_F(UdpMuxTest, nothing_stays_of_a_session_that_is_removed_while_it_restarts) {
  mux.add_ufrag(alice, "new1");
  mux.remove(alice);
  EXPECT_EQ(route(1, request("alic:peer")), nullptr);
  EXPECT_EQ(route(1, request("new1:peer")), nullptr);
  EXPECT_EQ(mux.ufrag_count(), 1U);
  mux.add_ufrag(alice, "late");
  mux.remove_ufrag(alice, "new1");
  EXPECT_EQ(mux.ufrag_count(), 1U) << "whoever has been removed learns nothing";
}

TEST_F(UdpMuxTest, drops_and_counts_what_is_nobodys) {
  EXPECT_EQ(route(1, request("carl:alic")), nullptr);
  EXPECT_EQ(route(1, stun(rtc::StunClass::indication, "")), nullptr);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "")), nullptr);
  EXPECT_EQ(route(1, application_data), nullptr);
  EXPECT_EQ(route(1, {}), nullptr);
  EXPECT_EQ(route(1, {0}), nullptr);
  EXPECT_EQ(route(1, Bytes(20, 0)), nullptr);
  EXPECT_EQ(route(1, Bytes(200, 0xff)), nullptr);
  EXPECT_EQ(mux.counters().dropped_unknown, 8U);
  EXPECT_EQ(mux.address_count(), 0U);
}

TEST_F(UdpMuxTest, routes_data_by_the_address_from_which_a_check_came) {
  route(1, request("alic:peer"));
  route(2, request("bobb:peer"));
  EXPECT_EQ(route(1, application_data), &alice);
  EXPECT_EQ(route(2, application_data), &bob);
  EXPECT_EQ(route(1, client_hello), &alice);
  EXPECT_EQ(route(3, application_data), nullptr);
}

TEST_F(UdpMuxTest, routes_data_by_the_address_to_which_a_check_went) {
  mux.sent(alice, path_from(1), request("peer:alic"), start);
  EXPECT_EQ(route(1, application_data), &alice);
}

TEST_F(UdpMuxTest, routes_responses_to_the_session_that_asked_even_from_a_shared_address) {
  mux.sent(alice, path_from(1), request("peer:alic", 7), start);
  mux.sent(bob, path_from(1), request("reep:bobb", 8), start);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 7)), &alice);
  EXPECT_EQ(route(1, stun(rtc::StunClass::error, "", 8)), &bob);
  EXPECT_EQ(route(2, stun(rtc::StunClass::success, "", 7)), &alice) << "the agent judges a wrong address";
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 9)), nullptr);
}

TEST_F(UdpMuxTest, forgets_transactions_in_time_and_keeps_them_once_a_retransmission) {
  mux.sent(alice, path_from(1), request("peer:alic", 7), start);
  mux.sent(alice, path_from(1), request("peer:alic", 7), start + 1s);
  EXPECT_EQ(mux.transaction_count(), 1U);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 7), start + UdpMux::transaction_lifetime - 1us),
            &alice);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 7), start + UdpMux::transaction_lifetime), nullptr);
  EXPECT_EQ(mux.transaction_count(), 0U);
}

TEST_F(UdpMuxTest, bounds_the_transactions_and_forgets_the_oldest) {
  for (std::uint32_t i = 0; i <= UdpMux::max_transactions; ++i) {
    mux.sent(alice, path_from(1), request("peer:alic", i), start);
  }
  EXPECT_EQ(mux.transaction_count(), UdpMux::max_transactions);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 0)), nullptr);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", UdpMux::max_transactions)), &alice);
}

TEST_F(UdpMuxTest, gives_a_shared_address_to_the_session_that_claimed_it_last) {
  mux.claim(alice, address(1));
  mux.claim(bob, address(1));
  EXPECT_EQ(route(1, application_data), &bob);
  mux.claim(alice, address(1));
  EXPECT_EQ(route(1, application_data), &alice);
}

TEST_F(UdpMuxTest, does_not_let_a_forged_check_take_an_owned_address) {
  mux.claim(alice, address(1));
  EXPECT_EQ(route(1, request("bobb:peer")), &bob);
  EXPECT_EQ(route(1, application_data), &alice);
}

TEST_F(UdpMuxTest, gives_handshake_records_to_the_newer_session_of_a_restarted_peer) {
  mux.claim(alice, address(1));
  EXPECT_EQ(route(1, client_hello), &alice);
  route(1, request("bobb:peer"));
  EXPECT_EQ(route(1, client_hello), &bob);
  EXPECT_EQ(route(1, application_data), &alice);
  mux.claim(bob, address(1));
  EXPECT_EQ(route(1, application_data), &bob);
}

TEST_F(UdpMuxTest, returns_an_address_to_the_older_session_when_the_newer_one_ends) {
  mux.claim(alice, address(1));
  mux.claim(bob, address(1));
  mux.remove(bob);
  EXPECT_EQ(route(1, application_data), &alice);
  EXPECT_EQ(route(1, request("bobb:peer")), nullptr);
}

TEST_F(UdpMuxTest, forgets_a_removed_session_entirely) {
  mux.sent(alice, path_from(1), request("peer:alic", 7), start);
  mux.claim(alice, address(2));
  EXPECT_EQ(route(2, application_data), &alice);
  mux.remove(alice);
  mux.remove(alice);
  EXPECT_EQ(mux.session_count(), 1U);
  EXPECT_EQ(mux.address_count(), 0U);
  EXPECT_EQ(route(1, application_data), nullptr);
  EXPECT_EQ(route(2, application_data), nullptr);
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 7)), nullptr);
  mux.sent(alice, path_from(1), request("peer:alic", 8), start);
  mux.claim(alice, address(1));
  EXPECT_EQ(mux.address_count(), 0U);
}

TEST_F(UdpMuxTest, reuses_a_ufrag_and_a_place_in_memory_without_mixing_up_transactions) {
  mux.sent(alice, path_from(1), request("peer:alic", 7), start);
  mux.remove(alice);
  mux.add(alice, "alic");
  EXPECT_EQ(route(1, stun(rtc::StunClass::success, "", 7)), nullptr);
}

TEST_F(UdpMuxTest, bounds_the_addresses_of_a_session_and_never_evicts_its_own) {
  mux.claim(alice, address(1));
  for (std::uint16_t port = 2; port < 1000; ++port) route(port, request("alic:peer"));
  EXPECT_EQ(mux.address_count(), UdpMux::max_addresses_per_session);
  EXPECT_EQ(route(1, application_data), &alice);
  EXPECT_EQ(route(2, application_data), nullptr);
  EXPECT_EQ(route(999, application_data), &alice);
}

TEST_F(UdpMuxTest, moves_its_addresses_when_a_session_owns_more_than_the_limit) {
  for (std::uint16_t port = 1; port < 1000; ++port) mux.claim(alice, address(port));
  EXPECT_EQ(mux.address_count(), UdpMux::max_addresses_per_session);
  EXPECT_EQ(route(999, application_data), &alice);
  mux.remove(alice);
  EXPECT_EQ(mux.address_count(), 0U);
}

TEST_F(UdpMuxTest, a_client_gets_the_answers_to_its_own_requests_and_no_requests) {
  FakeSession client;
  mux.add_client(client);
  mux.sent(client, path_from(3478), request("", 5), start);
  EXPECT_EQ(route(3478, stun(rtc::StunClass::success, "", 5)), &client);
  EXPECT_EQ(route(3478, stun(rtc::StunClass::success, "", 6)), nullptr);
  EXPECT_EQ(route(3478, request("", 5)), nullptr);
  EXPECT_EQ(route(3478, request(":x", 5)), nullptr);
  mux.claim(client, address(3478));
  EXPECT_EQ(route(3478, stun(rtc::StunClass::indication, "", 9)), &client) << "a relay's data";
  EXPECT_EQ(route(3478, Bytes{0x40, 0, 0, 1, 'x'}), &client);
  EXPECT_EQ(route(3479, stun(rtc::StunClass::indication, "", 9)), nullptr);
  mux.remove(client);
  EXPECT_EQ(route(3478, stun(rtc::StunClass::success, "", 5)), nullptr);
  EXPECT_EQ(route(3478, Bytes{0x40, 0, 0, 1, 'x'}), nullptr);
  EXPECT_EQ(mux.session_count(), 2U);
}

}  // namespace
}  // namespace flnet::io
