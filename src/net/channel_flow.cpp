// SPDX-License-Identifier: MIT OR Apache-2.0
// ChannelFlow: turns and room for what is sent, waiting for what comes.
#include "net/channel_flow.hpp"

#include <utility>

namespace flnet::net {

/// While it lives, others wait for their turn.
class ChannelFlow::SendTurn {
 public:
  explicit SendTurn(ChannelFlow& flow) : flow_(flow) { flow_.sending_ = true; }
  ~SendTurn() {
    flow_.sending_ = false;
    flow_.turns_.wake_one();
  }
  SendTurn(const SendTurn&) = delete;
  SendTurn& operator=(const SendTurn&) = delete;

 private:
  ChannelFlow& flow_;
};

Result<> ChannelFlow::try_send(MessageView message) {
  if (auto can = can_send(); !can) return can;
  if (sending_ || !turns_.empty()) return failure(ErrorCode::queue_full, "earlier messages wait for room");
  return pass_on(message);
}

Task<Result<>> ChannelFlow::send(std::shared_ptr<ChannelFlow> flow, Message message) {
  // One whose turn has come and who has not run yet is still in the list: nobody overtakes it.
  if (flow->sending_ || !flow->turns_.empty()) {
    WaitList::Waiter turn(flow->turns_);
    co_await turn;
  }
  const SendTurn turn(*flow);
  while (true) {
    auto sent = flow->can_send();
    if (sent) sent = flow->pass_on(message.view());
    if (sent || sent.error().code != ErrorCode::queue_full) co_return sent;
    WaitList::Waiter room(flow->writable_);
    co_await room;
  }
}

bool ChannelFlow::keep(MessageView message) {
  if (!received_.push(message)) return false;
  held_changed();
  receivers_.wake_one();
  return true;
}

std::optional<Message> ChannelFlow::try_recv() {
  auto message = received_.pop();
  if (message) held_changed();
  return message;
}

Task<std::optional<Message>> ChannelFlow::recv(std::shared_ptr<ChannelFlow> flow) {
  while (flow->received_.empty() && !flow->over()) {
    WaitList::Waiter turn(flow->receivers_);
    co_await turn;
  }
  co_return flow->try_recv();
}

void ChannelFlow::drop_received() {
  received_.clear();
  held_changed();
}

void ChannelFlow::end_flow() {
  for (WaitList* list : {&receivers_, &turns_, &writable_}) list->wake_all();
}

}  // namespace flnet::net
