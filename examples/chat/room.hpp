// SPDX-License-Identifier: MIT OR Apache-2.0
// Room: decides what is said to whom and what the user is told; the handler of the chat's broker.
#pragma once

#include "chat_words.hpp"
#include "line.hpp"
#include "people.hpp"

#include <flnet/node_info.hpp>

#include <string>
#include <vector>

namespace chat {

/// Everybody at the signalling server is in the room; only chats (see Line) are heard. Knows no time but the
/// seconds that it is given, and no network but the calls that it answers with.
///
/// The signalling server is asked for its list every `list_interval_s`; when it has not answered for
/// `silence_s`, it counts as lost until the next list comes.
class Room {
 public:
  static constexpr int list_interval_s = 2, silence_s = 8;

  explicit Room(const flnet::NodeInfo& self) : people_(self) {}

  /// For Broker::add_handler.
  std::vector<ChatMessage> messages(std::vector<ChatMessage> given);

 private:
  void take(const Wish::Any& wish);
  void take(const News::Any&) {}
  void take(const flnet::NetCall::Any&) {}
  void take(const flnet::NetReply::Any& reply);
  void take(flnet::TimerMessage tick);

  void fulfil(const Wish::Say& wish);
  void fulfil(const Wish::Tell& wish);
  void fulfil(const Wish::Rename& wish);
  void fulfil(const Wish::WhoIsHere& wish);
  void fulfil(const Wish::Leave& wish);

  void hear(const flnet::NetReply::RcvNodeMessage& reply);
  void hear(const flnet::NetReply::RcvWSUpdateList& reply);
  void hear(const flnet::NetReply::ConnectionState&) {}
  void hear(const flnet::NetReply::Connected& reply);
  void hear(const flnet::NetReply::Disconnected& reply);
  void hear(const flnet::NetReply::MessagesLost& reply);

  void hear_line(const flnet::NodeID& from, Person& person, const Line& line);
  void hear_stranger(const flnet::NodeID& from, Person& person, const flnet::Message& message);
  void enter();
  void send(const flnet::NodeID& to, Line::Kind kind, const std::string& text);
  bool fits(const std::string& text);
  void tell(News::Any news) { answers_.emplace_back(std::move(news)); }
  void call(flnet::NetCall::Any what) { answers_.emplace_back(std::move(what)); }

  People people_;
  bool entered_ = false, over_ = false, signalling_lost_ = false;
  bool renamed_ = false;  ///< The signalling server's list doesn't have our name.
  int seconds_ = 0, seconds_without_list_ = 0;
  std::vector<Wish::Any> early_;  ///< Until the first list.
  std::vector<ChatMessage> answers_;
};

}  // namespace chat
