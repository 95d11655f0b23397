// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerConnection: ICE restarts, by the platform's restartIce, as either side asks for them.
#include "io/wasm/browser_peer_connection.hpp"

#include "base/encoding.hpp"
#include "io/wasm/session_attribute.hpp"
#include "rtc/sdp_restart.hpp"

#include <flnet/log.hpp>

#include <emscripten/em_macros.h>

#include <utility>

using flnet::io::BrowserPeerConnection;
using flnet::io::BrowserPeerSession;

extern "C" {
int flnet_peer_can_restart();
void flnet_peer_restart(int handle);
void flnet_peer_accept_restart_answer(int handle, const char* sdp, std::size_t size);
void flnet_peer_accept_restart(int handle, const char* sdp, std::size_t size);
void flnet_peer_end_restart(int handle);

EMSCRIPTEN_KEEPALIVE void flnet_peer_learned(BrowserPeerSession* self, int is_answer, const char* sdp,
                                             std::size_t size) noexcept {
  BrowserPeerConnection::of(self).learned(is_answer != 0, {sdp, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_restarting(BrowserPeerSession* self, const char* offer,
                                                std::size_t size) noexcept {
  BrowserPeerConnection::of(self).restarting({offer, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_restarted(BrowserPeerSession* self) noexcept {
  BrowserPeerConnection::of(self).restarted();
}
EMSCRIPTEN_KEEPALIVE void flnet_peer_restart_over(BrowserPeerSession* self, const char* why,
                                                  std::size_t size) noexcept {
  BrowserPeerConnection::of(self).restart_over({why, size});
}
}

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

Result<> can_restart() {
  if (flnet_peer_can_restart() != 0) return {};
  return failure(ErrorCode::unsupported, "this platform's WebRTC does not restart ICE");
}

}  // namespace

void BrowserPeerConnection::create_offer() {
  offered_first_ = stage() == Stage::waiting;
  BrowserPeerSession::create_offer();
}

void BrowserPeerConnection::accept_answer(std::string sdp) {
  if (!awaits_answer_) return BrowserPeerSession::accept_answer(std::move(sdp));
  if (!handle()) return;
  if (const auto fits = check_later(sdp, false); !fits) return dropped(to_string(fits.error()));
  begin_restart();
  flnet_peer_accept_restart_answer(*handle(), sdp.data(), sdp.size());
}

Result<> BrowserPeerConnection::restart() {
  if (stage() == Stage::waiting) return failure(ErrorCode::not_connected, "the channel is not open yet");
  if (stage() != Stage::open || !handle()) return failure(ErrorCode::closed, "the session is closed");
  if (is_restarting_) return failure(ErrorCode::invalid_argument, "a restart is under way");
  if (auto can = can_restart(); !can) return can;
  awaits_answer_ = true;
  begin_restart();
  flnet_peer_restart(*handle());
  return {};
}

Result<> BrowserPeerConnection::accept_restart(std::string offer) {
  if ((stage() != Stage::waiting && stage() != Stage::open) || !handle())
    return failure(ErrorCode::closed, "the session is closed");
  if (auto fits = check_later(offer, true); !fits) return fits;
  if (auto can = can_restart(); !can) return can;
  begin_restart();
  flnet_peer_accept_restart(*handle(), offer.data(), offer.size());
  return {};
}

Result<> BrowserPeerConnection::check_later(std::string_view sdp, bool is_offer) const {
  if (!remote_) return failure(ErrorCode::invalid_argument, "the first descriptions come first");
  if (!is_utf8(sdp)) return failure(ErrorCode::invalid_message, "the description is not UTF-8");
  const auto read = rtc::decode_sdp(sdp);
  if (!read) return failure(read.error());
  if (is_offer) {
    if (auto fits = rtc::check_restart_offer(*remote_, *read); !fits) return fits;
  } else if (auto fits = rtc::check_later_description(*remote_, *read); !fits) {
    return fits;
  }
  if (const auto session = session_of(sdp); session && session != attempt())
    return failure(ErrorCode::refused, "the description is of another session");
  if (is_offer && awaits_answer_ && offered_first_)
    return failure(ErrorCode::refused, "our own restart is under way and goes first");
  return {};
}

/// Each of its descriptions makes it last longer.
void BrowserPeerConnection::begin_restart() {
  is_restarting_ = true;
  restart_limit_ = loop().at(loop().now() + restart_limit, [this] {
    is_restarting_ = false;
    if (handle()) flnet_peer_end_restart(*handle());
  });
}

void BrowserPeerConnection::restarted() {
  is_restarting_ = false;
  restart_limit_ = {};
}

void BrowserPeerConnection::learned(bool is_answer, std::string_view sdp) {
  if (is_answer) awaits_answer_ = false;
  if (auto read = rtc::decode_sdp(sdp)) {
    const bool peer_is_client = read->setup == rtc::DtlsSetup::active;
    if (is_answer && !role_) role_ = peer_is_client ? rtc::DtlsSetup::passive : rtc::DtlsSetup::active;
    remote_ = *std::move(read);
    remote_->candidates.clear();
  }
}

void BrowserPeerConnection::described(std::string_view sdp) {
  const bool is_offer = offered_first_ && !remote_;
  if (is_offer || stage() == Stage::closing || stage() == Stage::ended)
    return BrowserPeerSession::described(sdp);
  const Loop::Scope scope(loop());
  sink().session_described(outgoing_answer(sdp));
}

void BrowserPeerConnection::restarting(std::string_view offer) {
  if (stage() != Stage::open) return;
  const Loop::Scope scope(loop());
  sink().session_restarting(outgoing(offer));
}

/// Firefox answers a later offer with `active` whatever the association has, and keeps that; others take the
/// word for it, and refuse the answer (RFC 8842 §5.1: other roles are another association).
std::string BrowserPeerConnection::outgoing_answer(std::string_view sdp) {
  const auto read = rtc::decode_sdp(sdp);
  if (read && !role_) role_ = read->setup;
  std::string text = outgoing(sdp);
  if (!read || read->setup == *role_) return text;
  constexpr std::string_view name = "\na=setup:";
  const std::size_t first = text.find(name) + name.size();
  const std::size_t end = text.find_first_of("\r\n", first);
  return text.replace(first, end - first, *role_ == rtc::DtlsSetup::active ? "active" : "passive");
}

void BrowserPeerConnection::restart_over(std::string_view why) {
  awaits_answer_ = false;
  topic.debug("the restart was given up: ", why);
}

}  // namespace flnet::io
