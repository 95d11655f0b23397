// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether what the other side of a PeerConnection says can be used, before its session is told.
#pragma once

#include <flnet/result.hpp>

#include <string_view>

namespace flnet::net {

/// invalid_message, or unsupported. Natively the whole description is read; in WASM only the platform can,
/// and a session ends when it refuses.
Result<> check_description(std::string_view sdp);

/// The same for a candidate's line that is not empty. Kinds that are unknown here pass: they may mean
/// something to the session, or are skipped by it.
Result<> check_candidate(std::string_view line);

}  // namespace flnet::net
