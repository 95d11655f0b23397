// SPDX-License-Identifier: MIT OR Apache-2.0
// People: who is in the room besides ourselves, and what they are called.
#pragma once

#include "chat_words.hpp"

#include <flnet/node_info.hpp>
#include <flnet/u256.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chat {

struct Person {
  std::string name;
  bool named_itself = false;  ///< By a line: the list's name doesn't count any more.
  bool stranger = false;
  bool linked = false;       ///< A channel to it is open.
  std::uint8_t missing = 0;  ///< So many lists in a row didn't have it.
};

/// Somebody stays while listed or linked. One list without somebody says little: a node that reconnects to
/// its server is missing for a moment.
class People {
 public:
  explicit People(const flnet::NodeInfo& self);

  const flnet::NodeID& self() const { return self_; }
  const std::string& own_name() const { return own_name_; }
  void rename_ourselves(std::string name) { own_name_ = std::move(name); }

  /// Who is there, or nobody.
  Person* find(const flnet::NodeID& id);
  /// The same; somebody new is let in, if there is room.
  Person* let_in(const flnet::NodeID& id, std::string_view name, bool& is_new);
  /// Its last channel has closed: one list without it is enough then.
  static void unlink(Person& person);

  struct Changes {
    std::vector<flnet::NodeID> joined;
    std::vector<std::string> left;  ///< As they were called.
  };
  Changes update(const std::vector<flnet::NodeInfo>& listed);

  /// What to call somebody: the name; where that says too little, the name and "#" and the id's short form.
  std::string label(const flnet::NodeID& id) const;
  std::vector<std::string> labels() const;
  std::vector<flnet::NodeID> ids() const;

  struct Addressed {
    flnet::NodeID id;
    std::string text;
  };
  /// Takes "NAME text" apart: the longest label that it starts with, or "#" and the short form of an id.
  std::optional<Addressed> addressed(std::string_view name_and_text) const;

 private:
  flnet::NodeID self_;
  std::string own_name_;
  std::map<flnet::NodeID, Person> people_;
};

}  // namespace chat
