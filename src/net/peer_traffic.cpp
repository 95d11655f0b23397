// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerTraffic: joins links with the queue of what they have brought.
#include "net/peer_traffic.hpp"

#include <flnet/log.hpp>
#include <flnet/run.hpp>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::links"};

}  // namespace

PeerTraffic::PeerTraffic(Loop& loop, const NodeID& self, Random& random, const MakeLinks& make_links,
                         std::function<void(PeerInfo)> carry_setup)
    : loop_(loop), carry_setup_(std::move(carry_setup)), links_(make_links(loop, self, random, *this)) {}

// Sending.

Result<> PeerTraffic::try_send(const NodeID& to, MessageView message) {
  if (closed()) return failure(ErrorCode::closed, "the network is closed");
  return links_->try_send(to, message);
}

Task<Result<>> PeerTraffic::send(NodeID to, Message message) {
  while (true) {
    auto sent = try_send(to, message.view());
    if (sent || sent.error().code != ErrorCode::queue_full) co_return sent;
    auto& slot = senders_[to];
    if (!slot) slot = std::make_shared<Event>();
    const auto room = slot;
    co_await room->wait();
  }
}

void PeerTraffic::link_writable(const NodeID& peer) {
  const auto* const waiting = senders_.find(peer);
  if (waiting == nullptr) return;
  const auto room = *waiting;
  senders_.erase(peer);
  room->notify();
}

// Receiving.

std::optional<NetReply::Any> PeerTraffic::try_recv() {
  auto reply = replies_.pop();
  if (!reply) return reply;
  if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&*reply))
    links_->set_held_bytes(received->from, replies_.held_bytes(received->from));
  return reply;
}

Task<std::optional<NetReply::Any>> PeerTraffic::recv() {
  co_await replies_.ready();
  co_return try_recv();
}

void PeerTraffic::link_received(const NodeID& peer, MessageView message) {
  if (!replies_.push_message(peer, message)) {
    topic.warn("disconnecting ", peer, ": the application takes messages too slowly");
    links_->disconnect(peer);
    return;
  }
  links_->set_held_bytes(peer, replies_.held_bytes(peer));
}

void PeerTraffic::link_reply(Reply reply) {
  if (const auto* lost = std::get_if<NetReply::MessagesLost>(&reply)) lost_ += lost->count;
  std::visit([this](auto& each) { replies_.push(std::move(each)); }, reply);
}

// Ending.

Task<Result<>> PeerTraffic::finish(Time give_up) {
  // Links that are being set up may still open and take what waits for them.
  while (!links_->drained() && loop_.now() < give_up) co_await sleep(drain_interval);
  lost_ = 0;
  for (const NodeID& peer : links_->peers()) links_->disconnect(peer);
  while (links_->closing() && loop_.now() < give_up) co_await sleep(drain_interval);
  if (lost_ > 0 || links_->closing())
    co_return failure(ErrorCode::timed_out, "closed before everything was delivered");
  co_return Result<>{};
}

void PeerTraffic::close() {
  replies_.close();
  const auto senders = std::exchange(senders_, {});
  for (const auto [peer, event] : senders) event->notify();
}

}  // namespace flnet::net
