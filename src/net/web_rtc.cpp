// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTC: carries a PeerConnection's words to its broker, and its broker's to the PeerConnection.
#include <flnet/web_rtc.hpp>

#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/task.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace flnet {

class WebRTC::State {
 public:
  using Message = WebRTCMessage;
  using Messages = std::vector<Message>;

  State(PeerConnection connection, Loop& loop)
      : connection_(std::move(connection)),
        broker_(loop, broker_limits),
        jobs_(loop),
        handler_(broker_.add_handler(std::ref(*this))) {
    jobs_.add(tell_setups(*this));
    jobs_.add(tell_messages(*this));
  }

  const Broker<Message>& broker() const { return broker_; }

  /// The broker's handler: one batch after the other. While a Send waits for room, what follows it does.
  Task<Messages> messages(Messages given) {
    Messages answers;
    for (Message& message : given) {
      auto* input = std::get_if<WebRTCInput::Any>(&message);
      if (input == nullptr) continue;
      if (auto* send = std::get_if<WebRTCInput::Send>(input)) {
        Result<> sent = failure(ErrorCode::closed, "the connection was closed by Disconnect");
        if (!disconnecting_) sent = co_await connection_.send(std::move(send->message));
        note_failure(sent, answers);
      } else {
        handle(std::move(*input), answers);
      }
    }
    co_return answers;
  }

 private:
  void handle(WebRTCInput::Any input, Messages& answers) {
    if (auto* setup = std::get_if<WebRTCInput::Setup>(&input)) {
      const SignalingState before = connection_.state().signaling;
      note_failure(connection_.setup(std::move(setup->message)), answers);
      if (connection_.state().signaling != before) answers.push_back(state());
    } else if (std::holds_alternative<WebRTCInput::Restart>(input)) {
      note_failure(connection_.restart(), answers);
    } else if (std::holds_alternative<WebRTCInput::UpdateState>(input)) {
      answers.push_back(state());
    } else if (std::holds_alternative<WebRTCInput::Disconnect>(input) &&
               !std::exchange(disconnecting_, true)) {
      jobs_.add(close(*this));
    }
  }

  static void note_failure(const Result<>& result, Messages& answers) {
    if (!result) answers.push_back(output(WebRTCOutput::Failed{result.error()}));
  }

  static Message output(WebRTCOutput::Any said) { return said; }
  Message state() const { return output(WebRTCOutput::State{connection_.state()}); }

  /// Waits for room at the broker, which this object holds: it is there.
  static Task<> tell(State& self, Message said) {
    [[maybe_unused]] const Result<> told = co_await self.broker_.send(std::move(said));
  }

  // GCC 12 destroys an aggregate that is made inside of a co_await twice: so each has a line of its own.

  static Task<> tell_setups(State& self) {
    while (auto message = co_await self.connection_.next_setup()) {
      Message setup = output(WebRTCOutput::Setup{std::move(*message)});
      co_await tell(self, std::move(setup));
    }
    self.setups_told_.notify();
  }

  static Task<> tell_messages(State& self) {
    const Result<> opened = co_await self.connection_.opened();
    if (opened) {
      Message connected = output(WebRTCOutput::Connected{});
      co_await tell(self, std::move(connected));
      co_await tell(self, self.state());
    }
    while (auto message = co_await self.connection_.recv()) {
      Message received = output(WebRTCOutput::Received{std::move(*message)});
      co_await tell(self, std::move(received));
    }
    co_await tell_end(self);
  }

  static Task<> tell_end(State& self) {
    Error reason = co_await self.connection_.closed();
    Message disconnected = output(WebRTCOutput::Disconnected{std::move(reason)});
    co_await self.setups_told_.wait();
    const Result<> delivered = co_await self.connection_.close();
    if (!delivered) {
      Message failed = output(WebRTCOutput::Failed{delivered.error()});
      co_await tell(self, std::move(failed));
    }
    co_await tell(self, self.state());
    co_await tell(self, std::move(disconnected));
  }

  static Task<> close(State& self) {
    // tell_messages asks again, and says what was not delivered.
    [[maybe_unused]] const Result<> delivered = co_await self.connection_.close();
  }

  PeerConnection connection_;
  Broker<Message> broker_;
  bool disconnecting_ = false;
  Event setups_told_;
  JobSet jobs_;           // Its tasks use what stands above,
  Registration handler_;  // and the handler all of it.
};

WebRTC::WebRTC(const PeerPort& port, Loop& loop) : WebRTC(PeerConnection(port), loop) {}
WebRTC::WebRTC(PeerConnection connection, Loop& loop)
    : state_(std::make_unique<State>(std::move(connection), loop)) {}
WebRTC::WebRTC(WebRTC&&) noexcept = default;
WebRTC& WebRTC::operator=(WebRTC&&) noexcept = default;
WebRTC::~WebRTC() = default;

Result<WebRTC> WebRTC::open(const ConnectionConfig& config, Loop& loop) {
  auto connection = PeerConnection::open(config, loop);
  if (!connection) return failure(std::move(connection.error()));
  return WebRTC(std::move(*connection), loop);
}

const Broker<WebRTCMessage>& WebRTC::broker() const {
  return state_->broker();
}

}  // namespace flnet
