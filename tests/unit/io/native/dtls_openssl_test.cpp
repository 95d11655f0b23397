// SPDX-License-Identifier: MIT OR Apache-2.0
// DTLS sessions by OpenSSL: handshake, loss, fingerprints, records, the end.
#include "io/native/dtls_openssl.hpp"

#include "base/random.hpp"
#include "io/native/dtls_certificate.hpp"
#include "io/native/dtls_memory_bio.hpp"
#include "rtc/datagram.hpp"
#include "support/dtls_pair.hpp"
#include "support/openssl_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

FLNET_DEFINE_OPENSSL_CLOCK;

namespace flnet::io {
namespace {

using rtc::DtlsRole;
using test::DtlsEnd;
using test::DtlsPair;

std::unique_ptr<rtc::DtlsContext> new_context() {
  auto context = make_dtls_context();
  EXPECT_TRUE(context);
  return std::move(*context);
}

struct DtlsOpenssl : ::testing::Test {
  DtlsPair pair{new_context(), new_context()};

  void connect() {
    pair.start();
    pair.exchange();
    ASSERT_TRUE(pair.both_connected());
  }
  static Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
    return bytes;
  }
};

TEST_F(DtlsOpenssl, connects_without_waiting_and_carries_data_both_ways) {
  connect();
  EXPECT_EQ(pair.timeouts, 0U);
  EXPECT_LE(pair.largest_datagram, 1200U);
  pair.client.session->send(pattern(1200), pair.now);
  pair.server.session->send(pattern(7), pair.now);
  pair.exchange();
  ASSERT_EQ(pair.server.received.size(), 1U);
  EXPECT_EQ(pair.server.received[0], pattern(1200));
  ASSERT_EQ(pair.client.received.size(), 1U);
  EXPECT_EQ(pair.client.received[0], pattern(7));
}

TEST_F(DtlsOpenssl, every_datagram_is_recognised_as_dtls) {
  pair.filter = [](std::size_t, Bytes& datagram) {
    EXPECT_EQ(rtc::datagram_kind(datagram), rtc::DatagramKind::dtls);
    return true;
  };
  connect();
}

TEST_F(DtlsOpenssl, a_record_costs_37_bytes) {
  connect();
  pair.client.session->send(pattern(1184), pair.now);
  ASSERT_EQ(pair.client.outbox.size(), 1U);
  EXPECT_EQ(pair.client.outbox[0].size(), 1184U + 37U);  // AES-GCM: head 13, nonce 8, tag 16
}

TEST_F(DtlsOpenssl, carries_a_record_of_16384_bytes_and_drops_a_larger_one) {
  connect();
  pair.client.session->send(pattern(16384), pair.now);
  pair.client.session->send(pattern(16385), pair.now);
  pair.client.session->send({}, pair.now);
  pair.exchange();
  ASSERT_EQ(pair.server.received.size(), 1U);
  EXPECT_EQ(pair.server.received[0], pattern(16384));
  EXPECT_EQ(pair.client.session->counters().dropped_send, 2U);
  EXPECT_TRUE(pair.client.closed.empty());
}

TEST_F(DtlsOpenssl, drops_what_is_sent_before_it_is_connected) {
  pair.client.session->send(pattern(3), pair.now);
  pair.start();
  pair.client.session->send(pattern(3), pair.now);
  EXPECT_EQ(pair.client.session->counters().dropped_send, 2U);
}

TEST_F(DtlsOpenssl, the_client_refuses_a_wrong_fingerprint) {
  pair.expect({}, pair.client_context().fingerprint());
  pair.start();
  pair.exchange();
  ASSERT_EQ(pair.client.closed.size(), 1U);
  EXPECT_EQ(pair.client.closed[0].code, ErrorCode::untrusted);
  ASSERT_EQ(pair.server.closed.size(), 1U) << "the fatal alert tells the server at once";
  EXPECT_EQ(pair.server.closed[0].code, ErrorCode::refused);
  EXPECT_EQ(pair.client.connected + pair.server.connected, 0);
}

TEST_F(DtlsOpenssl, the_server_refuses_a_wrong_fingerprint) {
  pair.expect(pair.server_context().fingerprint(), {});
  pair.start();
  pair.exchange();
  ASSERT_EQ(pair.server.closed.size(), 1U);
  EXPECT_EQ(pair.server.closed[0].code, ErrorCode::untrusted);
  ASSERT_EQ(pair.client.closed.size(), 1U);
  EXPECT_EQ(pair.client.closed[0].code, ErrorCode::refused);
  EXPECT_EQ(pair.client.connected + pair.server.connected, 0);
}

TEST_F(DtlsOpenssl, any_of_several_expected_fingerprints_will_do) {
  pair.client.session = pair.client_context().make_session(
      DtlsRole::client, {rtc::Fingerprint{}, pair.server_context().fingerprint()}, pair.client);
  connect();
}

TEST_F(DtlsOpenssl, a_lost_hello_is_repeated_after_100_ms) {
  pair.filter = [](std::size_t number, Bytes&) { return number != 0; };
  pair.start();
  pair.exchange();
  ASSERT_FALSE(pair.both_connected());
  const auto due = pair.client.session->deadline();
  ASSERT_TRUE(due);
  EXPECT_EQ(*due - pair.now, 100ms);
  pair.run_for(110ms);
  EXPECT_TRUE(pair.both_connected());
  EXPECT_EQ(pair.client.session->counters().retransmissions, 1U);
}

TEST_F(DtlsOpenssl, any_single_lost_datagram_costs_at_most_300_ms) {
  for (std::size_t lost = 0; lost < 8; ++lost) {
    SCOPED_TRACE("lost: " + std::to_string(lost));
    DtlsPair world(new_context(), new_context());
    world.filter = [lost](std::size_t number, Bytes&) { return number != lost; };
    world.start();
    world.run_for(300ms);
    EXPECT_TRUE(world.both_connected());
  }
}

TEST_F(DtlsOpenssl, connects_though_every_third_datagram_is_lost) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed: " + std::to_string(seed));
    SeededRandom random(seed);
    DtlsPair world(new_context(), new_context());
    world.filter = [&random](std::size_t, Bytes&) { return random.below(3) != 0; };
    world.start();
    world.run_for(29s);
    EXPECT_TRUE(world.both_connected());
    world.filter = {};
    world.client.session->send(pattern(100), world.now);
    world.exchange();
    EXPECT_FALSE(world.server.received.empty());
  }
}

