// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever decode_stun accepts is written and read back the same.
#include "rtc/stun_message.hpp"

#include <cstdint>
#include <cstdlib>

using namespace flnet;
using namespace flnet::rtc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView datagram(data, size);
  const Bytes key(16, 7);
  (void)stun_receiver_ufrag(datagram);
  (void)verify_stun_integrity(datagram, key);
  const auto message = decode_stun(datagram);
  if (!message) return 0;
  const Bytes written = encode_stun(*message, key);
  const auto again = decode_stun(written);
  if (!again) return 0;  // a message near 1500 bytes grows by what we append
  if (!verify_stun_integrity(written, key) || encode_stun(*again, key) != written) std::abort();
  if (again->username != message->username || again->mapped_address != message->mapped_address) std::abort();
  return 0;
}
