// SPDX-License-Identifier: MIT OR Apache-2.0
// A stored identity that was read is written so that it is read as the same again.
#include "wire/node_config_json.hpp"
#include "wire/stored_node_info.hpp"
#include "wire/text_form.hpp"

#include <flnet/bytes.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace flnet;
  const auto text = as_text(ByteView(data, size));
  wire::text_form(text);
  if (const auto info = wire::decode_node_info(text)) {
    const auto same = wire::decode_node_info(wire::encode_node_info(*info));
    if (!same || *same != *info) std::abort();
  }
  const auto config = wire::decode_node_config(text);
  if (!config) return 0;
  const auto again = wire::decode_node_config(wire::encode_node_config(*config));
  if (!again || *again != *config) std::abort();
  return 0;
}
