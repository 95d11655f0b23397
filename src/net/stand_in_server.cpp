// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInServer: the hub, and the lines to its clients.
#include "net/stand_in_server.hpp"

#include "async/actor.hpp"
#include "io/keys.hpp"
#include "net/stand_in_socket.hpp"

#include <flnet/job_set.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace flnet::net {

using protocol::ClientId;
using protocol::SignalHub;
using Input = protocol::SignalHubInput;
using Output = protocol::SignalHubOutput;

/// A SignalHub and who carries out what it says.
class StandInServer::Hub {
 public:
  Hub(StandInServer& owner, std::uint64_t seed)
      : owner_(owner),
        random_(seed),
        machine_({}, random_),
        actor_(owner.world_.loop, machine_,
               [this](SignalHub::Output output) {
                 std::visit([this](auto& each) { carry_out(std::move(each)); }, output);
               }),
        jobs_(owner.world_.loop) {}

  void give(SignalHub::Input input) { actor_.give(std::move(input)); }
  const SignalHub& machine() const { return machine_; }

 private:
  void carry_out(Output::SendText output) { owner_.tell(output.client, std::move(output.text)); }
  void carry_out(Output::Ping output) { owner_.ping(output.client); }
  void carry_out(Output::Close output) {
    owner_.close(output.client, {ErrorCode::closed, std::move(output.reason)});
  }
  void carry_out(Output::Verify output) {
    jobs_.add(verify(output.client, output.key, output.challenge, output.signature));
  }
  void carry_out(Output::NodeJoined) {}
  void carry_out(Output::NodeLeft) {}
  void carry_out(Output::Stats) {}

  Task<> verify(ClientId from, NodeID key, U256 challenge, Signature signature) {
    const bool good = co_await io::verify(key, to_bytes(challenge.bytes()), signature);
    give(Input::Verified{from, good});
  }

  StandInServer& owner_;
  SeededRandom random_;
  SignalHub machine_;
  Actor<SignalHub, std::function<void(SignalHub::Output)>> actor_;
  JobSet jobs_;  // Last: its tasks use everything above.
};

StandInServer::StandInServer(StandInWorld& world) : world_(world) {
  start();
}

StandInServer::~StandInServer() = default;

void StandInServer::start() {
  if (hub_) return;
  const std::string purpose = "server " + std::to_string(starts_++);
  hub_ = std::make_unique<Hub>(*this, stand_in_seed(world_.config.seed, purpose));
}

void StandInServer::stop() {
  hub_.reset();
  std::vector<ClientId> clients;
  for (const auto& [id, line] : lines_) {
    if (line.accepted) clients.push_back(id);
  }
  for (const ClientId id : clients) close(id, {ErrorCode::closed, "the signalling server is gone"});
}

void StandInServer::count_in(StandInCounters& counters) const {
  if (!hub_) return;
  counters.setups_passed = hub_->machine().counters().setups_passed;
  counters.nodes = hub_->machine().node_count();
}

// From clients.

ClientId StandInServer::connect(const NodeID& from, StandInSocket& socket) {
  const ClientId id{next_client_++};
  Line& line = lines_[id];
  line.up = world_.paths->open(from, std::nullopt);
  line.down = world_.paths->open(std::nullopt, from);
  line.socket = &socket;
  send(line.up, id, [this, id](Line&) { take_connect(id); });
  return id;
}

void StandInServer::client_says(ClientId id, std::string text) {
  ++world_.counters.signalling_messages;
  const Line* from = line(id);
  if (from == nullptr) return;
  send(from->up, id, [this, id, text = std::move(text)](Line& line) {
    if (line.socket != nullptr) line.socket->arrived(text.size());
    take_text(id, text);
  });
}

void StandInServer::client_closes(ClientId id) {
  if (const Line* from = line(id)) {
    send(from->up, id, [this, id](Line&) { take_close(id); });
  }
}

void StandInServer::client_gone(ClientId id) {
  Line* from = line(id);
  if (from == nullptr || from->socket == nullptr) return;
  from->socket = nullptr;
  if (from->accepted) {
    send(from->up, id, [this, id](Line&) { take_close(id); });
  } else {
    forget(id);
  }
}

// At the server.

void StandInServer::take_connect(ClientId id) {
  const Line& from = *line(id);
  if (!hub_) {
    close(id, {ErrorCode::unreachable, "the signalling server is gone"});
    return;
  }
  send(from.down, id, [this, id](Line& line) { send(line.up, id, [this, id](Line&) { take_upgrade(id); }); });
}

void StandInServer::take_upgrade(ClientId id) {
  Line& from = *line(id);
  if (!hub_) {
    close(id, {ErrorCode::unreachable, "the signalling server is gone"});
    return;
  }
  from.accepted = true;
  send(from.down, id, [](Line& line) {
    if (line.socket != nullptr) line.socket->opened();
  });
  hub_->give(Input::ClientOpened{id});
}

void StandInServer::take_text(ClientId id, std::string text) {
  if (!hub_ || !line(id)->accepted) return;
  if (text.size() > max_client_message_bytes) {
    hub_->give(Input::ClientClosed{id});
    close(id, {ErrorCode::too_large, "the message is larger than the signalling server takes"});
    return;
  }
  hub_->give(Input::Received{id, std::move(text)});
}

/// The client's goodbye is answered, should anybody wait for the answer.
void StandInServer::take_close(ClientId id) {
  if (!line(id)->accepted) return;
  if (hub_) hub_->give(Input::ClientClosed{id});
  close(id, {ErrorCode::closed, "closed by this node"});
}

// To clients.

void StandInServer::tell(ClientId id, std::string text) {
  ++world_.counters.signalling_messages;
  Line* to = line(id);
  if (to == nullptr || !to->accepted) return;
  if (to->queued_bytes + text.size() > send_queue_bytes) {
    hub_->give(Input::ClientClosed{id});
    close(id, {ErrorCode::closed, "the client reads too slowly"});
    return;
  }
  to->queued_bytes += text.size();
  send(to->down, id, [text = std::move(text)](Line& line) {
    line.queued_bytes -= text.size();
    if (line.socket != nullptr) line.socket->received(text);
  });
}

void StandInServer::ping(ClientId id) {
  const Line* to = line(id);
  if (to == nullptr) return;
  send(to->down, id, [this, id](Line& line) {
    send(line.up, id, [this, id](Line&) {
      if (hub_) hub_->give(Input::Pong{id});
    });
  });
}

/// The line ends when the client has heard of it.
void StandInServer::close(ClientId id, Error reason) {
  Line* to = line(id);
  if (to == nullptr) return;
  to->accepted = false;
  if (to->socket == nullptr) {
    forget(id);
    return;
  }
  send(to->down, id, [this, id, reason = std::move(reason)](Line& line) {
    StandInSocket* socket = std::exchange(line.socket, nullptr);
    forget(id);
    if (socket != nullptr) socket->closed(reason);
  });
}

// Lines.

StandInServer::Line* StandInServer::line(ClientId id) {
  const auto found = lines_.find(id);
  return found == lines_.end() ? nullptr : &found->second;
}

template <class Call>
void StandInServer::send(StandInPathId path, ClientId id, Call call) {
  world_.paths->send(path, [this, id, call = std::move(call)] {
    if (Line* there = line(id)) call(*there);
  });
}

void StandInServer::forget(ClientId id) {
  const auto found = lines_.find(id);
  world_.paths->leave(found->second.up);
  world_.paths->leave(found->second.down);
  lines_.erase(found);
}

}  // namespace flnet::net
