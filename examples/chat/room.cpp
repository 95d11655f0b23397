// SPDX-License-Identifier: MIT OR Apache-2.0
// What the room makes of wishes, of the network's replies and of passing seconds.
#include "room.hpp"

#include <string_view>
#include <utility>

namespace chat {

using flnet::NetCall;
using flnet::NetReply;
using flnet::NodeID;

std::vector<ChatMessage> Room::messages(std::vector<ChatMessage> given) {
  for (const ChatMessage& message : given) {
    if (over_) break;
    std::visit([this](const auto& each) { take(each); }, message);
  }
  return std::exchange(answers_, {});
}

// What the user wants

void Room::take(const Wish::Any& wish) {
  if (entered_) {
    std::visit([this](const auto& each) { fulfil(each); }, wish);
  } else if (early_.size() < Limits::early_wishes || std::holds_alternative<Wish::Leave>(wish)) {
    early_.push_back(wish);
  } else {
    tell(News::Refused{"the signalling server has not said yet who is here"});
  }
}

void Room::fulfil(const Wish::Say& wish) {
  if (!fits(wish.text)) return;
  bool heard = false;
  for (const NodeID& id : people_.ids()) {
    if (people_.find(id)->stranger) continue;
    heard = true;
    send(id, Line::Kind::say, wish.text);
  }
  if (!heard) tell(News::Refused{"nobody else is here"});
}

void Room::fulfil(const Wish::Tell& wish) {
  const auto addressed = people_.addressed(wish.name_and_text);
  if (!addressed) return tell(News::Refused{"nobody of that name is here; /who tells who is"});
  if (addressed->text.empty()) return tell(News::Refused{"there is nothing to tell: /msg NAME text"});
  if (fits(addressed->text)) send(addressed->id, Line::Kind::tell, addressed->text);
}

void Room::fulfil(const Wish::Rename& wish) {
  const std::string name = clean_name(wish.name);
  if (name.empty()) return tell(News::Refused{"a name has at least one letter: /name NAME"});
  if (name.find('#') != std::string::npos) return tell(News::Refused{"a name has no # in it"});
  tell(News::Renamed{people_.own_name(), name});
  people_.rename_ourselves(name);
  renamed_ = true;
  for (const NodeID& id : people_.ids())
    if (!people_.find(id)->stranger) send(id, Line::Kind::name, {});
}

void Room::fulfil(const Wish::WhoIsHere&) {
  tell(News::Here{people_.labels()});
}

void Room::fulfil(const Wish::Leave&) {
  over_ = true;
  tell(News::Over{});
}

bool Room::fits(const std::string& text) {
  if (text.size() <= Limits::text_bytes) return true;
  tell(News::Refused{"a line has at most " + std::to_string(Limits::text_bytes) +
                     " bytes; this one was not sent"});
  return false;
}

void Room::send(const NodeID& to, Line::Kind kind, const std::string& text) {
  const Line line{kind, people_.own_name(), text};
  call(NetCall::SendNodeMessage{to, flnet::Message::from_text(to_json(line))});
}

// What the network replies

void Room::take(const NetReply::Any& reply) {
  std::visit([this](const auto& each) { hear(each); }, reply);
}

void Room::hear(const NetReply::RcvNodeMessage& reply) {
  const bool is_text = reply.message.kind == flnet::MessageKind::text;
  const auto line = is_text ? line_from_json(reply.message.text())
                            : flnet::failure(flnet::ErrorCode::invalid_message, "chats speak text");
  bool is_new = false;
  // It may speak before the list has it.
  Person* person = people_.let_in(reply.from, line ? line->name : std::string(), is_new);
  if (person == nullptr) return;
  person->linked = true;
  if (is_new && entered_) tell(News::Joined{people_.label(reply.from)});
  if (line) {
    hear_line(reply.from, *person, *line);
  } else if (line.error().code != flnet::ErrorCode::unsupported) {
    hear_stranger(reply.from, *person, reply.message);
  }
}

void Room::hear_line(const NodeID& from, Person& person, const Line& line) {
  person.stranger = false;
  if (person.name != line.name && !line.name.empty()) {
    const std::string before = people_.label(from);
    person.name = line.name;
    tell(News::Renamed{before, people_.label(from)});
  }
  person.named_itself = person.named_itself || !line.name.empty();
  if (line.kind == Line::Kind::name) return;
  tell(News::Said{people_.label(from), line.text, line.kind == Line::Kind::tell});
}

void Room::hear_stranger(const NodeID& from, Person& person, const flnet::Message& message) {
  if (std::exchange(person.stranger, true)) return;
  const bool is_text = message.kind == flnet::MessageKind::text;
  const std::string_view text = is_text ? message.text() : std::string_view();
  tell(News::Stranger{people_.label(from), std::string(text.substr(0, Limits::stranger_bytes))});
}

void Room::hear(const NetReply::RcvWSUpdateList& reply) {
  seconds_without_list_ = 0;
  if (std::exchange(signalling_lost_, false)) tell(News::SignallingBack{});
  const People::Changes changes = people_.update(reply.nodes);
  if (!entered_) return enter();
  for (const NodeID& id : changes.joined) {
    tell(News::Joined{people_.label(id)});
    if (renamed_) send(id, Line::Kind::name, {});
  }
  for (const std::string& who : changes.left) tell(News::Left{who});
}

void Room::enter() {
  entered_ = true;
  tell(News::Entered{people_.own_name(), people_.labels()});
  for (const Wish::Any& wish : std::exchange(early_, {}))
    if (!over_) std::visit([this](const auto& each) { fulfil(each); }, wish);
}

void Room::hear(const NetReply::Connected& reply) {
  if (Person* person = people_.find(reply.peer)) person->linked = true;
}

void Room::hear(const NetReply::Disconnected& reply) {
  Person* person = people_.find(reply.peer);
  if (person == nullptr) return;
  people_.unlink(*person);
  call(NetCall::SendWSUpdateListRequest{});
}

void Room::hear(const NetReply::MessagesLost& reply) {
  const Person* person = people_.find(reply.peer);
  if (person != nullptr && person->stranger) return;
  tell(News::Undelivered{people_.label(reply.peer), reply.count, reply.reason.detail});
}

// What a second brings

void Room::take(flnet::TimerMessage tick) {
  if (tick != flnet::TimerMessage::Second) return;
  if (++seconds_ % list_interval_s == 0) call(NetCall::SendWSUpdateListRequest{});
  if (++seconds_without_list_ < silence_s || !entered_ || signalling_lost_) return;
  signalling_lost_ = true;
  tell(News::SignallingLost{});
}

}  // namespace chat
