// SPDX-License-Identifier: MIT OR Apache-2.0
// Data channels over the two associations of an SctpPair, driven as a PeerConnection drives them.
#pragma once

#include "rtc/data_channel.hpp"
#include "support/sctp_pair.hpp"

#include <string>
#include <utility>
#include <vector>

namespace flnet::rtc::test {

/// The channels of one end, and what they told.
class Channels final : public DataChannelSink {
 public:
  Channels(SctpEnd& end, SctpPair& pair) : channels(end.association, *this), end_(end) {
    end.on_received = [this, &pair](StreamId stream, std::uint32_t ppid, ByteView message) {
      channels.receive(stream, ppid, message, pair.now);
    };
    end.on_streams_reset = [this](std::span<const StreamId> streams) { channels.streams_reset(streams); };
    end.on_own_streams_reset = [this, &pair](std::span<const StreamId> streams, bool performed) {
      channels.own_streams_reset(streams, performed, pair.now);
    };
  }
  void channel_opened(ChannelId id, const DataChannelOptions& options, bool by_peer) override {
    opened.push_back({id, options, by_peer});
  }
  void channel_received(ChannelId id, MessageView message) override {
    received.emplace_back(id, Message::copy(message));
  }
  void channel_closed(ChannelId id) override { closed.push_back(id); }

  /// What the owner does before each flush.
  void drive(Time now) {
    channels.handle_timeout(now);
    if (end_.writable_calls != writable_seen_) channels.resume(now);
    writable_seen_ = end_.writable_calls;
  }

  struct Opened {
    ChannelId id;
    DataChannelOptions options;
    bool by_peer;
  };
  DataChannels channels;
  std::vector<Opened> opened;
  std::vector<std::pair<ChannelId, Message>> received;
  std::vector<ChannelId> closed;

 private:
  SctpEnd& end_;
  int writable_seen_ = 0;
};

/// Two ends; the first one is the DTLS client.
struct ChannelPair {
  explicit ChannelPair(std::uint64_t seed, SctpConfig config_a = {}, SctpConfig config_b = {})
      : pair(seed, config_a, config_b), a(pair.a(), pair), b(pair.b(), pair) {
    pair.before_flush = [this](int side) { (side == 0 ? a : b).drive(pair.now); };
    pair.owner_deadline = [this](int side) { return (side == 0 ? a : b).channels.deadline(); };
  }
  bool connect() {
    if (!pair.connect()) return false;
    a.channels.set_dtls_client(true, pair.now);
    b.channels.set_dtls_client(false, pair.now);
    a.channels.association_connected(pair.now);
    b.channels.association_connected(pair.now);
    return true;
  }

  SctpPair pair;
  Channels a, b;
};

}  // namespace flnet::rtc::test
