// SPDX-License-Identifier: MIT OR Apache-2.0
// A PacketReader bears any packets within its limits; any text of UTF-8 comes back from its own packets.
#include "wire/packet.hpp"

#include "support/fuzz_input.hpp"

#include <cstdlib>

namespace {

using namespace flnet;
using namespace flnet::wire;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const PacketReader& reader) {
  require(reader.held_bytes() <= max_packet_text_bytes);
  require(reader.open_texts() <= max_open_packet_texts);
}

/// A packet that is nearly good: the fuzzer finds the rest by itself.
std::string shaped(test::FuzzInput& input) {
  std::string id(64, '0');
  id[0] = "0123456789abcdef"[input.below(16)];
  return "{\"id\":\"" + id + "\",\"part\":" + std::to_string(input.below(4)) +
         ",\"total\":" + std::to_string(input.below(5)) + ",\"data\":\"" + input.text(64) +
         std::string(input.byte() * 1024UL, 'x') + "\"}";
}

void returns(std::string_view text) {
  PacketReader reader;
  std::optional<std::string> whole;
  const auto written = encode_packets(text, U256{}, [&](std::string_view packet) {
    require(packet.size() <= max_packet_bytes && !whole);
    auto read = reader.read(packet);
    require(read.has_value());
    whole = std::move(*read);
  });
  require(!written || whole == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  returns(as_text(ByteView(data, size)));
  std::string repeated;
  for (int i = 0; i < 2000 && size > 0 && size < 64; ++i) repeated += as_text(ByteView(data, size));
  returns(repeated);
  test::FuzzInput input(data, size);
  PacketReader reader;
  while (!input.empty()) {
    const std::string packet = input.below(3) == 0 ? input.text(200) : shaped(input);
    if (const auto text = reader.read(packet); text && *text)
      require((**text).size() <= max_packet_text_bytes);
    check(reader);
  }
  return 0;
}
