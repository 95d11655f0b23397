// SPDX-License-Identifier: MIT OR Apache-2.0
// Fuzzes the DCEP decoder and the channels behind it.
#include "rtc/data_channel.hpp"

#include "base/byte_io.hpp"

#include <cstdlib>

using namespace flnet;
using namespace flnet::rtc;

namespace {

class Sink final : public SctpSink, public DataChannelSink {
 public:
  void send_sctp(ByteView) override {}
  void sctp_connected() override {}
  void sctp_received(StreamId, std::uint32_t, ByteView) override {}
  void sctp_writable() override {}
  void sctp_closed(Error) override {}
  void channel_opened(ChannelId, const DataChannelOptions&, bool) override {}
  void channel_received(ChannelId, MessageView) override {}
  void channel_closed(ChannelId) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = decode_dcep({data, size});
  if (decoded) {
    if (const auto* options = std::get_if<DataChannelOptions>(&*decoded)) {
      const auto again = decode_dcep(encode_channel_open(*options));
      if (!again || std::get<DataChannelOptions>(*again) != *options) std::abort();
    }
  }
  // The same bytes as a row of messages: stream, payload protocol id, length, bytes.
  SeededRandom random(1);
  Sink sink;
  SctpAssociation association({}, random, sink);
  DataChannels channels(association, sink);
  const Time now{1s};
  channels.set_dtls_client(size % 2 == 0, now);
  (void)channels.open({}, now);
  channels.association_connected(now);
  ByteView rest(data, size);
  while (rest.size() >= 4) {
    const std::size_t length = std::min<std::size_t>(rest[2], rest.size() - 4);
    channels.receive(rest[0], ppid_dcep + rest[1] % 8, rest.subspan(4, length), now);
    rest = rest.subspan(4 + length);
  }
  channels.resume(now);
  return 0;
}
