// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a signalling URL points at this machine, so that loopback addresses may be candidates.
#pragma once

#include <string_view>

namespace flnet::net {

/// True for the host names "localhost" and "*.localhost" (RFC 6761 §6.3) and for loopback addresses.
bool is_loopback_url(std::string_view url);

}  // namespace flnet::net
