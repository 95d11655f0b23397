// SPDX-License-Identifier: MIT OR Apache-2.0
// A stored identity that was read is written so that it is read as the same again.
#include "wire/node_config_json.hpp"

#include <flnet/bytes.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace flnet;
  const auto config = wire::decode_node_config(as_text(ByteView(data, size)));
  if (!config) return 0;
  const auto again = wire::decode_node_config(wire::encode_node_config(*config));
  if (!again || *again != *config) std::abort();
  return 0;
}
