// SPDX-License-Identifier: MIT OR Apache-2.0
// The signalling server's core: lets nodes in, lists them and passes their setups on.
#include "protocol/signal_hub.hpp"

#include <utility>

namespace flnet::protocol {

SignalHub::SignalHub(SignalHubConfig config, Random& random)
    : config_(config),
      random_(random),
      directory_({config_.max_list_nodes, config_.max_list_bytes}),
      announce_deadlines_(config_.announce_timeout),
      quiet_(config_.ping_interval),
      pinged_(config_.ping_timeout) {}

void SignalHub::handle(Input input, Time now, Outbox& out) {
  std::visit([&](auto& alternative) { on(std::move(alternative), now, out); }, input);
}

// What the sockets say.

void SignalHub::on(SignalHubInput::ClientOpened opened, Time now, Outbox& out) {
  const ClientId id = opened.client;
  if (clients_.contains(id)) return;
  if (clients_.size() >= config_.max_clients) {
    ++counters_.refused;
    out.emplace_back(SignalHubOutput::Close{id, "too many clients"});
    return;
  }
  std::array<std::uint8_t, U256::size> challenge{};
  random_.fill(challenge);
  Client client;
  client.challenge = U256(challenge);
  client.announce_deadline = announce_deadlines_.add(id, now);
  client.quiet = quiet_.add(id, now);
  clients_.emplace(id, std::move(client));
  // The dialect is not known yet; a challenge looks the same in both.
  out.emplace_back(SignalHubOutput::SendText{
      id, wire::encode(wire::Challenge{wire::signal_version, U256(challenge)}, wire::Dialect::v0_7)});
}

void SignalHub::on(SignalHubInput::ClientClosed closed, Time /*now*/, Outbox& out) {
  forget(closed.client, out);
}

void SignalHub::on(SignalHubInput::Received received, Time now, Outbox& out) {
  const auto found = clients_.find(received.client);
  if (found == clients_.end()) return;
  heard(found->second, received.client, now);
  auto message = wire::decode_client_message(received.text);
  if (!message) {
    ++counters_.dropped_malformed;
    note_fault(received.client, found->second, out);
    return;
  }
  take(received.client, std::move(*message), received.text.size(), out);
}

void SignalHub::on(SignalHubInput::Pong pong, Time now, Outbox& /*out*/) {
  const auto found = clients_.find(pong.client);
  if (found != clients_.end()) heard(found->second, pong.client, now);
}

void SignalHub::on(SignalHubInput::Verified verified, Time now, Outbox& out) {
  const auto found = clients_.find(verified.client);
  if (found == clients_.end()) return;
  Client& client = found->second;
  auto* verifying = std::get_if<Verifying>(&client.phase);
  if (verifying == nullptr) return;

  Verifying done = std::move(*verifying);
  client.phase = Unannounced{};
  if (verified.good) {
    admit(verified.client, client, std::move(done.announce), now, out);
  } else {
    ++counters_.bad_signatures;
    note_fault(verified.client, client, out);
  }
  // An announce among them may start the next verification; then those behind it wait again.
  for (Pending& pending : done.pending) {
    take(verified.client, std::move(pending.message), pending.text_bytes, out);
  }
}

// What the clients say.

void SignalHub::take(ClientId id, wire::ClientMessage message, std::size_t text_bytes, Outbox& out) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  if (auto* verifying = std::get_if<Verifying>(&client.phase)) {
    verifying->pending_bytes += text_bytes;
    if (verifying->pending.size() < config_.pending_messages &&
        verifying->pending_bytes <= config_.pending_bytes) {
      verifying->pending.push_back({std::move(message), text_bytes});
    } else {
      verifying->pending_bytes -= text_bytes;
      ++counters_.dropped_pending;
    }
    return;
  }
  std::visit([&](auto& alternative) { read(id, client, std::move(alternative), out); }, message);
}

void SignalHub::read(ClientId id, Client& client, wire::Announce announce, Outbox& out) {
  // A C++ node announces itself in both dialects: the second one is no fault.
  if (std::holds_alternative<Announced>(client.phase)) return;
  if (announce.challenge != client.challenge) {
    ++counters_.bad_signatures;
    note_fault(id, client, out);
    return;
  }
  out.emplace_back(
      SignalHubOutput::Verify{id, announce.info.public_key, announce.challenge, announce.signature});
  client.phase = Verifying{std::move(announce), {}, 0};
}

void SignalHub::read(ClientId id, Client& client, wire::ListRequest /*request*/, Outbox& out) {
  if (const auto* node = std::get_if<Announced>(&client.phase)) {
    send_list(id, *node, out);
  } else {
    ++counters_.dropped_unannounced;
  }
}

void SignalHub::read(ClientId /*id*/, Client& client, wire::PeerSetup setup, Outbox& out) {
  const auto* node = std::get_if<Announced>(&client.phase);
  if (node == nullptr) {
    ++counters_.dropped_unannounced;
    return;
  }
  const bool sender_inits = setup.info.id_init == node->id;
  const bool sender_follows = setup.info.id_follow == node->id;
  if (sender_inits == sender_follows) {  // It speaks for others, or to itself.
    ++counters_.dropped_foreign;
    return;
  }
  const auto target = directory_.find(sender_inits ? setup.info.id_follow : setup.info.id_init);
  if (!target) {
    ++counters_.dropped_no_target;
    return;
  }
  ++counters_.setups_passed;
  // Written anew: what the reader gets has no fields or forms that we don't know.
  out.emplace_back(SignalHubOutput::SendText{
      *target, wire::encode(wire::ServerMessage(std::move(setup)), wire::Dialect::v0_7)});
}

