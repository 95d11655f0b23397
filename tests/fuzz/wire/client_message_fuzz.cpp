// SPDX-License-Identifier: MIT OR Apache-2.0
// What decode_client_message reads, encode writes so that it is read as the same again.
#include "wire/signal_message.hpp"

#include <flnet/bytes.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace flnet;
  const auto message = wire::decode_client_message(as_text(ByteView(data, size)));
  if (!message) return 0;
  const auto again = wire::decode_client_message(wire::encode(*message));
  if (!again || *again != *message) std::abort();
  return 0;
}
