// SPDX-License-Identifier: MIT OR Apache-2.0
// Feeds DTLS sessions garbage and damaged handshakes: nothing may crash, and each end comes once at most.
#include "base/byte_io.hpp"
#include "io/native/dtls_openssl.hpp"
#include "support/dtls_pair.hpp"
#include "support/fuzz_input.hpp"
#include "support/openssl_clock.hpp"

#include <cstdlib>

FLNET_DEFINE_OPENSSL_CLOCK;

namespace {

using namespace flnet;

/// Contexts for all inputs: making keys would be most of the time.
class LentContext final : public rtc::DtlsContext {
 public:
  explicit LentContext(rtc::DtlsContext& context) : context_(context) {}
  const rtc::Fingerprint& fingerprint() const override { return context_.fingerprint(); }
  std::unique_ptr<rtc::DtlsSession> make_session(rtc::DtlsRole role, std::vector<rtc::Fingerprint> expected,
                                                 rtc::DtlsSink& sink) override {
    return context_.make_session(role, std::move(expected), sink);
  }

 private:
  rtc::DtlsContext& context_;
};

std::unique_ptr<rtc::DtlsContext> lend(rtc::DtlsContext& context) {
  return std::make_unique<LentContext>(context);
}

void change(Bytes& datagram, test::FuzzInput& input) {
  const std::size_t at = static_cast<std::size_t>(input.byte()) * 256 + input.byte();
  datagram[at % datagram.size()] ^= input.byte();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto client_context = io::make_dtls_context();
  static const auto server_context = io::make_dtls_context();
  test::FuzzInput input(data, size);
  test::DtlsPair pair(lend(**client_context), lend(**server_context));
  pair.filter = [&](std::size_t, Bytes& datagram) {
    const auto action = input.byte();
    if (action % 8 == 1) change(datagram, input);
    if (action % 8 == 2) datagram.resize(datagram.size() / 2);
    if (action % 8 == 3) pair.server.session->receive(input.take(action), pair.now);
    if (action % 8 == 4) pair.client.session->receive(input.take(action), pair.now);
    return action % 8 != 5;
  };
  pair.start();
  pair.run_for(2s);
  for (auto* end : {&pair.client, &pair.server}) {
    end->session->send(input.take(input.byte()), pair.now);
    while (!input.empty()) end->session->receive(input.take(1 + input.byte()), pair.now);
  }
  pair.run_for(40s);
  for (auto* end : {&pair.client, &pair.server}) {
    if (end->closed.size() > 1 || end->connected > 1) std::abort();
    if (end->connected == 0 && end->closed.empty()) std::abort();  // it must have timed out
  }
  return 0;
}