TEST_F(DtlsOpenssl, connects_though_every_datagram_comes_twice) {
  pair.copies = 2;
  pair.start();
  pair.run_for(5s);
  EXPECT_TRUE(pair.both_connected());
}

TEST_F(DtlsOpenssl, gives_up_after_30_seconds_of_silence) {
  pair.filter = [](std::size_t, Bytes&) { return false; };
  pair.start();
  pair.run_for(29s);
  EXPECT_TRUE(pair.client.closed.empty());
  EXPECT_TRUE(pair.server.closed.empty());
  pair.run_for(2s);
  ASSERT_EQ(pair.client.closed.size(), 1U);
  EXPECT_EQ(pair.client.closed[0].code, ErrorCode::timed_out);
  ASSERT_EQ(pair.server.closed.size(), 1U);
  EXPECT_EQ(pair.server.closed[0].code, ErrorCode::timed_out);
  EXPECT_FALSE(pair.client.session->deadline());
  EXPECT_FALSE(pair.server.session->deadline());
  EXPECT_LE(pair.carried, 16U) << "retransmissions back off";
}

TEST_F(DtlsOpenssl, close_notify_closes_the_other_side_once) {
  connect();
  pair.client.session->close();
  pair.client.session->close();
  pair.exchange();
  ASSERT_EQ(pair.server.closed.size(), 1U);
  EXPECT_EQ(pair.server.closed[0].code, ErrorCode::closed);
  EXPECT_TRUE(pair.client.closed.empty()) << "who closes is not told";
  pair.server.session->close();
  pair.server.session->send(pattern(5), pair.now);
  pair.run_for(60s);
  EXPECT_EQ(pair.server.closed.size(), 1U);
  EXPECT_FALSE(pair.client.session->deadline());
  EXPECT_FALSE(pair.server.session->deadline());
}

TEST_F(DtlsOpenssl, drops_and_counts_garbage_when_connected) {
  connect();
  SeededRandom random(7);
  for (int i = 0; i < 500; ++i) {
    Bytes garbage(random.below(100));
    random.fill(garbage);
    if (i % 2 == 0 && garbage.size() > 13) {  // a head as of application data
      const std::uint8_t head[] = {23, 0xfe, 0xfd, 0, 1};
      std::ranges::copy(head, garbage.begin());
      garbage[11] = 0;
      garbage[12] = static_cast<std::uint8_t>(garbage.size() - 13);
    }
    pair.server.session->receive(garbage, pair.now);
  }
  EXPECT_EQ(pair.server.session->counters().dropped_malformed, 500U);
  EXPECT_TRUE(pair.server.closed.empty());
  pair.client.session->send(pattern(10), pair.now);
  pair.exchange();
  EXPECT_EQ(pair.server.received.size(), 1U);
}

