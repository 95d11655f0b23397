// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerDriver: feeds one rtc::PeerConnection with time and datagrams and tells its session's sink.
#pragma once

#include "base/random.hpp"
#include "io/native/udp_mux.hpp"
#include "io/native/udp_port.hpp"
#include "io/peer_session.hpp"
#include "rtc/peer_connection.hpp"

#include <flnet/loop.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace flnet::io {

class PeerDriver;

/// Where a node can be reached, as far as it is known.
struct NodeAddresses {
  std::vector<SocketAddress> local;
  std::vector<rtc::ReflexiveAddress> reflexive;
  std::vector<rtc::RelayedAddress> relayed;
  bool gathering = false;  ///< Servers are being asked for more.
};

/// What drivers need of the host they live in.
class PeerDriverHost {
 public:
  virtual Loop& loop() = 0;
  virtual UdpPort& port() = 0;
  /// Out through the port, or through a relay when the path begins there.
  virtual void send(const rtc::DatagramPath& path, ByteView datagram) = 0;
  virtual UdpMux& mux() = 0;
  /// Looks at the interfaces, and asks servers for what isn't known of them.
  virtual NodeAddresses find_addresses() = 0;
  /// The loop's time, read once a batch of datagrams.
  virtual Time now() = 0;
  /// Lets what was sent leave when the present callback is through.
  virtual void request_turn() = 0;
  /// Calls `end_turn` of `driver` when the present callback, or batch of datagrams, is through.
  virtual void mark_dirty(PeerDriver& driver) = 0;
  /// Destroys `driver` when nothing of it is on the stack any more.
  virtual void bury(PeerDriver& driver) = 0;

 protected:
  ~PeerDriverHost() = default;
};

/// The machine may not be called from within its sink, and the session's sink may not be called from
/// within a call to the session; users may call the session from its sink, or destroy it there. So:
///
/// - What the session is told while the machine is on the stack waits in `later_` (messages in `nested_`).
/// - What the machine tells during a call of the session waits in `events_` for the end of the turn.
/// - What it tells while datagrams or timers are handled goes to the session's sink directly: a message
///   that comes in is not copied.
///
///   waiting ──channel open──▶ open ──shutdown──▶ closing ──delivered──▶ ended
///      └────────────failure, the peer's close, detach: at any time────────▲
class PeerDriver final : public UdpMuxSession, private rtc::PeerConnectionSink {
 public:
  /// What `send` takes while the machine is on the stack, a message and in all; beyond, it says queue_full.
  static constexpr std::size_t nested_message_limit_bytes = 16 * 1024;
  static constexpr std::size_t nested_limit_bytes = 64 * 1024;
  /// The label of the channel that an offerer opens; an answerer takes any.
  static constexpr const char* channel_label = "data";

  PeerDriver(PeerDriverHost& host, rtc::PeerConnectionConfig config, rtc::DtlsContext& dtls, Random& random,
             PeerSessionSink& sink);
  ~PeerDriver() override = default;
  PeerDriver(const PeerDriver&) = delete;
  PeerDriver& operator=(const PeerDriver&) = delete;

  // PeerSession's functions, as they stand there.
  void create_offer();
  void accept_offer(std::string sdp);
  void accept_answer(std::string sdp);
  void add_candidate(std::string line);
  // peer_driver_restart.cpp
  Result<> restart();
  Result<> accept_restart(std::string offer);
  bool awaits_answer() const { return !machine_over_ && connection_.awaits_restart_answer(); }
  void shutdown();
  // peer_driver_send.cpp
  Result<> send(MessageView message);
  void set_held_bytes(std::size_t bytes);
  std::size_t buffered_bytes() const;
  // peer_driver_state.cpp
  ConnectionStateMap state() const;

  // PeerChannels' (peer_driver_channels.cpp).
  Result<ChannelNumber> open_channel(const DataChannelOptions& options);
  Result<> send_on(ChannelNumber number, MessageView message);
  void close_channel(ChannelNumber number);
  std::size_t buffered_on(ChannelNumber number) const;

  /// The session is destroyed: aborts, tells the sink nothing more, and asks to be buried.
  void detach();

  // The host's.
  void receive(const rtc::DatagramPath& path, ByteView datagram) override;
  /// What the node has found out for all its sessions.
  void reflexive_address_found(const rtc::ReflexiveAddress& address);
  void relayed_address_found(const rtc::RelayedAddress& address);
  void gathering_finished();
  /// It is being set up, or its path begins at a relay.
  bool needs_relays() const;
  /// Delivers what waits for the sink, lets the machine send, arms the timer.
  void end_turn();
  /// The host's mark; answers what it was.
  bool set_dirty(bool dirty) { return std::exchange(dirty_, dirty); }

