// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes the SDP of a data-channel offer or answer (RFC 8829 §5.2.1, RFC 8841 §11).
#include "rtc/sdp_description.hpp"

#include <cassert>
#include <cstdio>

namespace flnet::rtc {
namespace {

std::string_view setup_name(DtlsSetup setup) {
  switch (setup) {
    case DtlsSetup::actpass:
      return "actpass";
    case DtlsSetup::active:
      return "active";
    case DtlsSetup::passive:
      return "passive";
  }
  return "actpass";
}

/// RFC 8122 §5: upper-case hex, colons between the bytes.
std::string fingerprint_text(const Fingerprint& fingerprint) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t byte : fingerprint) {
    if (!text.empty()) text += ':';
    text += digits[byte >> 4];
    text += digits[byte & 15U];
  }
  return text;
}

std::string hex_u64(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

class SdpWriter {
 public:
  template <class... Parts>
  void line(const Parts&... parts) {
    (text_.append(parts), ...);
    text_.append("\r\n");
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string encode_sdp(const SessionDescription& description) {
  assert(!description.fingerprints.empty());
  SdpWriter sdp;
  sdp.line("v=0");
  sdp.line("o=- ", std::to_string(description.session_id), " ", std::to_string(description.session_version),
           " IN IP4 127.0.0.1");
  sdp.line("s=-");
  sdp.line("t=0 0");
  sdp.line("a=group:BUNDLE ", description.media_id);
  sdp.line("a=msid-semantic: WMS");
  // Port 9 and 0.0.0.0 say "see the candidates" (RFC 8840 §4.1.1).
  sdp.line("m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
  sdp.line("c=IN IP4 0.0.0.0");
  for (const IceCandidate& candidate : description.candidates) sdp.line("a=", to_line(candidate));
  if (description.end_of_candidates) sdp.line("a=end-of-candidates");
  sdp.line("a=ice-ufrag:", description.ice.ufrag);
  sdp.line("a=ice-pwd:", description.ice.password);
  if (description.trickle) sdp.line("a=ice-options:trickle");
  for (const Fingerprint& fingerprint : description.fingerprints) {
    sdp.line("a=fingerprint:sha-256 ", fingerprint_text(fingerprint));
  }
  sdp.line("a=setup:", setup_name(description.setup));
  sdp.line("a=mid:", description.media_id);
  sdp.line("a=sctp-port:", std::to_string(description.sctp_port));
  sdp.line("a=max-message-size:", std::to_string(description.max_message_size));
  if (description.flnet_session) {
    sdp.line("a=flnet-session:", hex_u64(*description.flnet_session));
    if (description.setup == DtlsSetup::actpass) sdp.line("a=flnet-offer");
  }
  return sdp.take();
}

}  // namespace flnet::rtc
