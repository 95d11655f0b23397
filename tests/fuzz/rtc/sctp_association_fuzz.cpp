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

std::uint32_t near(const std::uint8_t* at, std::uint32_t base) {
  return base + static_cast<std::uint32_t>(static_cast<std::int8_t>(load_u32(at)));
}

// One parameter: a request of the forged side, or the answer to one of ours.
void fix_re_config(Bytes& body, const Numbers& numbers) {
  if (body.size() < 12) return;
  const bool is_request = (body[1] & 1) != 0;
  store_u16(body.data(),
            is_request ? parameter_type::outgoing_reset_request : parameter_type::reconfig_response);
  if ((body[2] & 1) == 0) store_u16(body.data() + 2, static_cast<std::uint16_t>(body.size()));
  store_u32(body.data() + 4, near(body.data() + 4, is_request ? numbers.first_tsn : numbers.own_tsn));
  if (!is_request) store_u32(body.data() + 8, body[11] % 8);
  if (is_request && body.size() >= 16) store_u32(body.data() + 12, near(body.data() + 12, numbers.first_tsn));
}

// The side under test does something of its own.
void act(std::uint8_t what, SctpAssociation& association, Time now) {
  const auto stream = static_cast<StreamId>(what & 3);
  const SctpDelivery delivery{
      (what & 4) != 0, (what & 8) != 0 ? SctpDelivery::Limit::lifetime : SctpDelivery::Limit::retransmissions,
      static_cast<std::uint32_t>(what >> 6)};
  if ((what & 16) != 0) {
    association.reset_stream(stream);
  } else {
    (void)association.send(stream, 53, delivery, Bytes(what * 17 + 1U), now);
  }
}

constexpr std::uint8_t action = 0xfe;  // In the place of a chunk's type.

// Sequence numbers near the valid ones get the fuzzer past the first comparison.
void fix_numbers(std::uint8_t type, Bytes& body, const Numbers& numbers) {
  if (body.size() < 4) return;
  const std::uint32_t given = load_u32(body.data());
  const auto distance = static_cast<std::uint32_t>(static_cast<std::int8_t>(given));
  if (type == chunk_type::data || type == chunk_type::forward_tsn) {
    store_u32(body.data(), numbers.first_tsn + distance);
  }
  if (type == chunk_type::re_config) fix_re_config(body, numbers);
  if (type == chunk_type::sack || type == chunk_type::shutdown)
    store_u32(body.data(), numbers.own_tsn + distance);
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
    if (type == action) {
      act(rest[1], association, pair.now);
      rest = rest.subspan(2);
      continue;
    }
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