void SignalHub::read(ClientId /*id*/, Client& client, wire::NodeStats stats, Outbox& out) {
  if (const auto* node = std::get_if<Announced>(&client.phase)) {
    out.emplace_back(SignalHubOutput::Stats{node->id, std::move(stats)});
  } else {
    ++counters_.dropped_unannounced;
  }
}

// Coming and going.

void SignalHub::admit(ClientId id, Client& client, wire::Announce announce, Time now, Outbox& out) {
  const NodeID node_id = announce.info.id();
  replace_older(node_id, out);
  ++counters_.announced;
  ++joins_;
  if (!push_at_) push_at_ = now + config_.push_interval;

  announce_deadlines_.remove(*client.announce_deadline);
  client.announce_deadline.reset();
  Announced node{node_id, announce.dialect, std::nullopt};
  if (announce.dialect == wire::Dialect::v0_10) {
    // The newcomer itself asks for its list.
    node.reader = readers_.insert(readers_.end(), Reader{id, joins_});
    out.emplace_back(
        SignalHubOutput::SendText{id, wire::encode(wire::SystemConfig{config_.realm}, wire::Dialect::v0_10)});
  }
  client.phase = node;
  directory_.add({announce.info, announce.dialect}, id);
  out.emplace_back(SignalHubOutput::NodeJoined{std::move(announce.info)});
}

void SignalHub::replace_older(const NodeID& id, Outbox& out) {
  const auto older = directory_.find(id);
  if (!older) return;
  ++counters_.replaced;
  const std::string reason = "New Connection with same ID";
  if (std::get<Announced>(clients_.at(*older).phase).dialect == wire::Dialect::v0_10) {
    out.emplace_back(
        SignalHubOutput::SendText{*older, wire::encode(wire::ServerError{reason}, wire::Dialect::v0_10)});
  }
  close(*older, reason, out);
}

void SignalHub::note_fault(ClientId id, Client& client, Outbox& out) {
  ++client.faults;
  if (client.faults >= config_.max_malformed) close(id, "too many messages that are no good", out);
}

void SignalHub::close(ClientId id, std::string reason, Outbox& out) {
  out.emplace_back(SignalHubOutput::Close{id, std::move(reason)});
  forget(id, out);
}

void SignalHub::forget(ClientId id, Outbox& out) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  if (client.announce_deadline) announce_deadlines_.remove(*client.announce_deadline);
  if (client.quiet) quiet_.remove(*client.quiet);
  if (client.pinged) pinged_.remove(*client.pinged);
  if (const auto* node = std::get_if<Announced>(&client.phase)) {
    if (node->reader) readers_.erase(*node->reader);
    directory_.remove(node->id);
    out.emplace_back(SignalHubOutput::NodeLeft{node->id});
  }
  clients_.erase(found);
}

// Lists.

std::size_t SignalHub::send_list(ClientId id, const Announced& node, Outbox& out) {
  std::string text = directory_.list(node.id, node.dialect, random_);
  const std::size_t size = text.size();
  if (node.reader) {
    (*node.reader)->seen_joins = joins_;
    readers_.splice(readers_.end(), readers_, *node.reader);
  }
  out.emplace_back(SignalHubOutput::SendText{id, std::move(text)});
  return size;
}

void SignalHub::push_lists(Time now, Outbox& out) {
  std::size_t bytes = 0;
  while (!readers_.empty() && readers_.front().seen_joins != joins_) {
    if (bytes >= config_.push_bytes) {
      push_at_ = now + config_.push_interval;
      return;
    }
    const ClientId id = readers_.front().client;
    bytes += send_list(id, std::get<Announced>(clients_.at(id).phase), out);
  }
  push_at_.reset();
}

// Time.

std::optional<Time> SignalHub::deadline() const {
  const auto silence = earliest(quiet_.earliest(), pinged_.earliest());
  return earliest(earliest(announce_deadlines_.earliest(), silence), push_at_);
}

void SignalHub::handle_timeout(Time now, Outbox& out) {
  while (const ClientId* id = announce_deadlines_.due(now)) {
    ++counters_.evicted;
    close(ClientId(*id), "no announce in time", out);
  }
  while (const ClientId* id = pinged_.due(now)) {
    ++counters_.evicted;
    close(ClientId(*id), "no answer to a ping", out);
  }
  while (const ClientId* due = quiet_.due(now)) {
    const ClientId id = *due;
    Client& client = clients_.at(id);
    quiet_.remove(*client.quiet);
    client.quiet.reset();
    client.pinged = pinged_.add(id, now);
    out.emplace_back(SignalHubOutput::Ping{id});
  }
  if (push_at_ && now >= *push_at_) push_lists(now, out);
}

void SignalHub::heard(Client& client, ClientId id, Time now) {
  if (client.quiet) {
    quiet_.renew(*client.quiet, now);
    return;
  }
  pinged_.remove(*client.pinged);
  client.pinged.reset();
  client.quiet = quiet_.add(id, now);
}

}  // namespace flnet::protocol
