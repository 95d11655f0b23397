// SPDX-License-Identifier: MIT OR Apache-2.0
// What a broker's subsystems have in common: the parcels they are given, and how they come and go.
#pragma once

#include <flnet/broker_node.hpp>
#include <flnet/broker_words.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace flnet::detail {

template <class Message>
class BrokerCore;
template <class Message>
class BrokerTranslator;
template <class Message>
class BrokerTapQueue;
template <class Message>
class BrokerCallback;
template <class Message>
class BrokerHandler;

/// The brokers that translated a message: it never returns to one of them.
using BrokerTrail = std::vector<BrokerID>;

/// A message on its way through one broker.
template <class Message>
struct BrokerParcel {
  Message message;
  Destination to = Destination::All;
  BrokerTrail trail;
  std::uint64_t from = 0;    ///< The number of the handler whose answer it is; 0 for others.
  std::uint64_t number = 0;  ///< Counts parcels and subsystems of this broker, in the order they came.
  BrokerPlace place;
};

/// The message, for one of those who share the parcel; the last one gets it without a copy.
template <class Message>
Message message_of(std::shared_ptr<BrokerParcel<Message>>& parcel) {
  if (parcel.use_count() == 1) return std::move(parcel->message);
  return parcel->message;
}

/// A subsystem, registered at one broker until it is removed.
template <class Message>
class BrokerMember : public BrokerSubsystem, public std::enable_shared_from_this<BrokerMember<Message>> {
 public:
  explicit BrokerMember(BrokerCore<Message>& core)
      : core_(core.weak_from_this()), loop_(core.loop()), number_(core.next_number()) {}

  void remove() final {
    detach();
    if (!in_call_) drop();
  }
  void remove_soon() final {
    detach();
    loop_.defer([self = this->shared_from_this()] { self->drop(); });
  }
  bool removed() const { return removed_; }

  /// Not what was there before us, nor what we said ourselves.
  bool may_have(const BrokerParcel<Message>& parcel) const {
    return parcel.number > number_ && parcel.from != number_;
  }

 protected:
  /// Leaves the broker's lists.
  virtual void leave(BrokerCore<Message>& core) = 0;
  /// Frees what the user gave us.
  virtual void drop() = 0;

  /// Calls into what the user gave us, which may remove us meanwhile.
  template <class Call>
  auto guarded(Call call) {
    const InCall scope(*this);
    return call();
  }
  std::shared_ptr<BrokerCore<Message>> core() const { return core_.lock(); }
  std::uint64_t number() const { return number_; }

 private:
  struct InCall {
    explicit InCall(BrokerMember& its_member) : member(its_member) { member.in_call_ = true; }
    ~InCall() {
      member.in_call_ = false;
      if (member.removed_) member.drop();
    }
    InCall(const InCall&) = delete;
    InCall& operator=(const InCall&) = delete;
    BrokerMember& member;
  };

  void detach() {
    if (std::exchange(removed_, true)) return;
    if (const auto core = core_.lock()) leave(*core);
  }

  std::weak_ptr<BrokerCore<Message>> core_;
  Loop& loop_;
  std::uint64_t number_;
  bool removed_ = false, in_call_ = false;
};

/// The subsystems of one kind, in the order they came. They may come and go while `for_each` is under way:
/// those who come wait for the next time, those who go stay in memory until its end.
template <class Member>
class BrokerMembers {
 public:
  void add(std::shared_ptr<Member> member) { members_.push_back(std::move(member)); }

  void remove(const Member* member) {
    if (walking_) {
      holes_ = true;
    } else {
      // Freed after the list is whole again: its destructor may come back to us.
      const auto found = std::ranges::find(members_, member, &std::shared_ptr<Member>::get);
      const std::shared_ptr<Member> freed = std::move(*found);
      members_.erase(found);
    }
  }

  template <class Call>
  void for_each(Call call) {
    if (members_.empty()) return;
    walking_ = true;
    const std::size_t count = members_.size();
    for (std::size_t i = 0; i < count; ++i) {
      Member& member = *members_[i];
      if (!member.removed()) call(member);
    }
    walking_ = false;
    if (std::exchange(holes_, false)) sweep();
  }

 private:
  void sweep() {
    // Freed after the list is whole again: their destructors may come back to us.
    std::vector<std::shared_ptr<Member>> kept, freed;
    for (auto& member : members_) (member->removed() ? freed : kept).push_back(std::move(member));
    members_ = std::move(kept);
  }

  // Shared with the registrations, which remove them.
  std::vector<std::shared_ptr<Member>> members_;
  bool walking_ = false, holes_ = false;
};

}  // namespace flnet::detail
