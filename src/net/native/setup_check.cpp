// SPDX-License-Identifier: MIT OR Apache-2.0
// Descriptions and candidates are read by the parsers that our own WebRTC has.
#include "net/setup_check.hpp"

#include "rtc/ice_candidate.hpp"
#include "rtc/sdp_description.hpp"

namespace flnet::net {

Result<> check_description(std::string_view sdp) {
  if (const auto read = rtc::decode_sdp(sdp); !read) return failure(read.error());
  return {};
}

Result<> check_candidate(std::string_view line) {
  const auto read = rtc::parse_candidate(line);
  if (!read && read.error().code != ErrorCode::unsupported) return failure(read.error());
  return {};
}

}  // namespace flnet::net