TEST_F(DtlsOpenssl, outlives_encrypted_records_that_are_too_short_to_be_proved) {
  connect();
  pair.client.session->send(pattern(10), pair.now);
  const Bytes record = pair.client.outbox.front();
  pair.client.outbox.clear();
  for (std::uint8_t length = 0; length < 40; ++length) {
    Bytes brief(record.begin(), record.begin() + 11);  // Its head, without the length.
    brief.push_back(0);
    brief.push_back(length);
    brief.resize(brief.size() + length, 0x5a);
    pair.server.session->receive(brief, pair.now);
    Bytes behind = record;  // The same as a datagram's second record.
    behind.back() ^= 1;
    behind.insert(behind.end(), brief.begin(), brief.end());
    pair.server.session->receive(behind, pair.now);
  }
  EXPECT_EQ(pair.server.session->counters().dropped_malformed, 80U);
  EXPECT_TRUE(pair.server.closed.empty());
  pair.server.session->receive(record, pair.now);
  EXPECT_EQ(pair.server.received.size(), 1U);
}

TEST_F(DtlsOpenssl, drops_a_changed_and_a_repeated_record) {
  connect();
  pair.client.session->send(pattern(10), pair.now);
  const Bytes record = pair.client.outbox.front();
  pair.client.outbox.clear();
  Bytes changed = record;
  changed.back() ^= 1;
  pair.server.session->receive(changed, pair.now);
  EXPECT_EQ(pair.server.received.size(), 0U);
  pair.server.session->receive(record, pair.now);
  pair.server.session->receive(record, pair.now);
  EXPECT_EQ(pair.server.received.size(), 1U);
  EXPECT_EQ(pair.server.session->counters().dropped_malformed, 2U);
}

TEST_F(DtlsOpenssl, an_alert_without_key_does_not_end_a_connected_session) {
  connect();
  const Bytes alert{21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40};
  pair.server.session->receive(alert, pair.now);
  EXPECT_TRUE(pair.server.closed.empty());
}

TEST_F(DtlsOpenssl, reads_several_records_of_one_datagram) {
  connect();
  Bytes datagram;
  for (std::size_t size : {10, 20, 30}) pair.client.session->send(pattern(size), pair.now);
  for (const auto& each : std::exchange(pair.client.outbox, {}))
    datagram.insert(datagram.end(), each.begin(), each.end());
  pair.server.session->receive(datagram, pair.now);
  ASSERT_EQ(pair.server.received.size(), 3U);
  EXPECT_EQ(pair.server.received[2], pattern(30));
}

TEST_F(DtlsOpenssl, keeps_data_that_overtakes_the_last_flight) {
  std::optional<Bytes> last_flight;
  pair.filter = [&](std::size_t, Bytes& datagram) {
    const bool is_last = pair.server.connected == 1 && !last_flight;
    if (is_last) last_flight = datagram;
    return !is_last;
  };
  pair.start();
  pair.exchange();
  ASSERT_EQ(pair.server.connected, 1);
  ASSERT_EQ(pair.client.connected, 0);
  ASSERT_TRUE(last_flight);
  pair.server.session->send(pattern(9), pair.now);
  pair.exchange();
  EXPECT_TRUE(pair.client.received.empty());
  pair.client.session->receive(*last_flight, pair.now);
  EXPECT_EQ(pair.client.connected, 1);
  ASSERT_EQ(pair.client.received.size(), 1U);
  EXPECT_EQ(pair.client.received[0], pattern(9));
}

TEST_F(DtlsOpenssl, sends_and_receives_again_after_a_long_silence) {
  connect();
  ASSERT_TRUE(pair.client.session->deadline());
  pair.run_for(10s);
  EXPECT_FALSE(pair.client.session->deadline()) << "an idle session has no timer";
  EXPECT_FALSE(pair.server.session->deadline());
  for (int i = 0; i < 3; ++i) {
    pair.client.session->send(pattern(100), pair.now);
    pair.server.session->send(pattern(50), pair.now);
    pair.run_for(i == 0 ? Duration(10s) : Duration(1s));
  }
  EXPECT_EQ(pair.server.received.size(), 3U);
  EXPECT_EQ(pair.client.received.size(), 3U);
  pair.run_for(10s);
  pair.client.session->close();
  pair.exchange();
  EXPECT_EQ(pair.server.closed.size(), 1U);
}

TEST_F(DtlsOpenssl, each_context_has_a_certificate_of_its_own) {
  EXPECT_NE(pair.client_context().fingerprint(), pair.server_context().fingerprint());
}

