// SPDX-License-Identifier: MIT OR Apache-2.0
// What decode_server_message reads, encode writes so that it is read as the same again.
#include "wire/signal_message.hpp"

#include <flnet/bytes.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace flnet;
  const auto message = wire::decode_server_message(as_text(ByteView(data, size)));
  if (!message) return 0;
  // Only the form of 0.10 says everything about a listed node.
  const auto again = wire::decode_server_message(wire::encode(*message, wire::Dialect::v0_10));
  if (!again) std::abort();
  auto expected = *message;
  if (auto* list = std::get_if<wire::ListReply>(&expected)) list->skipped = 0;
  if (*again != expected) std::abort();
  if (!wire::decode_server_message(wire::encode(*message, wire::Dialect::v0_7))) std::abort();
  return 0;
}
