// SPDX-License-Identifier: MIT OR Apache-2.0
// DataChannel: one of several channels of a PeerConnection, each with a mode of its own.
#pragma once

#include <flnet/connection_state.hpp>
#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace flnet {

/// How a channel treats its messages (RTCDataChannelInit of W3C WebRTC; RFC 8832 §5.1). By default: reliable
/// and in order. Of the two limits one may be given at most.
struct DataChannelOptions {
  /// UTF-8, at most max_label_bytes each.
  std::string label{}, protocol{};
  bool ordered = true;  ///< Else each message arrives as soon as it is whole.
  /// Then the message is given up; 0: it is sent once.
  std::optional<std::uint16_t> max_retransmits{};
  /// Given up when it has not arrived by then; whole milliseconds.
  std::optional<Duration> max_packet_life_time{};

  static constexpr std::size_t max_label_bytes = 1024;
  static constexpr Duration longest_life_time = std::chrono::milliseconds(65535);
  friend bool operator==(const DataChannelOptions&, const DataChannelOptions&) = default;
};

/// A channel beside the connection's own one. Owns it: destroying it closes the channel; what was accepted is
/// still delivered, what was received and not taken is dropped. Its tasks may outlive it. All on the
/// connection's loop.
///
/// ```
///   connecting ── the peer confirms ──▶ open ── close, the peer's close ──▶ closing ──▶ closed
///        └────────────────── the connection's end: from everywhere ────────────────────────▲
/// ```
class DataChannel {
 public:
  DataChannel(DataChannel&&) noexcept = default;
  DataChannel& operator=(DataChannel&& other) noexcept;
  ~DataChannel();

  const DataChannelOptions& options() const;
  DataChannelState state() const;

  /// Completes when the channel is open, at once for one of the peer's; or with the reason why it never will
  /// be.
  Task<Result<>> opened();
  /// Completes at the end, with its reason: `closed` when either side closed the channel.
  Task<Error> closed();

  /// As PeerConnection's. What was accepted is not always delivered where the mode gives messages up.
  Task<Result<>> send(Message message);
  Result<> try_send(MessageView message);
  /// Bytes that `send` has accepted on this channel and that have not left yet.
  std::size_t buffered_bytes() const;

  /// As PeerConnection's: what the application doesn't take counts for the whole connection.
  Task<std::optional<Message>> recv();
  std::optional<Message> try_recv();

  /// Delivers what was accepted, as far as the mode does, within PeerConnectionLimits::close_timeout_s, and
  /// closes the channel for both sides. timed_out when the peer did not confirm in time, or the connection's
  /// end. What was received can still be taken. One of ours on which nothing came stays open for half a
  /// second, as PeerConnection's does.
  Task<Result<>> close();

  /// What it is made of; complete inside flnet only.
  struct State;
  explicit DataChannel(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  // Shared with the tasks, which may outlive the channel, and with the connection.
  std::shared_ptr<State> state_;
};

}  // namespace flnet
