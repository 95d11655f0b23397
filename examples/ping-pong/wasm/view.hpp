// SPDX-License-Identifier: MIT OR Apache-2.0
// The events that a page is told, as JSON; page.js shows them.
#pragma once

#include "shared/message.hpp"

#include <flnet/node_info.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ping_pong {

// One object each; all texts are others' words and not HTML. Times are milliseconds with one decimal.
//
//   {"type":"self","id":HEX,"name":TEXT}                               this node, once
//   {"type":"status","state":STATE,"detail":TEXT}                      connecting, connected,
//   signalling_lost, failed
//   {"type":"nodes","nodes":[NODE, …],"beyond":COUNT}                  all others, once a second and when one
//   changes
//   {"type":"round_trip","id":HEX,"ms":TIME}
//   {"type":"message","id":HEX,"direction":"out"|"in","word":"Ping"|"Pong"}
//   {"type":"log","level":"info"|"warn","text":TEXT}
//
// NODE:
// {"id":HEX,"name":TEXT,"state":"linking"|"linked"|"silent"|"gone","round_trip_ms":TIME|null,"sent":COUNT,
//        "received":COUNT,"lost":COUNT,"linked_s":SECONDS|null,"trouble":TEXT}

std::string self_event(const flnet::NodeInfo& own);
std::string status_event(std::string_view state, std::string_view detail = {});
/// What a page is told of a message; nothing of most.
std::optional<std::string> event_of(const PingPongMessage& message);

}  // namespace ping_pong
