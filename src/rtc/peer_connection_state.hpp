// SPDX-License-Identifier: MIT OR Apache-2.0
// What a PeerConnection is made of: its parts, its phase, and what their callbacks leave to be done.
#pragma once

#include "rtc/peer_connection.hpp"

#include <deque>
#include <utility>

namespace flnet::rtc {

///   fresh --create_offer--> offered --accept_answer--> connecting --association up--> open
///     '------------------accept_offer---------------------^
///   any but closed --shutdown, end of DTLS or SCTP, ICE failed, setup_timeout--> closed (sink told, once)
///   any --abort--> closed (sink not told)
///
/// offered and connecting end by setup_timeout at the latest; open ends by ICE's consent or SCTP's
/// retransmission limit, also while it shuts down. While `restart_` is there, lost consent waits for its end.
///
/// The parts call back from within their functions and must not be called back into. A callback that
/// concerns another part calls that one; what concerns the same part waits for `follow_up`, at the end of
/// each public call.
struct PeerConnection::State final : DtlsSink, SctpSink, DataChannelSink {
  enum class Phase : std::uint8_t { fresh, offered, connecting, open, closed };

  /// The credentials of both sides, which a restart replaces, and the agent that uses them.
  struct IceGeneration final : IceSink {
    IceGeneration(State& owner, IceConfig config)
        : connection(owner), agent(std::move(config), owner.random_, *this) {}
    void send_ice(const DatagramPath& path, ByteView datagram) override {
      connection.sink_.send_datagram(path, datagram);
    }
    void ice_state_changed(IceState state) override { connection.ice_state_changed(*this, state); }
    void ice_path_changed(const DatagramPath& path) override { connection.ice_path_changed(*this, path); }

    State& connection;
    IceAgent agent;
    std::optional<IceCredentials> remote;  ///< From the peer's description on.
  };
  struct IceRestart {
    std::unique_ptr<IceGeneration> next;
    bool is_ours = false;  ///< We made its offer; it waits for the answer while `next` has no `remote`.
    Time deadline;
  };

  State(PeerConnectionConfig config, DtlsContext& dtls_context, Random& random, PeerConnectionSink& sink);

  // Descriptions (peer_connection_description.cpp).
  void add_host_candidates();
  const IceCandidate* add_host_candidate(const SocketAddress& address);
  /// The new candidate; nothing when it tells the peer nothing.
  const IceCandidate* add_reflexive_candidate(const ReflexiveAddress& address);
  const IceCandidate* add_relayed_candidate(const RelayedAddress& address);
  /// Our host candidate with that address, when `told` is of no candidate yet and there are fewer than `max`
  /// of `type`.
  const IceCandidate* base_for(const SocketAddress& base, const SocketAddress& told, CandidateType type,
                               std::size_t max) const;
  std::size_t candidate_count(CandidateType type) const;
  /// Gives the agent what was found after the description, and says what to trickle.
  std::optional<std::string> trickle(const IceCandidate* added, Time now);
  std::unique_ptr<IceGeneration> make_generation(IceRole role, IceCredentials credentials, Time now);
  /// Of the newest generation; each one is a version of its own.
  SessionDescription next_description(DtlsSetup setup);
  Result<> check_answer(const SessionDescription& answer) const;
  /// Both sides are described: makes the DTLS session and lets ICE start its checks.
  void apply_remote(const SessionDescription& remote, DtlsRole role, Time now);
  void remember(const SessionDescription& remote);
  static void set_remote(IceGeneration& generation, const SessionDescription& remote, Time now);
  Result<> add_candidate(const IceCandidate& candidate, Time now);
  /// Whose description has `ufrag`, the newest one's without it; nullptr when none has.
  IceGeneration* generation_of(const std::optional<std::string>& ufrag) const;

  // ICE restart (peer_connection_restart.cpp).
  bool is_waiting_for_restart_answer() const { return restart_ && !restart_->next->remote; }
  IceGeneration& newest_generation() const { return restart_ ? *restart_->next : *ice_; }
  Result<> check_later_description(const SessionDescription& later) const;
  Result<> check_later_offer(const SessionDescription& offer) const;
  Result<std::string> accept_later_offer(const SessionDescription& offer, Time now);
  Result<> accept_restart_answer(const SessionDescription& answer, Time now);
  /// In place of one that is under way.
  void begin_restart(bool is_ours, Time now);
  void advance_restart(Time now);
  void complete_restart();
  /// Without a new path; the end when there is no old one.
  void give_up_restart();
  void drop_restart();

