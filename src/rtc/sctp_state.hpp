// SPDX-License-Identifier: MIT OR Apache-2.0
// The inside of SctpAssociation: its parts and the functions that join them, one .cpp a phase.
#pragma once

#include "rtc/sctp_association.hpp"
#include "rtc/sctp_chunk.hpp"
#include "rtc/sctp_congestion.hpp"
#include "rtc/sctp_packet.hpp"
#include "rtc/sctp_reassembly.hpp"
#include "rtc/sctp_receive.hpp"
#include "rtc/sctp_retransmission.hpp"
#include "rtc/sctp_round_trip.hpp"
#include "rtc/sctp_send_queue.hpp"

#include <array>
#include <string>
#include <vector>

namespace flnet::rtc {

/// RFC 9260 §4, as far as it is not one of the parts' business:
///
///   closed --connect--> cookie_wait --INIT ACK--> cookie_echoed --COOKIE ACK--> established
///      |                     |                         |                             |
///      +------ the peer's COOKIE ECHO: simultaneous or first INIT -----------------> |
///                                                                                    |
///   established --shutdown()--> shutdown_pending --all acknowledged--> shutdown_sent |
///        |                                                                |      |   |
///        +--SHUTDOWN--> shutdown_received --all acknowledged--+    SHUTDOWN   SHUTDOWN ACK
///                                                             v           v      |
///                                                      shutdown_ack_sent <+      |
///                                                             |                  v
///                                                             +--COMPLETE-----> ended
///
/// ABORT, too many retransmissions and a violation of the protocol lead from everywhere to ended.
enum class SctpPhase : std::uint8_t {
  closed,
  cookie_wait,
  cookie_echoed,
  established,
  shutdown_pending,
  shutdown_sent,
  shutdown_received,
  shutdown_ack_sent,
  ended,
};

struct SctpAssociation::State {
  /// Packets of one flush. What a window allows beyond that leaves at the next one, for which `deadline`
  /// asks at once: incoming acknowledgements are read in between.
  static constexpr std::size_t max_burst = 64;
  /// Answers that wait for a flush; more are dropped, the peer asks again.
  static constexpr std::size_t max_control_chunks = 16;
  static constexpr std::size_t max_replies = 8;
  /// Streams of one reset request; what a packet holds in any case.
  static constexpr std::size_t max_reset_streams = 64;
  /// A closed window that reopens by this part of the whole is announced.
  static constexpr std::size_t window_update_part = 4;

  State(const SctpConfig& configuration, Random& random_source, SctpSink& owner);
  static SctpRoundTrip initial_round_trip(const SctpConfig& config);
  static SctpCongestion initial_congestion(const SctpConfig& config);

  // sctp_association.cpp: dispatch
  void receive(ByteView packet, Time now);
  void receive_chunks(ByteView packet, Time now);
  void receive_chunk(const SctpChunkView& chunk, Time now);
  bool tag_fits(const SctpHeader& header, const SctpChunkView& first) const;
  void receive_out_of_the_blue(const SctpHeader& header, const SctpChunkView& first);
  bool receive_unknown(const SctpChunkView& chunk);
  void receive_abort(const SctpChunkView& chunk);
  void receive_error(const SctpChunkView& chunk, Time now);

  // sctp_handshake.cpp
  void connect(Time now);
  void receive_init(const SctpChunkView& chunk, Time now);
  void receive_init_ack(const SctpChunkView& chunk, Time now);
  void receive_cookie_echo(const SctpHeader& header, const SctpChunkView& chunk, Time now);
  void receive_cookie_ack(Time now);
  void handle_handshake_timeout(Time now);
  void agree_with(const InitChunk& peer);
  void establish(Time now);
  InitChunk own_init() const;
  void restart_handshake(Time now);

  // sctp_data.cpp: both directions of DATA and SACK
  void receive_data(const SctpChunkView& chunk);
  void receive_sack(const SctpChunkView& chunk, Time now);
  void keep_data(const DataChunk& data, bool next);
  void after_acknowledgement(Time now);
  std::size_t free_window() const;
  void update_window();
  void handle_retransmission_timeout(Time now);

  // sctp_forward_tsn.cpp: messages that are given up, on both sides
  void abandon_overdue(Time now);
  bool abandon_overdue_next(Time now);
  void abandon_begun(const SctpSendQueue::Begun& message);
  void count_abandoned(std::size_t messages, Time now);
  void fill_forward_tsn(Time now);
  void receive_forward_tsn(const SctpChunkView& chunk);
  bool knows(std::uint8_t type) const;