 private:
  enum class Stage : std::uint8_t { waiting, open, closing, ended };
  struct Described {
    std::string sdp;
  };
  struct Restarting {
    std::string offer;
  };
  struct Candidate {
    std::string line;
  };
  struct Opened {};
  struct Writable {};
  struct Closed {
    Error reason;
  };
  struct ChannelOffered {
    ChannelNumber number;
    DataChannelOptions options;
  };
  struct ChannelOpened {
    ChannelNumber number;
  };
  struct ChannelMessage {
    ChannelNumber number;
    Message message;
  };
  struct ChannelClosed {
    ChannelNumber number;
  };
  using Event = std::variant<Described, Restarting, Candidate, Opened, Message, Writable, Closed,
                             ChannelOffered, ChannelOpened, ChannelMessage, ChannelClosed>;
  /// A message that waits until the machine is not on the stack any more.
  struct Nested {
    std::optional<ChannelNumber> channel;  ///< None: the session's own.
    Message message;
  };

  // rtc::PeerConnectionSink
  void send_datagram(const rtc::DatagramPath& path, ByteView datagram) override;
  void ufrag_added(const std::string& ufrag) override { host_.mux().add_ufrag(*this, ufrag); }
  void ufrag_removed(const std::string& ufrag) override { host_.mux().remove_ufrag(*this, ufrag); }
  void connected() override {}
  void channel_opened(rtc::ChannelId id, const rtc::DataChannelOptions& options, bool by_peer) override;
  void channel_received(rtc::ChannelId id, MessageView message) override;
  void channel_closed(rtc::ChannelId id) override;
  void writable() override;
  void closed(Error reason) override;

  /// Runs `call` on the machine for the session: now, or when the machine is not on the stack any more.
  template <class Call>
  void command(Call&& call);
  /// Runs `call` on the machine for the loop: what the machine tells meanwhile goes to the sink directly.
  template <class Call>
  void drive(Call&& call);
  /// The machine may have other addresses than when the session began. In the machine's turn, before a later
  /// description.
  void take_addresses();
  /// The session stays as it was.
  void drop_description(std::string_view what, const Error& why);
  /// Catches up on what was asked for while the machine was on the stack.
  void settle();
  /// For the session's own channel, or another one.
  Result<> send(std::optional<ChannelNumber> number, MessageView message);
  /// Counts what the machine accepts.
  Result<> pass_on(std::optional<ChannelNumber> number, MessageView message);
  Result<> send_nested(std::optional<ChannelNumber> number, MessageView message);
  /// False while the machine has no room for all of them.
  bool pass_on_nested();

  /// The machine's ids, as ours, are never used again.
  static ChannelNumber number_of(rtc::ChannelId id) { return ChannelNumber{id}; }
  static rtc::ChannelId id_of(ChannelNumber number) { return static_cast<rtc::ChannelId>(number); }
  void other_channel_opened(rtc::ChannelId id, const rtc::DataChannelOptions& options, bool by_peer);
  void other_channel_received(rtc::ChannelId id, MessageView message);
  void other_channel_closed(rtc::ChannelId id);

  void tell(Event event);
  void deliver(Event& event);
  void deliver_waiting();
  /// The session's end as the sink sees it; the machine is aborted when it lives still.
  void end(Error reason);
  void abort_machine(std::string reason);
  SignalingState signaling() const;
  std::optional<DataChannelState> data_connection() const;
  void claim_path();
  void arm_timer();
  void timer_fired();

  PeerDriverHost& host_;
  PeerSessionSink* sink_;  ///< Null once it has been told of the end, or the session is gone.
  Stage stage_ = Stage::waiting;
  bool in_machine_ = false;    ///< The machine is on the stack,
  bool from_loop_ = false;     ///< and the loop called it, not the session.
  bool machine_over_ = false;  ///< Closed or aborted: not to be called again.
  bool dirty_ = false;
  bool wants_writable_ = false;
  bool has_room_ = false;
  bool wants_shutdown_ = false;
  bool wants_restart_ = false;  ///< Until the machine is not on the stack any more.
  std::uint64_t dropped_descriptions_ = 0;
  std::uint64_t tx_bytes_ = 0;
  std::uint64_t rx_bytes_ = 0;
  std::optional<rtc::ChannelId> channel_;  ///< The session's own.
  std::optional<rtc::DatagramPath> claimed_;
  std::vector<std::function<void()>> later_;
  std::deque<Nested> nested_;
  std::size_t nested_bytes_ = 0;
  std::vector<Event> events_;
  std::optional<Time> armed_;
  Timer timer_;
  rtc::PeerConnection connection_;
};

template <class Call>
void PeerDriver::command(Call&& call) {
  if (in_machine_) {
    later_.emplace_back(std::forward<Call>(call));
    return;
  }
  in_machine_ = true;
  call();
  in_machine_ = false;
  settle();
  host_.mark_dirty(*this);
}

}  // namespace flnet::io