TEST_F(DtlsOpenssl, sessions_of_one_context_share_nothing_but_the_certificate) {
  connect();
  auto other = new_context();
  DtlsEnd second, second_peer;
  second.session = pair.server_context().make_session(DtlsRole::server, {other->fingerprint()}, second);
  second_peer.session =
      other->make_session(DtlsRole::client, {pair.server_context().fingerprint()}, second_peer);
  second.session->start(pair.now);
  second_peer.session->start(pair.now);
  while (!second.outbox.empty() || !second_peer.outbox.empty()) {
    for (const auto& each : std::exchange(second.outbox, {})) second_peer.session->receive(each, pair.now);
    for (const auto& each : std::exchange(second_peer.outbox, {})) second.session->receive(each, pair.now);
  }
  EXPECT_EQ(second.connected, 1);
  second_peer.session->send(pattern(4), pair.now);
  pair.server.session->receive(second_peer.outbox.front(), pair.now);  // a stranger's record
  EXPECT_TRUE(pair.server.received.empty());
}

/// A client that nobody here wrote the session code of: OpenSSL alone, with a hello of several fragments.
struct RawClient {
  explicit RawClient(bool with_certificate) {
    context.reset(SSL_CTX_new(DTLS_client_method()));
    auto own = make_dtls_certificate();
    fingerprint = own->fingerprint;
    if (with_certificate) {
      SSL_CTX_use_certificate(context.get(), own->certificate.get());
      SSL_CTX_use_PrivateKey(context.get(), own->key.get());
    }
    SSL_CTX_set_options(context.get(), SSL_OP_NO_QUERY_MTU);
    method = make_datagram_bio_method();
    datagrams.sink = &end;
    ssl.reset(SSL_new(context.get()));
    BIO* bio = make_datagram_bio(*method, datagrams);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_mtu(ssl.get(), 1200);
    SSL_set_connect_state(ssl.get());
  }
  void receive(ByteView datagram) {
    datagrams.incoming = datagram;
    SSL_do_handshake(ssl.get());
  }

  DtlsEnd end;
  SslContextHandle context;
  BioMethodHandle method;
  DtlsDatagrams datagrams;
  rtc::Fingerprint fingerprint{};
  SslHandle ssl;
};

void shake_hands(RawClient& client, DtlsEnd& server, Time now) {
  SSL_do_handshake(client.ssl.get());
  while (!client.end.outbox.empty() || !server.outbox.empty()) {
    for (const auto& each : std::exchange(client.end.outbox, {})) server.session->receive(each, now);
    for (const auto& each : std::exchange(server.outbox, {})) client.receive(each);
  }
}

TEST_F(DtlsOpenssl, accepts_a_hello_in_fragments) {
  RawClient client(true);
  SSL_set_mtu(client.ssl.get(), 256);
  Bytes protocols;
  for (int i = 0; i < 100; ++i) {
    const std::uint8_t name[] = {9,
                                 'w',
                                 'e',
                                 'b',
                                 'r',
                                 't',
                                 'c',
                                 '-',
                                 static_cast<std::uint8_t>('0' + i / 10),
                                 static_cast<std::uint8_t>('0' + i % 10)};
    protocols.insert(protocols.end(), std::begin(name), std::end(name));
  }
  SSL_set_alpn_protos(client.ssl.get(), protocols.data(), static_cast<unsigned>(protocols.size()));
  SSL_do_handshake(client.ssl.get());
  ASSERT_GE(client.end.outbox.size(), 4U);
  DtlsEnd server;
  server.session = pair.server_context().make_session(DtlsRole::server, {client.fingerprint}, server);
  server.session->start(pair.now);
  std::ranges::reverse(client.end.outbox);  // in any order
  shake_hands(client, server, pair.now);
  EXPECT_EQ(server.connected, 1);
  EXPECT_EQ(SSL_is_init_finished(client.ssl.get()), 1);
  EXPECT_STREQ(SSL_get_version(client.ssl.get()), "DTLSv1.2");
  EXPECT_STREQ(SSL_get_cipher(client.ssl.get()), "ECDHE-ECDSA-AES256-GCM-SHA384");  // that client's order
}

TEST_F(DtlsOpenssl, refuses_a_client_without_a_certificate) {
  RawClient client(false);
  DtlsEnd server;
  server.session = pair.server_context().make_session(DtlsRole::server, {client.fingerprint}, server);
  server.session->start(pair.now);
  shake_hands(client, server, pair.now);
  EXPECT_EQ(server.connected, 0);
  EXPECT_EQ(server.closed.size(), 1U);
}

TEST_F(DtlsOpenssl, refuses_dtls_1_0) {
  RawClient client(true);
  SSL_set_security_level(client.ssl.get(), 0);
  SSL_set_min_proto_version(client.ssl.get(), DTLS1_VERSION);
  SSL_set_max_proto_version(client.ssl.get(), DTLS1_VERSION);
  DtlsEnd server;
  server.session = pair.server_context().make_session(DtlsRole::server, {client.fingerprint}, server);
  server.session->start(pair.now);
  shake_hands(client, server, pair.now);
  EXPECT_EQ(server.connected, 0);
  EXPECT_EQ(server.closed.size(), 1U);
}

}  // namespace
}  // namespace flnet::io
