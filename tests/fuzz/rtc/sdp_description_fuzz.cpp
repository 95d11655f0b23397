// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever decode_sdp accepts is written and read back the same.
#include "rtc/sdp_description.hpp"

#include <flnet/bytes.hpp>

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto description = flnet::rtc::decode_sdp(flnet::as_text({data, size}));
  if (!description) return 0;
  const std::string written = flnet::rtc::encode_sdp(*description);
  const auto again = flnet::rtc::decode_sdp(written);
  if (!again || flnet::rtc::encode_sdp(*again) != written) std::abort();
  if (written.find_first_of("\"\\") != std::string::npos) std::abort();
  return 0;
}
