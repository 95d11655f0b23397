// SPDX-License-Identifier: MIT OR Apache-2.0
// What a broker's subsystems have in common: the parcels they are given, and how they come and go.
#pragma once

#include <flnet/broker_parcel.hpp>
#include <flnet/broker_words.hpp>
#include <flnet/loop.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace flnet::detail {

class BrokerCore;

/// In the order in which a message comes to them.
enum class BrokerKind : std::uint8_t { translator, tap, callback, handler };

/// A subsystem, registered at one broker until it is removed. Its virtual functions, and those of the kinds
/// that Broker derives from, are inline: then their type information is where it is asked for, and the
/// library can be compiled without.
class BrokerMember : public BrokerSubsystem, public std::enable_shared_from_this<BrokerMember> {
 public:
  BrokerMember(BrokerCore& core, BrokerKind kind);

  void remove() final {
    detach();
    if (!in_call_) drop();
  }
  void remove_soon() final {
    detach();
    loop_.defer([self = shared_from_this()] { self->drop(); });
  }
  bool removed() const { return removed_; }
  BrokerKind kind() const { return kind_; }

  /// Not what was there before us, nor what we said ourselves.
  bool may_have(const BrokerParcel& parcel) const {
    return parcel.number > number_ && parcel.from != number_;
  }

  // What the broker asks of the kinds that have a use for it.
  /// Whether the message is for another broker; it is there by now.
  virtual bool translate(const BrokerParcel& /*parcel*/, const BrokerNode& /*here*/) { return false; }
  virtual void take(const std::shared_ptr<BrokerParcel>& /*parcel*/) {}
  /// All that was there has been taken.
  virtual void start() {}
  /// The broker goes; nothing comes any more.
  virtual void forget() {}

 protected:
  /// Taken off the broker, which is still there.
  virtual void left(BrokerCore& /*core*/) {}
  /// Frees what the user gave us.
  virtual void drop() = 0;

  /// Calls into what the user gave us, which may remove us meanwhile.
  template <class Call>
  auto guarded(Call call) {
    const InCall scope(*this);
    return call();
  }
  std::shared_ptr<BrokerCore> core() const { return core_.lock(); }
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

  void detach();

  std::weak_ptr<BrokerCore> core_;
  Loop& loop_;
  std::uint64_t number_;
  BrokerKind kind_;
  bool removed_ = false, in_call_ = false;
};

/// The subsystems of one kind, in the order they came. They may come and go while `for_each` is under way:
/// those who come wait for the next time, those who go stay in memory until its end.
class BrokerMembers {
 public:
  void add(std::shared_ptr<BrokerMember> member) { members_.push_back(std::move(member)); }
  void remove(const BrokerMember& member);

  template <class Call>
  void for_each(Call call) {
    if (members_.empty()) return;
    walking_ = true;
    const std::size_t count = members_.size();
    for (std::size_t i = 0; i < count; ++i) {
      BrokerMember& member = *members_[i];
      if (!member.removed()) call(member);
    }
    walking_ = false;
    if (holes_) sweep();
  }

 private:
  void sweep();

  // Shared with the registrations, which remove them.
  std::vector<std::shared_ptr<BrokerMember>> members_;
  bool walking_ = false, holes_ = false;
};

}  // namespace flnet::detail
