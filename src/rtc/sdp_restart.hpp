// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a later description of the peer fits the session that an earlier one has made.
#pragma once

#include "rtc/sdp_description.hpp"

#include <flnet/result.hpp>

namespace flnet::rtc {

/// A restart keeps the DTLS association, and with it all that would ask for another one (RFC 8842 §5.1). Who
/// carries the descriptions may mix them up: an old one must not undo a newer one. `known` is the peer's last
/// description. untrusted (another certificate), refused (older), unsupported (another association).
Result<> check_later_description(const SessionDescription& known, const SessionDescription& later);

/// The same for an offer that is to restart ICE (RFC 8839 §4.4.1.1.1): invalid_argument when it has the
/// credentials of `known`, and so restarts nothing; invalid_message when it changes only one of them.
Result<> check_restart_offer(const SessionDescription& known, const SessionDescription& offer);

}  // namespace flnet::rtc
