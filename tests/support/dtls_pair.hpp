// SPDX-License-Identifier: MIT OR Apache-2.0
// DtlsPair: two DTLS sessions back to back in virtual time; the test decides which datagrams arrive.
#pragma once

#include "rtc/dtls_session.hpp"
#include "support/openssl_clock.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet::test {

/// One end: what its session told it, and the datagrams it wants to send.
struct DtlsEnd final : rtc::DtlsSink {
  std::unique_ptr<rtc::DtlsSession> session;
  std::deque<Bytes> outbox;
  std::vector<Bytes> received;
  int connected = 0;
  std::vector<Error> closed;

  void send_dtls(ByteView datagram) override { outbox.push_back(to_bytes(datagram)); }
  void dtls_connected() override { ++connected; }
  void dtls_received(ByteView data) override { received.push_back(to_bytes(data)); }
  void dtls_closed(Error reason) override { closed.push_back(std::move(reason)); }
};

class DtlsPair {
 public:
  /// The `number`th datagram (from 0, both directions together); false loses it. It may be changed.
  using Filter = std::function<bool(std::size_t number, Bytes& datagram)>;

  explicit DtlsPair(std::unique_ptr<rtc::DtlsContext> client_context,
                    std::unique_ptr<rtc::DtlsContext> server_context)
      : client_context_(std::move(client_context)), server_context_(std::move(server_context)) {
    expect(server_context_->fingerprint(), client_context_->fingerprint());
  }

  /// Sessions that want these fingerprints of each other.
  void expect(const rtc::Fingerprint& by_client, const rtc::Fingerprint& by_server) {
    client.session = client_context_->make_session(rtc::DtlsRole::client, {by_client}, client);
    server.session = server_context_->make_session(rtc::DtlsRole::server, {by_server}, server);
  }

  void start() {
    server.session->start(now);
    client.session->start(now);
  }

  /// Carries datagrams until there are none.
  void exchange() {
    while (carry(client, server) || carry(server, client)) continue;
  }

  /// Exchanges, and lets time pass from deadline to deadline, for `span`.
  void run_for(Duration span) {
    const Time end = now + span;
    for (;;) {
      exchange();
      const auto next = earliest(client.session->deadline(), server.session->deadline());
      if (!next || *next > end) break;
      now = std::max(now, *next);
      clock_.set(now);
      ++timeouts;
      for (auto* each : {&client, &server})
        if (each->session->deadline() && *each->session->deadline() <= now)
          each->session->handle_timeout(now);
    }
    now = end;
    clock_.set(now);
  }

  bool both_connected() const { return client.connected == 1 && server.connected == 1; }
  rtc::DtlsContext& client_context() { return *client_context_; }
  rtc::DtlsContext& server_context() { return *server_context_; }

  Time now{Duration{5'000'000}};
  Filter filter;
  int copies = 1;  ///< In which every datagram arrives.
  std::size_t carried = 0;
  std::size_t timeouts = 0;
  std::size_t largest_datagram = 0;

 private:
  std::unique_ptr<rtc::DtlsContext> client_context_,
      server_context_;  // before the ends: they outlive sessions
  OpensslClock clock_{now};

 public:
  DtlsEnd client, server;

 private:
  bool carry(DtlsEnd& from, DtlsEnd& to) {
    if (from.outbox.empty()) return false;
    Bytes datagram = std::move(from.outbox.front());
    from.outbox.pop_front();
    largest_datagram = std::max(largest_datagram, datagram.size());
    if (!filter || filter(carried, datagram))
      for (int copy = 0; copy < copies; ++copy) to.session->receive(datagram, now);
    ++carried;
    return true;
  }
};

}  // namespace flnet::test
