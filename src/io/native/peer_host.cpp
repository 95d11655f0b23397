// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerHost natively: one UDP port, one certificate and one flush a loop turn for all sessions of a node.
#include "base/random.hpp"
#include "io/native/dtls_openssl.hpp"
#include "io/native/gatherer_driver.hpp"
#include "io/native/ice_servers.hpp"
#include "io/native/native_peer_session.hpp"
#include "io/native/peer_driver.hpp"
#include "io/native/relay_driver.hpp"
#include "io/native/udp_mux.hpp"
#include "io/native/udp_port.hpp"
#include "io/peer_session.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>
#include <utility>
#include <vector>

namespace flnet::io {
namespace {

class NativePeerHost final : public PeerHost,
                             private UdpPortSink,
                             private PeerDriverHost,
                             private GathererDriverSink,
                             private RelayDriverSink {
 public:
  NativePeerHost(Loop& loop, bool loopback_candidates, std::unique_ptr<rtc::DtlsContext> dtls)
      : loop_(loop), loopback_candidates_(loopback_candidates), dtls_(std::move(dtls)) {}
  ~NativePeerHost() override {
    dig_graves();
    assert(drivers_.empty() && "sessions die before their host");
    relays_.reset();
    if (port_) port_->flush();  // The last sessions' aborts; none when the port could not be opened.
  }
  NativePeerHost(const NativePeerHost&) = delete;
  NativePeerHost& operator=(const NativePeerHost&) = delete;

  Result<> open_port(std::uint16_t port) {
    auto opened = UdpPort::open(loop_, port, *this);
    if (!opened) return failure(std::move(opened.error()));
    port_ = *std::move(opened);
    return {};
  }

  void use_stun_servers(std::vector<rtc::IceServerUrl> servers) {
    PeerDriverHost& host = *this;
    GathererDriverSink& sink = *this;
    if (!servers.empty()) gatherer_.emplace(host, std::move(servers), random_, sink);
  }

  void use_turn_servers(const std::vector<TurnServer>& servers) {
    PeerDriverHost& host = *this;
    RelayDriverSink& sink = *this;
    if (!servers.empty()) relays_.emplace(host, servers, random_, sink);
  }

  std::unique_ptr<PeerSession> make_session(std::uint64_t session, PeerSessionSink& sink) override {
    rtc::PeerConnectionConfig config;
    config.session = session;
    NodeAddresses found = find_addresses();
    config.local_addresses = std::move(found.local);
    config.reflexive_addresses = std::move(found.reflexive);
    config.relayed_addresses = std::move(found.relayed);
    config.gathering = found.gathering;
    PeerDriverHost& host = *this;
    auto driver = std::make_unique<PeerDriver>(host, std::move(config), *dtls_, random_, sink);
    auto made = std::make_unique<NativePeerSession>(*driver);
    drivers_.emplace(driver.get(), std::move(driver));
    return made;
  }

 private:
  // UdpPortSink
  void datagram_received(const rtc::DatagramPath& path, ByteView datagram) override {
    if (!batch_time_) batch_time_ = loop_.now();
    auto* session = mux_.route(path, datagram, *batch_time_);
    if (session != nullptr) session->receive(path, datagram);
  }
  void batch_received() override {
    if (!batch_time_) return;
    end_turn();
    batch_time_.reset();
  }

  bool is_gathering() const {
    return (gatherer_ && gatherer_->machine().is_gathering()) || (relays_ && relays_->is_gathering());
  }
  void end_gathering() {
    if (is_gathering()) return;
    for (const auto& entry : drivers_) entry.second->gathering_finished();
  }

  // GathererDriverSink
  void reflexive_address_found(const rtc::ReflexiveAddress& address) override {
    for (const auto& entry : drivers_) entry.second->reflexive_address_found(address);
  }
  void gathering_finished() override { end_gathering(); }

  // RelayDriverSink
  void relayed_address_found(const rtc::RelayedAddress& address) override {
    reflexive_address_found({address.base, address.mapped});  // RFC 8445 §5.1.1.2: the server tells both
    for (const auto& entry : drivers_) entry.second->relayed_address_found(address);
  }
  void relays_finished() override { end_gathering(); }
  void relay_received(const rtc::DatagramPath& path, ByteView datagram) override {
    auto* session = mux_.route(path, datagram, now());
    if (session != nullptr) session->receive(path, datagram);
  }
  bool relays_are_needed() override {
    return std::ranges::any_of(drivers_, [](const auto& entry) { return entry.second->needs_relays(); });
  }

  // PeerDriverHost
  NodeAddresses find_addresses() override {
    NodeAddresses found;
    found.local = port_->local_addresses(loopback_candidates_);
    if (gatherer_) {
      gatherer_->gather(found.local);
      found.reflexive = gatherer_->machine().known(found.local);
    }
    if (relays_) {
      relays_->gather(found.local);
      found.relayed = relays_->known();
      for (const auto& [relayed, mapped, base] : found.relayed) found.reflexive.push_back({base, mapped});
    }
    found.gathering = is_gathering();
    return found;
  }
  Loop& loop() override { return loop_; }
  UdpPort& port() override { return *port_; }
  void send(const rtc::DatagramPath& path, ByteView datagram) override {
    if (!relays_ || !relays_->send(path, datagram)) port_->send(path, datagram);
  }
  UdpMux& mux() override { return mux_; }
  Time now() override { return batch_time_ ? *batch_time_ : loop_.now(); }
  void mark_dirty(PeerDriver& driver) override {
    if (!driver.set_dirty(true)) dirty_.push_back(&driver);
    request_turn();
  }
  void bury(PeerDriver& driver) override {
    graves_.push_back(&driver);
    request_turn();
  }

  void request_turn() override {
    if (batch_time_ || turn_requested_) return;  // The end of the batch is the end of the turn.
    turn_requested_ = true;
    turn_ = loop_.soon([this] {
      turn_requested_ = false;
      end_turn();
    });
  }

  /// Once for each session that something happened to; what that leads to waits for the next turn.
  void end_turn() {
    turning_.swap(dirty_);
    for (PeerDriver* driver : turning_) {
      driver->set_dirty(false);
      driver->end_turn();
    }
    turning_.clear();
    port_->flush();
    dig_graves();
    if (!dirty_.empty()) {
      batch_time_.reset();
      request_turn();
    }
  }

  void dig_graves() {
    if (graves_.empty()) return;
    for (PeerDriver* driver : std::exchange(graves_, {})) {
      std::erase(dirty_, driver);
      drivers_.erase(driver);
    }
  }

  Loop& loop_;
  bool loopback_candidates_;
  std::unique_ptr<rtc::DtlsContext> dtls_;
  SystemRandom random_;
  UdpMux mux_;
  std::unique_ptr<UdpPort> port_;
  std::unordered_map<PeerDriver*, std::unique_ptr<PeerDriver>> drivers_;
  std::vector<PeerDriver*> dirty_;
  std::vector<PeerDriver*> turning_;  ///< Only within end_turn; a member to keep its memory.
  std::vector<PeerDriver*> graves_;
  std::optional<Time> batch_time_;  ///< Set while datagrams are handled.
  bool turn_requested_ = false;
  Deferred turn_;
  std::optional<GathererDriver> gatherer_;
  std::optional<RelayDriver> relays_;
};

}  // namespace

Result<std::unique_ptr<PeerHost>> PeerHost::open(Loop& loop, PeerHostConfig config) {
  auto servers = read_stun_servers(config);
  if (!servers) return failure(std::move(servers.error()));
  auto turn_servers = read_turn_servers(config);
  if (!turn_servers) return failure(std::move(turn_servers.error()));
  auto dtls = make_dtls_context();
  if (!dtls) return failure(std::move(dtls.error()));
  auto host = std::make_unique<NativePeerHost>(loop, config.loopback_candidates, *std::move(dtls));
  if (auto opened = host->open_port(config.udp_port); !opened) return failure(std::move(opened.error()));
  host->use_stun_servers(*std::move(servers));
  host->use_turn_servers(*turn_servers);
  return host;
}

/// Here all sessions have other channels and restarts.
Result<std::unique_ptr<PeerHost>> PeerHost::open_for_connections(Loop& loop, PeerHostConfig config) {
  return open(loop, std::move(config));
}

}  // namespace flnet::io
