// SPDX-License-Identifier: MIT OR Apache-2.0
// ChatMessage: what the user wants, what the room tells, and what both say to the network and the clock.
#pragma once

#include <flnet/network_message.hpp>
#include <flnet/timer_broker.hpp>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace chat {

struct Limits {
  static constexpr std::size_t text_bytes = 4096;  ///< Of one line; a longer one is refused.
  static constexpr std::size_t name_bytes = 64;    ///< Longer names are cut.
  static constexpr std::size_t wire_bytes =
      32 * 1024;                                      ///< Of a message, escapes included; else a stranger's.
  static constexpr std::size_t stranger_bytes = 200;  ///< So much of a stranger's text is shown.
  static constexpr std::size_t people = 1000;         ///< Who comes later is not seen.
  static constexpr std::size_t early_wishes = 64;     ///< Before the first list; further ones are refused.
};

/// What the user wants.
struct Wish {
  struct Say {
    std::string text;
  };
  /// "NAME text": names may have spaces, so only the room can tell where one ends.
  struct Tell {
    std::string name_and_text;
  };
  struct Rename {
    std::string name;
  };
  struct WhoIsHere {};
  /// Over follows.
  struct Leave {};
  using Any = std::variant<Say, Tell, Rename, WhoIsHere, Leave>;
};

/// What the room tells its user. People are named as the room calls them: by their name, with "#" and the
/// short form of their id when several have it. Names and texts are as their owners chose them: whoever
/// shows them takes care of control characters.
struct News {
  struct Entered {
    std::string own_name;
    std::vector<std::string> others;
  };
  struct Joined {
    std::string who;
  };
  struct Left {
    std::string who;
  };
  struct Renamed {
    std::string before, now;
  };
  struct Said {
    std::string who, text;
    bool to_us_alone = false;
  };
  struct Here {
    std::vector<std::string> others;
  };
  /// A node that doesn't speak as chats do; told once, then what it says is not heard any more, until it
  /// speaks as chats do.
  struct Stranger {
    std::string who, text;
  };
  /// `count` messages did not get there.
  struct Undelivered {
    std::string who;
    std::size_t count = 0;
    std::string why;
  };
  struct SignallingLost {};
  struct SignallingBack {};
  /// A wish that can't be fulfilled.
  struct Refused {
    std::string why;
  };
  /// The user has left; nothing is told any more.
  struct Over {};
  using Any = std::variant<Entered, Joined, Left, Renamed, Said, Here, Stranger, Undelivered, SignallingLost,
                           SignallingBack, Refused, Over>;
};

/// All that passes through the chat's broker.
using ChatMessage =
    std::variant<Wish::Any, News::Any, flnet::NetCall::Any, flnet::NetReply::Any, flnet::TimerMessage>;

}  // namespace chat
