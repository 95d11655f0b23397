// SPDX-License-Identifier: MIT OR Apache-2.0
// Fuzzes the readers of SCTP packets, chunks and parameters.
#include "rtc/sctp_chunk.hpp"

#include <cstdlib>

using namespace flnet;
using namespace flnet::rtc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView packet(data, size);
  (void)decode_sctp_header(packet);
  if (size >= sctp_header_size) {
    SctpChunkReader reader(packet);
    while (const auto chunk = reader.next()) {
      (void)decode_sack(chunk->body);
      (void)decode_data(*chunk);
      (void)describe_causes(chunk->body);
      const auto init = decode_init_body(chunk->body);
      if (init && !decode_init_body(encode_init_body(*init))) std::abort();  // What was read can be written.
    }
  }
  return 0;
}
