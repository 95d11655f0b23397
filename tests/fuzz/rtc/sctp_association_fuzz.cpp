// SPDX-License-Identifier: MIT OR Apache-2.0
// Fuzzes an SCTP association that is up: the input becomes packets with the right tag and checksum.
#include "support/sctp_pair.hpp"

#include "base/byte_io.hpp"
#include "rtc/sctp_chunk.hpp"

#include <cstdlib>

using namespace flnet;
using namespace flnet::rtc;

namespace {

struct Numbers {
  std::uint32_t tag = 0;
  Tsn first_tsn = 0;  ///< Of the forged side.
  Tsn own_tsn = 0;    ///< Of the side under test.
};

// Sequence numbers near the valid ones get the fuzzer past the first comparison.
void fix_numbers(std::uint8_t type, Bytes& body, const Numbers& numbers) {
  if (body.size() < 4) return;
  const std::uint32_t given = load_u32(body.data());
  const auto near = static_cast<std::uint32_t>(static_cast<std::int8_t>(given));
  if (type == chunk_type::data) store_u32(body.data(), numbers.first_tsn + near);
  if (type == chunk_type::sack || type == chunk_type::shutdown)
    store_u32(body.data(), numbers.own_tsn + near);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SctpConfig config;
  config.receive_window = 64 * 1024;
  config.max_message_size = 16 * 1024;
  test::SctpPair pair(1, config, config);
  Numbers numbers;
  pair.filter = [&](int side, Bytes& packet) {
    SctpChunkReader reader(packet);
    const auto chunk = reader.next();
    if (chunk->type == chunk_type::init) {
      (side == 0 ? numbers.first_tsn : numbers.own_tsn) = load_u32(chunk->body.data() + 12);
    } else if (side == 0) {
      numbers.tag = decode_sctp_header(packet)->verification_tag;
    }
    return true;
  };
  if (!pair.connect()) std::abort();
  pair.filter = nullptr;
  auto& association = pair.b().association;
  for (StreamId stream = 0; stream < 4; ++stream)
    (void)association.send(stream, 53, false, Bytes(3000), pair.now);

  // One chunk after the other: type, flags, length (with a bit that ends the packet), body.
  ByteView rest(data, size);
  SctpPacketBuilder builder(4000);
  builder.begin({5000, 5000, numbers.tag});
  while (rest.size() >= 3) {
    const std::uint8_t type = rest[0];
    const std::size_t length = std::min<std::size_t>(rest[2] & 0x7f, rest.size() - 3);
    Bytes body = to_bytes(rest.subspan(3, length));
    fix_numbers(type, body, numbers);
    const bool ends = (rest[2] & 0x80) != 0 || builder.room() < 300;
    builder.add(type, rest[1], body);
    rest = rest.subspan(3 + length);
    if (!ends && rest.size() >= 3) continue;
    association.receive(builder.finish(), pair.now);
    pair.flush(1);
    pair.clear_wire();
    builder.begin({5000, 5000, numbers.tag});
    pair.now += 7ms;
    const auto at = association.deadline();
    if (at && *at <= pair.now) association.handle_timeout(pair.now);
  }
  // Whatever came, it ends: by itself or by an abort.
  for (int i = 0; i < 1000 && association.deadline(); ++i) {
    pair.now = std::max(pair.now, *association.deadline());
    association.handle_timeout(pair.now);
    pair.flush(1);
    pair.clear_wire();
  }
  if (association.deadline()) std::abort();
  return 0;
}
