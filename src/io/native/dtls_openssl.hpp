// SPDX-License-Identifier: MIT OR Apache-2.0
// DTLS sessions by OpenSSL over memory: no socket, one P-256 certificate a context.
#pragma once

#include "rtc/dtls_session.hpp"

#include <memory>

namespace flnet::io {

/// A context with a fresh self-signed P-256 certificate; it must outlive its sessions, and all of them
/// belong to one thread. OpenSSL reads its own clock (gettimeofday) to see whether a flight is due again;
/// everything else goes by `now`.
Result<std::unique_ptr<rtc::DtlsContext>> make_dtls_context();

}  // namespace flnet::io