  // sctp_output.cpp
  void flush(Time now);
  void fill_packets(Time now);
  void flush_replies();
  void begin_packet(std::uint32_t tag);
  void end_packet();
  void make_room(std::size_t body_size);
  void fill_control(Time now);
  void fill_phase_chunk();
  void fill_sack();
  bool fill_data(Time now);
  void add_data(Tsn tsn, const SctpFragment& fragment, Time now);
  std::size_t payload_room() const;
  std::size_t allowed_payload() const;
  bool may_send_new() const;
  bool lost_may_leave(std::size_t size) const;
  bool data_may_leave() const;
  void age_congestion_window(Time now);
  bool fits_packet(std::size_t body_size) const;
  void reply(std::uint32_t tag, std::uint8_t type, std::uint8_t flags, Bytes body);
  void queue_control(std::uint8_t type, std::uint8_t flags, Bytes body);

  // sctp_shutdown.cpp
  void shutdown(Time now);
  void advance_shutdown(Time now);
  void receive_shutdown(const SctpChunkView& chunk, Time now);
  void receive_shutdown_ack();
  void receive_shutdown_complete();
  void repeat_until_answered(SctpPhase next, Time now);
  void handle_shutdown_timeout(Time now);
  void send_abort(std::uint16_t cause, std::string_view reason);
  void violation(std::string_view what);
  void end(Error reason);
  void drop_everything();

  // sctp_timers.cpp
  void handle_timeout(Time now);
  std::optional<Time> deadline() const;
  void start_heartbeats(Time now);
  void handle_heartbeat_timeout(Time now);
  void receive_heartbeat_ack(const SctpChunkView& chunk, Time now);
  void path_changed(Time now);
  void count_error(std::string_view what);
  void trim();

  // sctp_reset.cpp: the peer's requests
  void receive_re_config(const SctpChunkView& chunk, Time now);
  std::uint32_t answer_reset(ByteView request);
  void reset_incoming(ByteView streams);

  // sctp_own_reset.cpp: ours
  void reset_stream(StreamId stream);
  void advance_reset(Time now);
  void prepare_reset();
  void send_reset(Time now);
  void receive_reset_response(ByteView response, Time now);
  void handle_reset_timeout(Time now);
  void finish_reset(bool performed, Time now);

  bool has_peer() const { return peer_tag != 0; }
  bool carries_data() const {
    return phase >= SctpPhase::established && phase <= SctpPhase::shutdown_received;
  }

  SctpConfig config;
  Random& random;
  SctpSink& sink;
  SctpCounters counters;
  SctpPhase phase = SctpPhase::closed;
  bool was_full = false;  ///< sctp_writable is owed.

  // Handshake
  std::uint32_t own_tag = 0;
  std::uint32_t peer_tag = 0;
  Tsn own_first_tsn = 0;
  std::array<std::uint8_t, 32> cookie_key{};
  Bytes peer_cookie;
  int attempts = 0;                      ///< Of the INIT, COOKIE ECHO, SHUTDOWN or SHUTDOWN ACK.
  std::optional<Time> control_deadline;  ///< T1 or T2.
  bool control_due = false;              ///< That chunk leaves at the next flush.
  std::uint16_t outbound_streams = 0;    ///< Negotiated.
  bool peer_resets = false;              ///< It knows RFC 6525,
  bool peer_forwards = false;            ///< and RFC 3758.

  // Data
  PayloadArena arena;
  SctpRoundTrip round_trip;
  SctpCongestion congestion;
  SctpSendQueue queue;
  SctpRetransmission outstanding;
  SctpReceiver receiver;
  SctpReassembly reassembly;
  std::size_t peer_window = 0;  ///< As the last SACK announced it.
  std::size_t held = 0;
  std::size_t announced_window = 0;
  bool data_in_packet = false;
  bool probe_due = false;  ///< One packet leaves beyond the congestion window: a probe or fast retransmit.
  std::optional<Time> last_data_sent;
  bool limits_used = false;  ///< Not all messages are reliable.

  // Timers
  int errors = 0;  ///< Timeouts in a row.
  std::optional<Time> heartbeat_deadline;
  std::uint64_t heartbeat_nonce = 0;
  std::optional<Time> heartbeat_sent;  ///< Not yet answered.

  // Reset
  std::uint32_t next_peer_request = 0;
  std::uint32_t last_reset_result = 0;
  std::uint32_t next_own_request = 0;
  std::vector<StreamId> reset_wanted;  ///< Of these everything has to be sent first.
  std::vector<StreamId>
      reset_streams;       ///< Of the request that is under way, or waits for the peer to have all.
  Tsn reset_last_tsn = 0;  ///< The last one that went out before it.
  int reset_attempts = 0;
  std::optional<Time> reset_deadline;  ///< When it is repeated; none before it was sent.

  // Output
  struct Control {
    std::uint8_t type;
    std::uint8_t flags;
    Bytes body;
  };
  struct Reply {
    std::uint32_t tag;
    Control chunk;
  };
  SctpPacketBuilder builder;
  std::vector<Control> control;
  std::vector<Reply> replies;
  std::size_t burst = 0;        ///< Packets of the current flush.
  std::optional<Time> more_at;  ///< The burst limit cut the last flush off.
};

}  // namespace flnet::rtc
