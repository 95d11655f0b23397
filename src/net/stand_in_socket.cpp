// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInSocket: the client's side of a WebSocket that is made of calls.
#include "net/stand_in_socket.hpp"

#include <utility>

namespace flnet::net {

StandInSocket::StandInSocket(std::shared_ptr<void> world, Loop& loop, StandInServer& server,
                             const NodeID& node, io::WebSocketClientSink& sink)
    : world_(std::move(world)), loop_(loop), server_(server), sink_(sink), id_(server.connect(node, *this)) {}

StandInSocket::~StandInSocket() {
  server_.client_gone(id_);
}

Result<> StandInSocket::send(std::string text) {
  if (stage_ != Stage::open) return failure(ErrorCode::closed, "the WebSocket is not open");
  if (queued_bytes_ + text.size() > send_queue_bytes)
    return failure(ErrorCode::queue_full, "the signalling server reads too slowly");
  queued_bytes_ += text.size();
  server_.client_says(id_, std::move(text));
  return {};
}

void StandInSocket::close(std::string reason) {
  if (stage_ == Stage::closing || stage_ == Stage::closed) return;
  if (stage_ == Stage::open) server_.client_closes(id_);
  const Duration patience = stage_ == Stage::open ? close_timeout : Duration::zero();
  stage_ = Stage::closing;
  close_timer_ =
      loop_.at(loop_.now() + patience, [this, why = std::move(reason)] { closed({ErrorCode::closed, why}); });
}

void StandInSocket::opened() {
  if (stage_ != Stage::connecting) return;
  stage_ = Stage::open;
  sink_.socket_opened();
}

void StandInSocket::received(std::string_view text) {
  if (stage_ == Stage::open) sink_.socket_received(text);
}

void StandInSocket::closed(Error reason) {
  if (stage_ == Stage::closed) return;
  stage_ = Stage::closed;
  close_timer_ = {};
  server_.client_gone(id_);
  sink_.socket_closed(std::move(reason));
}

}  // namespace flnet::net
