// SPDX-License-Identifier: MIT OR Apache-2.0
// How news looks on a terminal, and the links between a chat and a terminal.
#pragma once

#include "chat_words.hpp"
#include "terminal_words.hpp"

#include <flnet/broker.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chat {

/// What a terminal shows as it stands: control characters, those that turn the direction of writing, and
/// bytes that are no UTF-8 become "\u{1b}" and "\xff".
std::string printable(std::string_view text);

/// One printable line.
std::string text_of(const News::Any& news);

/// Typed lines become wishes, news become lines to show, except Over, which stays in the chat's broker; the
/// terminal's broker answers what is no wish.
std::vector<flnet::Registration> link_terminal(const flnet::Broker<ChatMessage>& chat,
                                               const flnet::Broker<TerminalMessage>& terminal);

}  // namespace chat
