// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalWorld: one hub and many clients of all kinds in virtual time, over WebSockets that are slow, break
// and fall silent.
#pragma once

#include "protocol/signal_client.hpp"
#include "protocol/signal_hub.hpp"
#include "support/event_queue.hpp"
#include "support/signal_words.hpp"
#include "support/trace.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace flnet::test {

class SignalWorld;
class WebSocketEnd;

/// One WebSocket between a client and the server of its time: in order, with latency, lossless until it
/// breaks.
class SimulatedSocket : public std::enable_shared_from_this<SimulatedSocket> {
 public:
  SimulatedSocket(SignalWorld& world, protocol::ClientId id, WebSocketEnd& client)
      : world_(world), id_(id), client_(&client) {}

  void connect();
  void to_server(std::string text);
  void to_client(std::string text);
  void ping_client();
  void close_by_client();
  void close_by_server();
  /// The wire is cut; nobody is told for a long time.
  void fall_silent();
  /// Both sides hear of it.
  void break_down();
  bool at_server() const { return at_server_; }

 private:
  void arrive();
  void deliver_to_client(std::function<void(WebSocketEnd&)> action);
  void deliver_to_server(std::function<void()> action);
  Time arrival(Time& last);

  SignalWorld& world_;
  protocol::ClientId id_;
  WebSocketEnd* client_;  ///< Null when it has closed or heard that the socket is closed.
  bool at_server_ = false, silent_ = false;
  std::uint64_t server_generation_ = 0;
  Time last_to_client_{}, last_to_server_{};
};
using SocketHandle = std::shared_ptr<SimulatedSocket>;

/// Who uses the client's end of a socket.
class WebSocketEnd {
 public:
  virtual ~WebSocketEnd() = default;
  virtual void opened() = 0;
  virtual void received(const std::string& text) = 0;
  virtual void closed() = 0;
  virtual bool answers_pings() const { return true; }
};

/// A node of any kind, as the world's checks see it.
class SimulatedNode : public WebSocketEnd {
 public:
  SimulatedNode(SignalWorld& world, std::uint64_t number) : world_(world), number_(number) {}
  virtual void start() = 0;
  virtual void stop() = 0;
  virtual void send_setup(const PeerInfo& info) = 0;

  std::uint64_t number() const { return number_; }
  bool running() const { return running_; }
  /// The ids of its latest list.
  const std::set<NodeID>& listed() const { return listed_; }
  const SocketHandle& socket() const { return socket_; }

 protected:
  void note_list(const std::vector<wire::ListedNode>& nodes);

  SignalWorld& world_;
  std::uint64_t number_;
  bool running_ = false;
  std::set<NodeID> listed_;
  SocketHandle socket_;
};

/// Our own node: the machine under test.
class MachineNode final : public SimulatedNode {
 public:
  MachineNode(SignalWorld& world, std::uint64_t number, std::uint64_t seed);
  void start() override;
  void stop() override;
  void send_setup(const PeerInfo& info) override;
  void opened() override;
  void received(const std::string& text) override;
  void closed() override;
  const protocol::SignalClient& machine() const { return machine_; }

 private:
  void give(protocol::SignalClientInput::Any input);
  void carry_out(protocol::SignalClient::Output output);

  SeededRandom random_;
  protocol::SignalClient machine_;
  Alarm alarm_;
};

/// A node of FLNet's Rust releases, as far as the server sees it: one announce, no patience, no doubts.
class RustNode final : public SimulatedNode {
 public:
  RustNode(SignalWorld& world, std::uint64_t number, wire::Dialect dialect)
      : SimulatedNode(world, number), dialect_(dialect) {}
  void start() override;
  void stop() override;
  void send_setup(const PeerInfo& info) override;
  void opened() override {}
  void received(const std::string& text) override;
  void closed() override;

 private:
  void ask_for_lists(std::uint64_t life);

  wire::Dialect dialect_;
  std::uint64_t life_ = 0;  ///< Changes with every socket, so that old timers end.
};

/// Sends what it should not.
class HostileClient final : public WebSocketEnd {
 public:
  HostileClient(SignalWorld& world, std::uint64_t number) : world_(world), number_(number) {}
  void start();
  void stop();
  void opened() override {}
  void received(const std::string& text) override;
  void closed() override { socket_.reset(); }
  bool answers_pings() const override { return number_ % 2 == 0; }

 private:
  void act();
  std::string bad_message();

  SignalWorld& world_;
  std::uint64_t number_;
  bool running_ = false;
  U256 challenge_;
  SocketHandle socket_;
};

class SignalWorld {
 public:
  static constexpr std::uint64_t first_hostile = 900;

  explicit SignalWorld(std::uint64_t seed);
  ~SignalWorld();

  /// Everything happens at once for `span`: joins, leaves, breaks, restarts, twins, attacks.
  void rage(Duration span);
  /// No more disturbance; everybody gets the time to find back.
  void calm_down(Duration span);
  void check_that_everybody_sees_everybody();
  void check_that_setups_arrive();
  void check_that_nothing_is_left();
  /// Of everything that the hub has sent, and when.
  std::uint64_t digest() const { return trace_.digest(); }

  // For the inhabitants.
  EventQueue& queue() { return queue_; }
  Random& random() { return random_; }
  Duration between(Duration low, Duration high);
  bool chance(double probability) { return random_.unit() < probability; }
  Duration latency() { return between(1ms, 80ms); }
  SocketHandle connect(WebSocketEnd& client);
  void accept(protocol::ClientId id, SocketHandle socket);
  bool raging() const { return raging_; }
  std::uint64_t server_generation() const { return server_generation_; }
  bool server_is_up() const { return hub_ != nullptr; }
  void give_hub(protocol::SignalHubInput::Any input);
  void note_setup(const NodeID& self, const PeerInfo& info);

 private:
  void start_server();
  void stop_server();
  void carry_out(protocol::SignalHub::Output output);
  void disturb();
  void send_some_setup(SimulatedNode& from, SimulatedNode& to);
  SimulatedNode& some_node() { return *nodes_[random_.below(nodes_.size())]; }

  EventQueue queue_;
  SeededRandom random_;
  SeededRandom hub_random_;
  std::unique_ptr<protocol::SignalHub> hub_;
  Alarm hub_alarm_;
  std::uint64_t server_generation_ = 0;
  std::uint64_t next_client_ = 1;
  std::map<protocol::ClientId, SocketHandle> sockets_;  ///< Of the server's present life.
  std::vector<std::unique_ptr<SimulatedNode>> nodes_;
  std::size_t twins_ = 0;  ///< The last ones of nodes_ share their ids with the first ones.
  std::vector<std::unique_ptr<HostileClient>> hostiles_;
  bool raging_ = true;
  Trace trace_;
  std::uint64_t next_setup_ = 0;
  std::map<std::string, int> arrived_;
};

}  // namespace flnet::test
