// SPDX-License-Identifier: MIT OR Apache-2.0
// Broker: the actor that links an application's modules by the messages they emit.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_handler.hpp>
#include <flnet/broker_link.hpp>
#include <flnet/broker_tap.hpp>
#include <flnet/broker_words.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace flnet {

/// What `Broker::add_handler` takes: an object that is given messages in batches, in order, one batch at a
/// time, and returns the answers: a `std::vector<Message>`, or a `Task` of one. Or a std::ref of it.
template <class Handler, class Message>
concept HandlerOf = requires(std::unwrap_reference_t<Handler>& handler, std::vector<Message> messages) {
  requires std::same_as<decltype(handler.messages(std::move(messages))), std::vector<Message>> ||
               std::same_as<decltype(handler.messages(std::move(messages))), Task<std::vector<Message>>>;
};

/// Passes each emitted message to translators, which take it to other brokers; what no translator wants
/// goes to the taps, then the callbacks, then the handlers. What a handler answers is emitted again, but
/// not to that handler. See docs/broker.md.
///
/// A Broker is a handle: copies share one queue, on one loop, and all of it is used on that loop's thread.
/// The queue ends with the last handle: what it held is dropped, taps can be read to their end, handlers
/// finish what they work at. It must not outlive the loop. Nothing runs inside `emit`. Subsystems get the
/// messages emitted after they came, in the order they were emitted.
template <class Message>
class Broker {
 public:
  explicit Broker(Loop& loop = Loop::current(), BrokerLimits limits = {})
      : core_(std::make_shared<detail::BrokerCore>(loop, limits)) {
    static_assert(std::copy_constructible<Message>, "each receiver gets a message of its own");
  }

  /// queue_full when BrokerLimits::messages are unread.
  Result<> emit(Message message) const { return emit_to(Destination::All, std::move(message)); }
  Result<> emit_to(Destination to, Message message) const {
    if (auto room = core_->room(); !room) return room;
    core_->emit(detail::parcel_of(std::move(message)), to);
    return {};
  }

  /// Waits for room. closed when the last handle goes first: the task is none. A handler returns its
  /// answers; if it waited here, it might wait for itself.
  Task<Result<>> send(Message message) const { return send_to(Destination::All, std::move(message)); }
  Task<Result<>> send_to(Destination to, Message message) const {
    return when_room(core_, core_->ledger(), to, std::move(message));
  }

  [[nodiscard]] Tap<Message> tap() const { return Tap<Message>(add<detail::BrokerTapQueue>()); }

  /// The handler is the registration's, not the broker's: it may hold this broker.
  template <HandlerOf<Message> Handler>
  Registration add_handler(Handler handler) const {
    return Registration(add<detail::BrokerHandlerOf<Message, Handler>>(std::move(handler)));
  }

  /// Called with each message. It may do everything but wait.
  Registration add_callback(std::function<void(const Message&)> function) const {
    return Registration(add<detail::BrokerCallback<Message>>(std::move(function)));
  }

  /// Messages for which `to_other` has a translation, `std::optional<Other>(const Message&)`, go to the
  /// other broker instead of this one's taps, callbacks and handlers; to all that want them, if several
  /// do. None returns to a broker that it came from, however many lie between. Keeps neither alive.
  template <class Other, std::invocable<const Message&> ToOther>
  Registration add_translator(const Broker<Other>& other, ToOther to_other) const {
    return Registration(translator(other, std::move(to_other)));
  }
  /// The same in both directions, as one registration.
  template <class Other, std::invocable<const Message&> ToOther, std::invocable<const Other&> FromOther>
  Registration link(const Broker<Other>& other, ToOther to_other, FromOther from_other) const {
    return Registration(std::make_shared<detail::BrokerLink>(translator(other, std::move(to_other)),
                                                             other.translator(*this, std::move(from_other))));
  }

  /// Completes when neither this broker nor any that is linked to it, directly or not, has a message to
  /// deliver or a handler at work; unread taps don't count. Not to be awaited by a handler.
  Task<> settle() const { return detail::BrokerNode::settle(core_); }

  /// Messages that count against BrokerLimits::messages.
  std::size_t unread() const { return core_->ledger()->used(); }
  BrokerCounters counters() const { return core_->counters(); }
  BrokerID id() const { return core_->id(); }

 private:
  template <class>
  friend class Broker;

  template <class Subsystem, class... Parts>
  std::shared_ptr<Subsystem> add(Parts... parts) const {
    auto subsystem = std::make_shared<Subsystem>(*core_, std::move(parts)...);
    core_->add(subsystem);
    return subsystem;
  }

  template <class Other, class ToOther>
  std::shared_ptr<detail::BrokerSubsystem> translator(const Broker<Other>& other, ToOther to_other) const {
    using Translator = detail::BrokerTranslatorTo<Message, Other>;
    auto subsystem = std::make_shared<Translator>(*core_, *other.core_, std::move(to_other));
    core_->add(subsystem);
    return subsystem;
  }

  static Task<Result<>> when_room(std::weak_ptr<detail::BrokerCore> broker,
                                  std::shared_ptr<detail::BrokerLedger> ledger, Destination to,
                                  Message message) {
    while (!broker.expired() && !ledger->has_room()) {
      WaitList::Waiter turn(ledger->senders());
      co_await turn;
    }
    const std::shared_ptr<detail::BrokerCore> core = broker.lock();
    if (!core) co_return failure(ErrorCode::closed, "the broker is gone");
    core->emit(detail::parcel_of(std::move(message)), to);
    co_return Result<>{};
  }

  // Shared by all handles of this broker; links, registrations and tasks hold it weakly.
  std::shared_ptr<detail::BrokerCore> core_;
};

}  // namespace flnet
