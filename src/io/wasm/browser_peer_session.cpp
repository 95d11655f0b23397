// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerSession: what the session asks of JavaScript, and what JavaScript tells.
#include "io/wasm/browser_peer_session.hpp"

#include "base/encoding.hpp"
#include "io/wasm/session_attribute.hpp"

#include <flnet/log.hpp>

#include <emscripten/em_macros.h>

#include <utility>

using flnet::io::BrowserPeerSession;

extern "C" {
int flnet_peer_make(BrowserPeerSession* self, const char* servers, std::size_t size, std::size_t most_bytes,
                    std::size_t most_waiting);
void flnet_peer_destroy(int handle);
void flnet_peer_offer(int handle, const char* label, std::size_t size);
void flnet_peer_accept_offer(int handle, const char* sdp, std::size_t size);
void flnet_peer_accept_answer(int handle, const char* sdp, std::size_t size);
void flnet_peer_add_candidate(int handle, const char* line, std::size_t size);
int flnet_peer_send(int handle, int is_binary, const std::uint8_t* data, std::size_t size);
double flnet_peer_buffered(int handle);
void flnet_peer_hold(int handle, int held);
void flnet_peer_shutdown(int handle);
unsigned flnet_peer_states(int handle);
void flnet_peer_poll(int handle);

EMSCRIPTEN_KEEPALIVE void flnet_peer_described(BrowserPeerSession* self, const char* sdp,
                                               std::size_t size) noexcept {
  self->described({sdp, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_candidate(BrowserPeerSession* self, const char* line,
                                               std::size_t size) noexcept {
  self->found_candidate({line, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_opened(BrowserPeerSession* self) noexcept {
  self->opened();
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_received(BrowserPeerSession* self, int is_binary,
                                              const std::uint8_t* data, std::size_t size) noexcept {
  const auto kind = is_binary != 0 ? flnet::MessageKind::binary : flnet::MessageKind::text;
  self->received({kind, {data, size}});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_writable(BrowserPeerSession* self) noexcept {
  self->writable();
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_dropped(BrowserPeerSession* self, const char* why,
                                             std::size_t size) noexcept {
  self->dropped({why, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_ended(BrowserPeerSession* self, int how, const char* why,
                                           std::size_t size) noexcept {
  self->ended(static_cast<flnet::io::PeerEnd>(how), {why, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_stats(BrowserPeerSession* self, int local, int remote,
                                           double round_trip_seconds, const char* addresses,
                                           std::size_t size) noexcept {
  self->measured(static_cast<flnet::ConnType>(local), static_cast<flnet::ConnType>(remote),
                 round_trip_seconds, {addresses, size});
}
}

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};
constexpr std::string_view channel_label = "data";

/// What flnet_peer_send answers.
enum class SendAnswer : std::uint8_t { sent, full, not_text, too_large, not_open };

ErrorCode code_of(PeerEnd how) {
  switch (how) {
    case PeerEnd::closed:
      return ErrorCode::closed;
    case PeerEnd::no_path:
      return ErrorCode::unreachable;
    case PeerEnd::bad_description:
      return ErrorCode::invalid_message;
    case PeerEnd::too_large:
      return ErrorCode::too_large;
    case PeerEnd::flooded:
      return ErrorCode::queue_full;
  }
  return ErrorCode::system;
}

}  // namespace

BrowserPeerSession::BrowserPeerSession(Loop& loop, std::string_view servers, std::uint64_t session,
                                       PeerSessionSink& sink)
    : loop_(loop), sink_(sink), attempt_(session) {
  const int handle =
      flnet_peer_make(this, servers.data(), servers.size(), max_message_bytes, most_waiting_bytes);
  if (handle != 0) handle_ = handle;
}

// --- What the session asks for

void BrowserPeerSession::begin_setup() {
  if (!handle_) return report_soon({ErrorCode::system, "the platform makes no connection: " + refused_});
  limit_ = loop_.at(loop_.now() + setup_limit,
                    [this] { report({ErrorCode::timed_out, "no connection in time"}); });
}

void BrowserPeerSession::create_offer() {
  if (stage_ != Stage::waiting) return;
  begin_setup();
  if (handle_) flnet_peer_offer(*handle_, channel_label.data(), channel_label.size());
}

void BrowserPeerSession::accept_offer(std::string sdp) {
  if (stage_ != Stage::waiting) return;
  if (!is_utf8(sdp)) return report_soon({ErrorCode::invalid_message, "the offer is not UTF-8"});
  attempt_ = session_of(sdp);
  begin_setup();
  if (handle_) flnet_peer_accept_offer(*handle_, sdp.data(), sdp.size());
}

void BrowserPeerSession::accept_answer(std::string sdp) {
  if (!handle_ || stage_ != Stage::waiting) return;
  const auto session = session_of(sdp);
  if (!is_utf8(sdp) || (session && session != attempt_)) return dropped("an answer to another offer");
  flnet_peer_accept_answer(*handle_, sdp.data(), sdp.size());
}

void BrowserPeerSession::add_candidate(std::string line) {
  // An empty one is the end; browsers need none.
  if (stage_ == Stage::ended || !handle_ || line.empty()) return;
  if (!is_utf8(line)) return dropped("a candidate that is not UTF-8");
  flnet_peer_add_candidate(*handle_, line.data(), line.size());
}

Result<> BrowserPeerSession::send(MessageView message) {
  const std::size_t size = message.bytes.size();
  if (auto can = can_send(size); !can) return can;
  const int is_binary = message.kind == MessageKind::binary ? 1 : 0;
  return after_send(flnet_peer_send(*handle_, is_binary, message.bytes.data(), size), size);
}

Result<> BrowserPeerSession::can_send(std::size_t bytes) const {
  if (stage_ == Stage::waiting) return failure(ErrorCode::not_connected, "the channel is not open yet");
  if (stage_ != Stage::open || !handle_) return failure(ErrorCode::closed, "the session is closed");
  if (bytes > max_message_bytes) return failure(ErrorCode::too_large, "a message has at most 256 KiB");
  return {};
}

Result<> BrowserPeerSession::after_send(int answer, std::size_t bytes) {
  switch (static_cast<SendAnswer>(answer)) {
    case SendAnswer::sent:
      state_.tx_bytes += bytes;
      return {};
    case SendAnswer::full:
      wants_writable_ = true;
      return failure(ErrorCode::queue_full, "the channel's buffer is full");
    case SendAnswer::not_text:
      return failure(ErrorCode::invalid_argument, "a text that is not UTF-8");
    case SendAnswer::too_large:
      return failure(ErrorCode::too_large, "the peer takes no message of that size");
    case SendAnswer::not_open:
      break;
  }
  return failure(ErrorCode::closed, "the channel is closed");
}

void BrowserPeerSession::shutdown() {
  if (stage_ == Stage::closing || stage_ == Stage::ended) return;
  const bool was_open = stage_ == Stage::open;
  if (!was_open) return report_soon({ErrorCode::closed, "closed before it was open"});
  stage_ = Stage::closing;
  flnet_peer_shutdown(*handle_);
  limit_ = loop_.at(loop_.now() + closing_limit,
                    [this] { report({ErrorCode::closed, "closed; the peer did not confirm in time"}); });
}

void BrowserPeerSession::set_held_bytes(std::size_t bytes) {
  const bool hold = bytes >= most_held_bytes;
  if (!handle_ || hold == holding_) return;
  holding_ = hold;
  flnet_peer_hold(*handle_, hold ? 1 : 0);
}

std::size_t BrowserPeerSession::buffered_bytes() const {
  return handle_ ? static_cast<std::size_t>(flnet_peer_buffered(*handle_)) : 0;
}

/// What JavaScript answers at once; path and round trip are those of the poll before, which this begins anew.
ConnectionStateMap BrowserPeerSession::state() const {
  state_.signaling = stage_ == Stage::waiting ? SignalingState::Setup
                     : stage_ == Stage::open  ? SignalingState::Stable
                                              : SignalingState::Closed;
  if (!handle_) return state_;
  constexpr unsigned mask = 15;
  const unsigned states = flnet_peer_states(*handle_);
  const unsigned channel = (states >> 8U) & mask;
  state_.ice_gathering = static_cast<IceGatheringState>(states & mask);
  state_.ice_connection = static_cast<IceConnectionState>((states >> 4U) & mask);
  state_.data_connection.reset();
  if (channel != mask) state_.data_connection = static_cast<DataChannelState>(channel);
  const Time now = loop_.now();
  if (!polled_ || now - *polled_ >= stats_period) {
    polled_ = now;
    flnet_peer_poll(*handle_);
  }
  return state_;
}

// --- What JavaScript tells

void BrowserPeerSession::described(std::string_view sdp) {
  if (stage_ != Stage::waiting && stage_ != Stage::open) return;
  const Loop::Scope scope(loop_);
  sink_.session_described(outgoing(sdp));
}

std::string BrowserPeerSession::outgoing(std::string_view sdp) const {
  std::string text = without_own_lines(sdp);
  if (attempt_) text += session_line(*attempt_);
  return text;
}

void BrowserPeerSession::found_candidate(std::string_view line) {
  const Loop::Scope scope(loop_);
  // Some implementations put the line as SDP has it.
  if (line.starts_with("a=")) line.remove_prefix(2);
  sink_.session_candidate(std::string(line));
}

void BrowserPeerSession::opened() {
  if (stage_ != Stage::waiting) return;
  const Loop::Scope scope(loop_);
  stage_ = Stage::open;
  limit_ = {};
  sink_.session_opened();
}

void BrowserPeerSession::received(MessageView message) {
  const Loop::Scope scope(loop_);
  state_.rx_bytes += message.bytes.size();
  sink_.session_received(message);
}

void BrowserPeerSession::writable() {
  if (!std::exchange(wants_writable_, false)) return;
  const Loop::Scope scope(loop_);
  sink_.session_writable();
}

void BrowserPeerSession::dropped(std::string_view why) {
  refused_ = why;
  topic.debug("dropped: ", why);
}

void BrowserPeerSession::ended(PeerEnd how, std::string_view why) {
  const Loop::Scope scope(loop_);
  report({code_of(how), std::string(why)});
}

void BrowserPeerSession::measured(ConnType local, ConnType remote, double round_trip_seconds,
                                  std::string_view addresses) {
  const std::size_t end = addresses.find('\n');
  state_.type_local = local;
  state_.type_remote = remote;
  state_.local_address = addresses.substr(0, end);
  state_.remote_address = addresses.substr(end + 1);
  if (round_trip_seconds >= 0) {
    state_.round_trip = std::chrono::floor<Duration>(std::chrono::duration<double>(round_trip_seconds));
  }
}

void BrowserPeerSession::report_soon(Error reason) {
  stage_ = Stage::ended;
  report_ = loop_.soon([this, why = std::move(reason)] { report(why); });
}

void BrowserPeerSession::report(Error reason) {
  stage_ = Stage::ended;
  PeerSessionSink& sink = sink_;
  let_go();
  sink.session_closed(std::move(reason));  // May destroy this.
}

void BrowserPeerSession::let_go() {
  limit_ = {};
  report_ = {};
  if (handle_) flnet_peer_destroy(*std::exchange(handle_, std::nullopt));
}

}  // namespace flnet::io
