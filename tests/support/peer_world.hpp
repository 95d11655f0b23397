// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerWorld: PeerConnections in virtual time over the virtual network, driven as the event loop drives them.
#pragma once

#include "base/random.hpp"
#include "rtc/peer_connection.hpp"
#include "support/event_queue.hpp"
#include "support/openssl_clock.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

/// One end: a connection, its sockets and its timer; remembers all that the connection told.
class PeerEnd final : public rtc::PeerConnectionSink {
 public:
  PeerEnd(EventQueue& queue, VirtualNetwork& network, rtc::PeerConnectionConfig config,
          rtc::DtlsContext& dtls, std::uint64_t seed)
      : queue_(queue),
        network_(network),
        addresses_(config.local_addresses),
        random_(seed),
        connection_(std::move(config), dtls, random_, *this),
        alarm_(queue, [this] { ring(); }) {
    ufrags.insert(connection_.local_ufrag());
    for (const auto& address : addresses_) attach(address);
  }
  ~PeerEnd() override {
    for (const auto& address : addresses_) network_.detach(address);
  }
  PeerEnd(const PeerEnd&) = delete;
  PeerEnd& operator=(const PeerEnd&) = delete;

  /// Calls the connection, then does what its driver does after each batch.
  template <class Call>
  auto drive(Call call) {
    struct AfterCall {
      PeerEnd& self;
      ~AfterCall() {
        self.connection_.flush(self.queue_.now());
        self.alarm_.set(self.connection_.deadline());
      }
    } after{*this};
    if (OpensslClock::current()) OpensslClock::current() = queue_.now();
    return call(connection_, queue_.now());
  }

  Result<std::string> create_offer() {
    return drive([](auto& connection, Time now) { return connection.create_offer(now); });
  }
  Result<std::string> accept_offer(std::string_view sdp) {
    return drive([&](auto& connection, Time now) { return connection.accept_offer(sdp, now); });
  }
  Result<> accept_answer(std::string_view sdp) {
    return drive([&](auto& connection, Time now) { return connection.accept_answer(sdp, now); });
  }
  Result<std::string> restart() {
    return drive([](auto& connection, Time now) { return connection.restart(now); });
  }
  /// The machine has another address now; the answer is the line to trickle.
  std::optional<std::string> add_address(const SocketAddress& address) {
    addresses_.push_back(address);
    attach(address);
    return drive([&](auto& connection, Time now) { return connection.add_local_address(address, now); });
  }
  Result<> add_candidate(std::string_view line) {
    return drive([&](auto& connection, Time now) { return connection.add_remote_candidate(line, now); });
  }
  rtc::ChannelId open_channel(const std::string& label) {
    rtc::DataChannelOptions options;
    options.label = label;
    return open_channel(options);
  }
  rtc::ChannelId open_channel(const rtc::DataChannelOptions& options) {
    auto id = drive([&](auto& connection, Time now) { return connection.open_channel(options, now); });
    EXPECT_TRUE(id);
    return id.value_or(0);
  }
  void close_channel(rtc::ChannelId id) {
    drive([&](auto& connection, Time now) { connection.close_channel(id, now); });
  }
  Result<> send(rtc::ChannelId id, const Message& message) {
    return drive([&](auto& connection, Time now) { return connection.send(id, message.view(), now); });
  }
  void shutdown() {
    drive([](auto& connection, Time now) { connection.shutdown(now); });
  }
  void abort(std::string_view reason = "test") {
    drive([&](auto& connection, Time now) { connection.abort(reason, now); });
  }
  void receive(const rtc::DatagramPath& path, ByteView datagram) {
    drive([&](auto& connection, Time now) { connection.receive(path, datagram, now); });
  }
  const rtc::PeerConnection& connection() const { return connection_; }
  const std::vector<SocketAddress>& addresses() const { return addresses_; }
  bool is_over() const { return end.has_value(); }

  int connected_count = 0;
  std::optional<Time> connected_at;
  std::map<std::string, rtc::ChannelId> channels;  ///< By label, once opened.
  std::map<rtc::ChannelId, std::vector<Message>> received;
  std::vector<rtc::ChannelId> closed_channels;
  int writable_count = 0;
  std::uint64_t datagrams_sent = 0;
  std::uint64_t rings = 0;
  std::optional<Error> end;             ///< What `closed` said.
  std::set<std::string> ufrags;         ///< By which STUN requests are routed to the connection now.
  std::uint64_t unrouted_requests = 0;  ///< That named another one.

 private:
  void attach(const SocketAddress& address) {
    network_.attach(address, [this](const rtc::DatagramPath& path, ByteView datagram) {
      if (is_routed(datagram))
        receive(path, datagram);
      else
        ++unrouted_requests;
    });
  }
  /// As the multiplexer of a port does it.
  bool is_routed(ByteView datagram) const {
    if (rtc::datagram_kind(datagram) != rtc::DatagramKind::stun) return true;
    const auto ufrag = rtc::stun_receiver_ufrag(datagram);
    return ufrag.empty() || ufrags.contains(std::string(ufrag));
  }

