// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever parse_candidate accepts is written and read back the same.
#include "rtc/ice_candidate.hpp"

#include <flnet/bytes.hpp>

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto candidate = flnet::rtc::parse_candidate(flnet::as_text({data, size}));
  if (!candidate) return 0;
  const auto again = flnet::rtc::parse_candidate(flnet::rtc::to_line(*candidate));
  if (!again || *again != *candidate) std::abort();
  return 0;
}
