// SPDX-License-Identifier: MIT OR Apache-2.0
// Descriptions and candidates are the platform's to read; here only what is none at all is refused.
#include "net/setup_check.hpp"

#include "base/encoding.hpp"

namespace flnet::net {

Result<> check_description(std::string_view sdp) {
  if (is_utf8(sdp) && sdp.starts_with("v=0\r\n")) return {};
  return failure(ErrorCode::invalid_message, "SDP: no description");
}

Result<> check_candidate(std::string_view line) {
  if (line.starts_with("a=")) line.remove_prefix(2);
  if (is_utf8(line) && line.starts_with("candidate:")) return {};
  return failure(ErrorCode::invalid_message, "no line of a candidate");
}

}  // namespace flnet::net