  // Datagrams (peer_connection_datagrams.cpp).
  void receive_stun(const DatagramPath& path, ByteView datagram, Time now);
  void receive_dtls(ByteView datagram, Time now);
  void keep_early(ByteView datagram);
  void follow_up(Time now);
  void advance_handshakes(Time now);
  void advance_shutdown(Time now);
  void finish(Time now);
  void fail(ErrorCode code, std::string detail);
  void fail_without_path();

  void ice_state_changed(const IceGeneration& generation, IceState state);
  void ice_path_changed(const IceGeneration& generation, const DatagramPath& path);
  void use_path(const DatagramPath& path);
  void send_dtls(ByteView datagram) override;
  void dtls_connected() override;
  void dtls_received(ByteView data) override;
  void dtls_closed(Error reason) override;
  void send_sctp(ByteView packet) override;
  void sctp_connected() override;
  void sctp_received(StreamId stream, std::uint32_t ppid, ByteView message) override;
  void sctp_streams_reset(std::span<const StreamId> streams) override;
  void sctp_own_streams_reset(std::span<const StreamId> streams, bool performed) override;
  void sctp_writable() override;
  void sctp_closed(Error reason) override;
  void channel_opened(ChannelId id, const DataChannelOptions& options, bool by_peer) override;
  void channel_received(ChannelId id, MessageView message) override;
  void channel_closed(ChannelId id) override;

  IceGatheringState gathering_state() const;
  IceConnectionState ice_connection_state() const;
  bool ended() const { return phase_ == Phase::closed || end_.has_value(); }

  PeerConnectionConfig config_;
  DtlsContext& dtls_context_;
  Random& random_;
  PeerConnectionSink& sink_;

  Phase phase_ = Phase::fresh;
  Time now_{};  ///< Of the public call that runs, for callbacks.
  std::optional<Time> setup_deadline_;

  IceCredentials credentials_;  ///< Of the ICE in use.
  std::vector<IceCandidate> local_candidates_;
  bool gathering_;
  std::unique_ptr<IceGeneration> ice_;  ///< In use. From the first description on: its role is known then.
  std::optional<IceRestart> restart_;   ///< What is to take its place.
  std::unique_ptr<DtlsSession> dtls_;   ///< From the second description on.
  SctpAssociation sctp_;
  DataChannels channels_;

  DtlsRole dtls_role_ = DtlsRole::client;
  std::optional<std::uint64_t> attempt_;  ///< a=flnet-session: ours, or what the offer said.
  std::string media_id_ = "0";            ///< a=mid; the answer repeats the offer's (RFC 8829 §5.3.1).
  bool offered_first_ = false;
  std::uint64_t description_version_ = 1;     ///< The o= line's of our last description, one less before it.
  std::optional<SessionDescription> remote_;  ///< The peer's last one, without its candidates.
  std::uint64_t peer_max_message_size_;

  std::optional<DatagramPath> path_;
  std::vector<IceCandidate> early_candidates_;  ///< The peer's, until its description is here.
  bool early_end_of_candidates_ = false;
  std::deque<Bytes> early_datagrams_;  ///< DTLS that came before its session and a path were there.

  bool dtls_is_started_ = false;
  bool dtls_is_connected_ = false;
  bool channels_wait_for_association_ = true;
  bool writable_is_due_ = false;
  bool data_was_accepted_ = false;
  bool shutdown_is_wanted_ = false;
  bool shutdown_is_started_ = false;
  bool ice_was_connected_ = false;
  bool ice_has_failed_ = false;
  std::optional<Error> end_;  ///< Why the connection ends when the call that runs is over.

  std::uint64_t restarts_ = 0, restarts_given_up_ = 0;
  std::uint64_t dropped_early_ = 0, dropped_malformed_ = 0;
};

}  // namespace flnet::rtc