  void ring() {
    ++rings;
    drive([](auto& connection, Time now) { connection.handle_timeout(now); });
  }

  void send_datagram(const rtc::DatagramPath& path, ByteView datagram) override {
    nothing_after_the_end();
    ++datagrams_sent;
    network_.send(path, datagram);
  }
  void ufrag_added(const std::string& ufrag) override {
    nothing_after_the_end();
    EXPECT_TRUE(ufrags.insert(ufrag).second);
    EXPECT_LE(ufrags.size(), 2U);
  }
  void ufrag_removed(const std::string& ufrag) override {
    nothing_after_the_end();
    EXPECT_EQ(ufrags.erase(ufrag), 1U);
    EXPECT_TRUE(ufrags.contains(connection_.local_ufrag()));
  }
  void connected() override {
    nothing_after_the_end();
    EXPECT_EQ(++connected_count, 1);
    connected_at = queue_.now();
  }
  void channel_opened(rtc::ChannelId id, const rtc::DataChannelOptions& options, bool) override {
    nothing_after_the_end();
    EXPECT_EQ(connected_count, 1) << "no channel before the connection";
    EXPECT_TRUE(channels.emplace(options.label, id).second);
  }
  void channel_received(rtc::ChannelId id, MessageView message) override {
    nothing_after_the_end();
    received[id].push_back(Message::copy(message));
  }
  void channel_closed(rtc::ChannelId id) override {
    nothing_after_the_end();
    closed_channels.push_back(id);
  }
  void writable() override {
    nothing_after_the_end();
    ++writable_count;
  }
  void closed(Error reason) override {
    nothing_after_the_end();
    end = std::move(reason);
  }
  void nothing_after_the_end() {
    if (end) ADD_FAILURE() << "after the end: " << to_string(*end);
  }

  EventQueue& queue_;
  VirtualNetwork& network_;
  std::vector<SocketAddress> addresses_;
  SeededRandom random_;
  rtc::PeerConnection connection_;
  Alarm alarm_;
};

/// A network with two ends, of which the first offers.
class PeerWorld {
 public:
  /// One address each, 192.0.2.1 and 192.0.2.2.
  static std::vector<SocketAddress> address(std::uint8_t host) {
    return {{IpAddress::v4({192, 0, 2, host}), static_cast<std::uint16_t>(5000 + host)}};
  }

  PeerWorld(std::uint64_t seed, rtc::DtlsContext& offerer_dtls, rtc::DtlsContext& answerer_dtls,
            rtc::PeerConnectionConfig offerer_config = {}, rtc::PeerConnectionConfig answerer_config = {})
      : network(queue, seed) {
    if (offerer_config.local_addresses.empty()) offerer_config.local_addresses = address(1);
    if (answerer_config.local_addresses.empty()) answerer_config.local_addresses = address(2);
    if (offerer_config.session == 0) offerer_config.session = seed;
    offerer = std::make_unique<PeerEnd>(queue, network, std::move(offerer_config), offerer_dtls, seed * 2);
    answerer =
        std::make_unique<PeerEnd>(queue, network, std::move(answerer_config), answerer_dtls, seed * 2 + 1);
  }

  /// Exchanges offer and answer; each takes its time.
  void describe(Duration offer_takes = 0ms, Duration answer_takes = 0ms) {
    const auto offer = offerer->create_offer();
    ASSERT_TRUE(offer) << to_string(offer.error());
    queue.after(offer_takes, [this, sdp = *offer, answer_takes] {
      const auto answer = answerer->accept_offer(sdp);
      if (!answer) return;
      queue.after(answer_takes,
                  [this, reply = *answer] { static_cast<void>(offerer->accept_answer(reply)); });
    });
  }

  PeerEnd& peer_of(const PeerEnd& end) { return &end == offerer.get() ? *answerer : *offerer; }
  /// Restarts ICE: the offer takes its time, and so does the answer. A refused offer has none.
  void restart(PeerEnd& from, Duration offer_takes = 0ms, Duration answer_takes = 0ms) {
    const auto offer = from.restart();
    ASSERT_TRUE(offer) << to_string(offer.error());
    queue.after(offer_takes, [this, &from, sdp = *offer, answer_takes] {
      const auto answer = peer_of(from).accept_offer(sdp);
      if (!answer) return;
      queue.after(answer_takes, [&from, reply = *answer] { static_cast<void>(from.accept_answer(reply)); });
    });
  }

  bool both_connected() const {
    return offerer->connection().is_connected() && answerer->connection().is_connected();
  }
  bool both_over() const { return offerer->is_over() && answerer->is_over(); }

  /// Describes and runs until both are connected.
  void connect() {
    describe();
    ASSERT_TRUE(queue.run_until([this] { return both_connected(); }, 10s));
  }

  EventQueue queue;
  VirtualNetwork network;
  std::unique_ptr<PeerEnd> offerer, answerer;
};

}  // namespace flnet::test
