// SPDX-License-Identifier: MIT OR Apache-2.0
// DTLS sessions by OpenSSL over memory: no socket, one P-256 certificate a context.
#pragma once

#include "rtc/dtls_session.hpp"

#include <memory>

namespace flnet::io {

/// A context with a fresh self-signed P-256 certificate. OpenSSL reads its own clock for retransmissions;
/// `now` is used for nothing but deadlines.
Result<std::unique_ptr<rtc::DtlsContext>> make_dtls_context();

}  // namespace flnet::io
