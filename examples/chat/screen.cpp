// SPDX-License-Identifier: MIT OR Apache-2.0
// News as lines; whatever peers send, a terminal obeys none of it.
#include "screen.hpp"

#include "commands.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace chat {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  ///< 0: no UTF-8.
};

/// The first character of a text that isn't empty (RFC 3629 §4).
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t bytes = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < bytes) return {};
  std::uint32_t code = byte(0) & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < smallest[bytes] || code > 0x10ffff || surrogate) return {};
  return {code, bytes};
}

/// C0, DEL and C1 (ISO 6429), line and paragraph separators, marks that turn the direction of writing
/// (UAX #9 §2), tags and the byte order mark.
bool harmful(std::uint32_t code) {
  const auto within = [code](std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
  };
  return within(0, 0x1f) || within(0x7f, 0x9f) || code == 0x61c || within(0x200e, 0x200f) ||
         within(0x2028, 0x202e) || within(0x2066, 0x2069) || code == 0xfeff || within(0xe0000, 0xe007f);
}

std::string hex(std::uint32_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (; number != 0 || text.empty(); number >>= 4U) text.insert(text.begin(), digits[number & 0xfU]);
  return text;
}

/// A name can't look like the end of a name.
std::string name_text(std::string_view name) {
  std::string text;
  for (const char letter : printable(name)) {
    if (letter == '<' || letter == '>') {
      text += "\\u{" + hex(static_cast<std::uint8_t>(letter)) + "}";
    } else {
      text += letter;
    }
  }
  return text;
}

std::string list_text(const std::vector<std::string>& names) {
  if (names.empty()) return "nobody else";
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name_text(name);
  return text;
}

struct LineOf {
  std::string operator()(const News::Entered& news) const {
    return "* you are " + name_text(news.own_name) + "; here is " + list_text(news.others) + " (/help)";
  }
  std::string operator()(const News::Joined& news) const {
    return "* " + name_text(news.who) + " has joined";
  }
  std::string operator()(const News::Left& news) const { return "* " + name_text(news.who) + " has left"; }
  std::string operator()(const News::Renamed& news) const {
    return "* " + name_text(news.before) + " is now called " + name_text(news.now);
  }
  std::string operator()(const News::Said& news) const {
    return "<" + name_text(news.who) + (news.to_us_alone ? "> (to you alone) " : "> ") + printable(news.text);
  }
  std::string operator()(const News::Here& news) const { return "* here is " + list_text(news.others); }
  std::string operator()(const News::Stranger& news) const {
    return "* " + name_text(news.who) + " is no chat and will not be heard; it says: " + printable(news.text);
  }
  std::string operator()(const News::Undelivered& news) const {
    const std::string what = news.count == 1 ? "a message" : std::to_string(news.count) + " messages";
    return "! " + what + " did not reach " + name_text(news.who) + ": " + printable(news.why);
  }
  std::string operator()(const News::SignallingLost&) const {
    return "! the signalling server does not answer: who comes and goes is not seen until it is back";
  }
  std::string operator()(const News::SignallingBack&) const { return "* the signalling server is back"; }
  std::string operator()(const News::Refused& news) const { return "! " + printable(news.why); }
  std::string operator()(const News::Over&) const { return "* you leave"; }
};

std::optional<ChatMessage> to_chat(const TerminalMessage& message) {
  if (std::holds_alternative<HungUp>(message)) return Wish::Any(Wish::Leave{});
  const auto* typed = std::get_if<Typed>(&message);
  if (typed == nullptr) return std::nullopt;
  auto wish = wish_of(typed->line);
  return wish ? std::optional<ChatMessage>(std::move(*wish)) : std::nullopt;
}

std::optional<TerminalMessage> to_terminal(const ChatMessage& message) {
  const auto* news = std::get_if<News::Any>(&message);
  // Over is for the program.
  if (news == nullptr || std::holds_alternative<News::Over>(*news)) return std::nullopt;
  return Show{text_of(*news)};
}

/// Answers what is typed and is no wish.
struct Advisor {
  static std::vector<TerminalMessage> messages(std::vector<TerminalMessage> given) {
    std::vector<TerminalMessage> answers;
    for (const TerminalMessage& message : given) {
      if (std::holds_alternative<TypedTooMuch>(message)) {
        answers.emplace_back(Show{"! a line has at most " + std::to_string(Limits::text_bytes) +
                                  " bytes; this one was not sent"});
      } else if (const auto* typed = std::get_if<Typed>(&message)) {
        std::string advice = advice_on(typed->line);
        if (!advice.empty()) answers.emplace_back(Show{std::move(advice)});
      }
    }
    return answers;
  }
};

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto [code, bytes] = first_of(text);
    if (bytes == 0) {
      shown += "\\x" + hex(static_cast<std::uint8_t>(text.front()));
    } else if (harmful(code)) {
      shown += "\\u{" + hex(code) + "}";
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return shown;
}

std::string text_of(const News::Any& news) {
  return std::visit(LineOf{}, news);
}

std::vector<flnet::Registration> link_terminal(const flnet::Broker<ChatMessage>& chat,
                                               const flnet::Broker<TerminalMessage>& terminal) {
  std::vector<flnet::Registration> links;
  links.push_back(chat.link(terminal, to_terminal, to_chat));
  links.push_back(terminal.add_handler(Advisor{}));
  return links;
}

}  // namespace chat
