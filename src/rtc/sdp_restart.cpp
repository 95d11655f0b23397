// SPDX-License-Identifier: MIT OR Apache-2.0
// What two descriptions of one peer must have in common.
#include "rtc/sdp_restart.hpp"

#include <algorithm>

namespace flnet::rtc {

Result<> check_later_description(const SessionDescription& known, const SessionDescription& later) {
  if (!std::ranges::is_permutation(later.fingerprints, known.fingerprints))
    return failure(ErrorCode::untrusted, "a later description names another certificate");
  if (later.session_version < known.session_version)
    return failure(ErrorCode::refused, "a newer description is known already");
  if (later.sctp_port != known.sctp_port || later.media_id != known.media_id)
    return failure(ErrorCode::unsupported, "the description asks for another association");
  return {};
}

Result<> check_restart_offer(const SessionDescription& known, const SessionDescription& offer) {
  if (auto fits = check_later_description(known, offer); !fits) return fits;
  if (offer.ice == known.ice)
    return failure(ErrorCode::invalid_argument, "the offer restarts nothing: its credentials are known");
  if (offer.ice.ufrag == known.ice.ufrag || offer.ice.password == known.ice.password)
    return failure(ErrorCode::invalid_message, "a restart changes both ufrag and password");
  return {};
}

}  // namespace flnet::rtc
