// SPDX-License-Identifier: MIT OR Apache-2.0
// Data channels over SCTP streams: DCEP (RFC 8832) and the payload protocol ids of RFC 8831 §8.
#pragma once

#include "rtc/sctp_association.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>

#include <memory>
#include <span>
#include <string>
#include <variant>

namespace flnet::rtc {

/// RFC 8832 §5.1 channel types. With a peer that does not know RFC 3758 all channels are reliable.
enum class Reliability : std::uint8_t { reliable, max_retransmits, max_lifetime };

/// A channel among those of one association; ours, not the wire's: it exists before the stream id does. Ids
/// of closed channels come back only after 2^24 other ones in the same place.
using ChannelId = std::uint32_t;

struct DataChannelOptions {
  std::string label;
  std::string protocol;
  bool ordered = true;
  Reliability reliability = Reliability::reliable;
  std::uint32_t reliability_parameter = 0;  ///< Retransmissions, or milliseconds: see SctpDelivery.
  std::uint16_t priority = 256;             ///< RFC 8831 §6.4, normal
  friend bool operator==(const DataChannelOptions&, const DataChannelOptions&) = default;
};

/// Payload protocol ids (RFC 8831 §8).
inline constexpr std::uint32_t ppid_dcep = 50;
inline constexpr std::uint32_t ppid_text = 51;
inline constexpr std::uint32_t ppid_binary_partial = 52;  ///< Deprecated; refused.
inline constexpr std::uint32_t ppid_binary = 53;
inline constexpr std::uint32_t ppid_text_partial = 54;  ///< Deprecated; refused.
inline constexpr std::uint32_t ppid_text_empty = 56;
inline constexpr std::uint32_t ppid_binary_empty = 57;

/// DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK. Label and protocol: UTF-8, each at most 65535 bytes on the
/// wire, at most 1024 for us (too_large).
Bytes encode_channel_open(const DataChannelOptions& options);
Bytes encode_channel_ack();
struct ChannelAck {};
Result<std::variant<DataChannelOptions, ChannelAck>> decode_dcep(ByteView message);

/// Tells its owner about channels; called from within, must not call back.
class DataChannelSink {
 public:
  virtual ~DataChannelSink() = default;
  /// Ours was acknowledged, or the peer opened one.
  virtual void channel_opened(ChannelId id, const DataChannelOptions& options, bool by_peer) = 0;
  /// Text has been checked to be UTF-8.
  virtual void channel_received(ChannelId id, MessageView message) = 0;
  /// Either side has closed it, comes once for each channel that was open or opening; `send` answers `closed`
  /// from now on. When the peer closed, that is at once; when `close` did, after the peer has answered, or
  /// failed to.
  virtual void channel_closed(ChannelId id) = 0;
};

struct DataChannelCounters {
  std::uint64_t messages_sent = 0, messages_received = 0;
  std::uint64_t dropped_malformed = 0;  ///< Bad DCEP, wrong PPID, text that is not UTF-8.
  std::uint64_t dropped_unknown_channel = 0;
  std::uint64_t dropped_early = 0;    ///< More than the bounded number before their OPEN.
  std::uint64_t dropped_closing = 0;  ///< Came after our `close`.
};

/// The channels of one association. Even stream ids are the DTLS client's, odd ones the server's
/// (RFC 8832 §6). Messages that arrive on a stream before its OPEN are kept, at most 64 KiB in all. A stream
/// serves another channel once both its directions were reset (RFC 8831 §6.7); where the peer does not do its
/// part, it serves none any more.
class DataChannels {
 public:
  static constexpr std::size_t max_channels = 256;  ///< Closing ones count.
  /// For how long the peer's half of a close is waited for, once our own is done.
  static constexpr Duration close_timeout = 30s;
  /// For how long a channel of ours stays open after the ACK, unless a message comes on it: Chromium
  /// acknowledges at once, but listens only when its page has time, and what has come on a channel that is
  /// closed by then is lost.
  static constexpr Duration listening_grace = 500ms;
  static constexpr std::size_t early_limit_bytes = 64 * 1024;
  static constexpr std::size_t early_limit_messages = 256;
  /// Of messages that wait for the role and the association; `send` answers queue_full beyond it.
  static constexpr std::size_t waiting_limit_bytes = 1024 * 1024;

  DataChannels(SctpAssociation& association, DataChannelSink& sink);
  ~DataChannels();
  DataChannels(const DataChannels&) = delete;
  DataChannels& operator=(const DataChannels&) = delete;

  /// Takes effect when the DTLS role is known; opened before that wait, their messages with them.
  void set_dtls_client(bool is_client, Time now);
  /// The association is up: sends the waiting OPENs.
  void association_connected(Time now);

  /// The id is valid for `send` at once (messages follow the OPEN, RFC 8832 §6). queue_full beyond
  /// max_channels.
  Result<ChannelId> open(const DataChannelOptions& options, Time now);
  /// not_connected for unknown ids, closed for those that were closed; otherwise SctpAssociation::send's
  /// errors.
  Result<> send(ChannelId id, MessageView message, Time now);
  /// What `send` accepted goes out first, then (see listening_grace) our stream is reset and the peer's is
  /// waited for: channel_closed. What the peer still sends is dropped, as browsers do. Nothing happens to ids
  /// that are closed or unknown.
  void close(ChannelId id, Time now);
  /// Bytes of messages that `send` accepted and no packet has carried yet (as bufferedAmount in browsers, but
  /// with the OPEN, and with one byte for an empty message); 0 for ids that are closed or unknown.
  std::size_t buffered_bytes(ChannelId id) const;
  /// From SctpSink: the peer closes its channels by resetting their streams (RFC 8831 §6.7); so do we, then.
  void streams_reset(std::span<const StreamId> streams);
  /// From SctpSink: what we asked the association to reset.
  void own_streams_reset(std::span<const StreamId> streams, bool performed, Time now);
  /// From SctpSink.
  void receive(StreamId stream, std::uint32_t ppid, ByteView message, Time now);
  /// From SctpSink::sctp_writable, outside of it: answers that found the send buffer full are sent.
  void resume(Time now);
  void handle_timeout(Time now);
  std::optional<Time> deadline() const;
  /// When the last channel's listening_grace ends, or has ended; nothing when all have been heard.
  std::optional<Time> grace_end() const;

  const DataChannelCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet::rtc
