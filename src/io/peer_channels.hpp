// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerChannels: the channels of a session beside its own one.
#pragma once

#include <flnet/data_channel.hpp>
#include <flnet/message.hpp>
#include <flnet/result.hpp>

#include <cstddef>
#include <cstdint>

namespace flnet::io {

/// One of a session's channels; no other one of that session ever has the same number.
enum class ChannelNumber : std::uint32_t {};

/// Called as PeerSessionSink's functions are. Who has no use for channels leaves all as it is.
class PeerChannelsSink {
 public:
  /// The peer has opened one; messages follow. False: nobody wants it, and it is closed.
  virtual bool channel_offered(ChannelNumber /*number*/, const DataChannelOptions& /*options*/) {
    return false;
  }
  /// The peer knows of ours.
  virtual void channel_opened(ChannelNumber /*number*/) {}
  /// Valid only during the call.
  virtual void channel_received(ChannelNumber /*number*/, MessageView /*message*/) {}
  /// By either side; the last that is told of it. At the session's end nothing is told.
  virtual void channel_closed(ChannelNumber /*number*/) {}

 protected:
  ~PeerChannelsSink() = default;
};

/// What sessions with one channel only leave as it is.
class PeerChannels {
 public:
  /// On an open session. invalid_argument, too_large (label, protocol), queue_full (too many),
  /// not_connected, closed, unsupported.
  virtual Result<ChannelNumber> open_channel(const DataChannelOptions& /*options*/) {
    return failure(ErrorCode::unsupported, "there is one channel only");
  }
  /// PeerSession::send's errors; `closed` for a channel that is gone. After a queue_full the session's
  /// session_writable follows.
  virtual Result<> send_on(ChannelNumber /*number*/, MessageView /*message*/) {
    return failure(ErrorCode::closed, "there is no such channel");
  }
  /// Delivers what was accepted; channel_closed follows.
  virtual void close_channel(ChannelNumber /*number*/) {}
  /// Accepted and not sent yet.
  virtual std::size_t buffered_on(ChannelNumber /*number*/) const { return 0; }

 protected:
  ~PeerChannels() = default;
};

}  // namespace flnet::io
