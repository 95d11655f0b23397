// SPDX-License-Identifier: MIT OR Apache-2.0
// Fuzzes the DCEP decoder and the channels behind it.
#include "rtc/data_channel.hpp"

#include "base/byte_io.hpp"

#include <array>
#include <cstdlib>
#include <set>

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
  void channel_opened(ChannelId id, const DataChannelOptions&, bool) override { check_open(id); }
  void channel_received(ChannelId id, MessageView) override { check_open(id); }
  void channel_closed(ChannelId id) override {
    check_open(id);
    closed_.insert(id);
  }

 private:
  void check_open(ChannelId id) const {
    if (closed_.contains(id)) std::abort();
  }
  std::set<ChannelId> closed_;
};

// One step: what the peer sends, what the association tells, what the owner does.
void step(DataChannels& channels, ByteView head, ByteView body, Time now) {
  const std::array<StreamId, 1> streams = {head[0]};
  const ChannelId id = head[0] + (head[1] % 2) * static_cast<ChannelId>(DataChannels::max_channels);
  switch (head[3] % 8) {
    case 1:
      return channels.close(id, now);
    case 2:
      return channels.streams_reset(std::span(streams).first(head[1] % 2));
    case 3:
      return channels.own_streams_reset(streams, head[1] % 2 == 0, now);
    case 4:
      (void)channels.open({}, now);
      return;
    case 5:
      (void)channels.send(id, {MessageKind::binary, body}, now);
      (void)channels.buffered_bytes(id);
      return;
    case 6:
      return channels.handle_timeout(now);
    default:
      return channels.receive(head[0], ppid_dcep + head[1] % 8, body, now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = decode_dcep({data, size});
  if (decoded) {
    if (const auto* options = std::get_if<DataChannelOptions>(&*decoded)) {
      const auto again = decode_dcep(encode_channel_open(*options));
      if (!again || std::get<DataChannelOptions>(*again) != *options) std::abort();
    }
  }
  // The same bytes as a row of steps: stream, payload protocol id, length, what, bytes.
  SeededRandom random(1);
  Sink sink;
  SctpAssociation association({}, random, sink);
  DataChannels channels(association, sink);
  Time now{1s};
  channels.set_dtls_client(size % 2 == 0, now);
  (void)channels.open({}, now);
  channels.association_connected(now);
  ByteView rest(data, size);
  while (rest.size() >= 4) {
    const std::size_t length = std::min<std::size_t>(rest[2], rest.size() - 4);
    step(channels, rest.first(4), rest.subspan(4, length), now);
    now += 5s;
    rest = rest.subspan(4 + length);
  }
  channels.resume(now);
  return 0;
}
