// SPDX-License-Identifier: MIT OR Apache-2.0
// The data-channel subset of SDP (RFC 8866, 8829, 8841, 8839, 8842): what offers and answers say.
#pragma once

#include "rtc/ice_agent.hpp"
#include "rtc/ice_candidate.hpp"

#include <flnet/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::rtc {

/// SHA-256 over a certificate's DER form, as in a=fingerprint (RFC 8122).
using Fingerprint = std::array<std::uint8_t, 32>;

/// RFC 8842 §5.1: who starts the DTLS handshake.
enum class DtlsSetup : std::uint8_t { actpass, active, passive };

/// One m=application section with UDP/DTLS/SCTP webrtc-datachannel, and the session lines around it.
struct SessionDescription {
  std::uint64_t session_id = 0;       ///< o= line
  std::uint64_t session_version = 2;  ///< o= line
  std::string media_id = "0";         ///< a=mid
  IceCredentials ice;
  std::vector<Fingerprint> fingerprints;  ///< sha-256 ones; at least one
  DtlsSetup setup = DtlsSetup::actpass;
  std::uint16_t sctp_port = 5000;
  /// a=max-message-size; 0 means any size (RFC 8841 §6.1), absence 64 KiB.
  std::uint64_t max_message_size = 262144;
  std::vector<IceCandidate> candidates;
  bool end_of_candidates = false;
  bool trickle = true;
  /// flnet's own attribute a=flnet-session: which attempt this is; set by C++ nodes only. Some stacks repeat
  /// attributes of the offer that they don't know in their answer; they are told by a=flnet-offer, which goes
  /// with it in offers alone.
  std::optional<std::uint64_t> flnet_session;
};

/// CRLF line ends, no '"' and no '\'. Offer or answer is told by a=setup alone: the description must be one
/// that decode_sdp would accept.
std::string encode_sdp(const SessionDescription& description);

/// At most 64 KiB, 1024 lines and 64 candidates (else too_large); LF alone is accepted. Exactly one
/// data-channel section is wanted: other m= sections must be rejected ones (port 0), else `unsupported`.
/// Candidates that parse_candidate calls `unsupported` are skipped, broken ones make the description
/// invalid_message, as do missing ufrag, password, fingerprint or setup, a fingerprint only in hashes other
/// than sha-256, and an attribute that comes twice where it may come once. Attributes of the media section go
/// before those of the session; unknown ones are skipped.
Result<SessionDescription> decode_sdp(std::string_view sdp);

}  // namespace flnet::rtc
