// SPDX-License-Identifier: MIT OR Apache-2.0
// Sessions: one entry a session, which listens to it under its id.
#include "net/sessions.hpp"

#include "net/session_payload.hpp"

#include <flnet/log.hpp>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::links"};

}  // namespace

using protocol::SessionId;
using Input = protocol::NodeInput;

/// A session with its id. What it says goes to the machine, until it is closing.
class Sessions::Entry final : public io::PeerSessionSink {
 public:
  Entry(Sessions& owner, SessionId id)
      : owner_(owner),
        id_(id),
        session_(owner.host_.make_session(owner.random_.u64() >> 1, *this)),
        payload_(*session_, owner.random_) {}

  io::PeerSession& session() { return *session_; }

  void set_payload(protocol::PayloadDialect dialect) { payload_.set_dialect(dialect); }

  void deliver(Message message) {
    const bool was_blocked = payload_.blocked();
    auto sent = payload_.send(message.view());
    if (!sent && sent.error().code == ErrorCode::queue_full) sent = payload_.hold(std::move(message));
    if (!sent) refuse(std::move(sent.error()));
    if (!was_blocked) tell_blocked();
  }

  Result<> send(MessageView message) {
    auto sent = payload_.send(message);
    if (sent) tell_blocked();
    return sent;
  }

  void set_held_bytes(std::size_t bytes) {
    // Small changes would cost the peer a window update each.
    const std::size_t change = bytes > told_held_ ? bytes - told_held_ : told_held_ - bytes;
    if (change < held_bytes_step && !(bytes == 0 && told_held_ > 0)) return;
    told_held_ = bytes;
    session_->set_held_bytes(bytes);
  }

  void begin_closing() {
    closing_ = true;
    if (!payload_.blocked()) session_->shutdown();
    timer_ = owner_.loop_.at(owner_.loop_.now() + closing_timeout, [this] { owner_.closing_.erase(id_); });
  }

 private:
  static constexpr std::size_t held_bytes_step = 128 * 1024;

  void session_described(std::string sdp) override { tell(Input::SessionDescribed{id_, std::move(sdp)}); }
  void session_candidate(std::string line) override { tell(Input::SessionCandidate{id_, std::move(line)}); }
  void session_opened() override { tell(Input::SessionOpened{id_}); }
  void session_received(MessageView message) override {
    if (closing_) return;
    const auto read = payload_.read(message);
    if (!read) {
      topic.debug("dropped what is no packet (", payload_.dropped(), " by now): ", read.error());
    } else if (*read) {
      owner_.sink_.session_message(id_, **read);
    }
  }
  void session_writable() override {
    if (payload_.blocked()) {
      for (Error& reason : payload_.flush()) refuse(std::move(reason));
      if (payload_.blocked()) return;
      if (closing_) session_->shutdown();
      tell(Input::SessionWritable{id_});
    }
    if (!closing_) owner_.sink_.session_has_room(id_);
  }
  void session_closed(Error reason) override {
    if (closing_) {
      owner_.closing_.erase(id_);  // Destroys this entry: nothing may follow.
    } else {
      owner_.sink_.session_input(Input::SessionClosed{id_, std::move(reason)});
    }
  }
  void tell_blocked() {
    if (payload_.blocked()) tell(Input::SessionBlocked{id_});
  }
  void refuse(Error reason) {
    topic.warn("a message was not sent: ", reason);
    tell(Input::SessionRefused{id_, std::move(reason)});
  }
  void tell(Input::Any input) {
    if (!closing_) owner_.sink_.session_input(std::move(input));
  }

  Sessions& owner_;
  SessionId id_;
  bool closing_ = false;
  std::size_t told_held_ = 0;
  Timer timer_;
  std::unique_ptr<io::PeerSession> session_;
  SessionPayload payload_;
};

Sessions::Sessions(Loop& loop, io::PeerHost& host, Random& random, SessionsSink& sink)
    : loop_(loop), host_(host), random_(random), sink_(sink) {}

Sessions::~Sessions() = default;

Sessions::Entry& Sessions::make(SessionId id) {
  return *open_.emplace(id, std::make_unique<Entry>(*this, id));
}

Sessions::Entry* Sessions::find(SessionId id) {
  const auto* const entry = open_.find(id);
  return entry == nullptr ? nullptr : entry->get();
}

void Sessions::create_offer(SessionId id) {
  make(id).session().create_offer();
}

void Sessions::accept_offer(SessionId id, std::string sdp) {
  make(id).session().accept_offer(std::move(sdp));
}

void Sessions::accept_answer(SessionId id, std::string sdp) {
  if (Entry* entry = find(id)) entry->session().accept_answer(std::move(sdp));
}

void Sessions::add_candidate(SessionId id, std::string line) {
  if (Entry* entry = find(id)) entry->session().add_candidate(std::move(line));
}

void Sessions::set_payload(SessionId id, protocol::PayloadDialect dialect) {
  if (Entry* entry = find(id)) entry->set_payload(dialect);
}

void Sessions::deliver(SessionId id, Message message) {
  if (Entry* entry = find(id)) entry->deliver(std::move(message));
}

Result<> Sessions::send(SessionId id, MessageView message) {
  Entry* entry = find(id);
  if (entry == nullptr) return failure(ErrorCode::not_connected, "the session is gone");
  return entry->send(message);
}

void Sessions::set_held_bytes(SessionId id, std::size_t bytes) {
  if (Entry* entry = find(id)) entry->set_held_bytes(bytes);
}

ConnectionStateMap Sessions::state(SessionId id) {
  Entry* entry = find(id);
  return entry == nullptr ? ConnectionStateMap{} : entry->session().state();
}

void Sessions::close(SessionId id, bool graceful) {
  auto* const found = open_.find(id);
  if (found == nullptr) return;
  auto entry = std::move(*found);
  open_.erase(id);
  if (graceful) closing_.emplace(id, std::move(entry))->begin_closing();
}

}  // namespace flnet::net
