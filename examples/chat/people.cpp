// SPDX-License-Identifier: MIT OR Apache-2.0
// Who comes, who goes, and how to tell two people of one name apart.
#include "people.hpp"

#include "line.hpp"

#include <algorithm>
#include <set>

namespace chat {
namespace {

constexpr std::uint8_t lists_until_gone = 2;

/// What follows `label` in `text`, if that starts with it as a whole word.
std::optional<std::string_view> after(std::string_view text, std::string_view label) {
  if (label.empty() || !text.starts_with(label)) return std::nullopt;
  const std::string_view rest = text.substr(label.size());
  if (rest.empty()) return rest;
  if (rest.front() != ' ') return std::nullopt;
  return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
}

}  // namespace

People::People(const flnet::NodeInfo& self) : self_(self.id()), own_name_(clean_name(self.name)) {}

Person* People::find(const flnet::NodeID& id) {
  const auto found = people_.find(id);
  return found == people_.end() ? nullptr : &found->second;
}

Person* People::let_in(const flnet::NodeID& id, std::string_view name, bool& is_new) {
  is_new = false;
  if (Person* known = find(id)) return known;
  if (id == self_ || people_.size() >= Limits::people) return nullptr;
  is_new = true;
  return &people_.emplace(id, Person{.name = clean_name(name)}).first->second;
}

void People::unlink(Person& person) {
  person.linked = false;
  person.missing = std::max<std::uint8_t>(person.missing, lists_until_gone - 1);
}

People::Changes People::update(const std::vector<flnet::NodeInfo>& listed) {
  Changes changes;
  std::set<flnet::NodeID> there;
  for (const flnet::NodeInfo& node : listed) {
    there.insert(node.id());
    bool is_new = false;
    Person* person = let_in(node.id(), node.name, is_new);
    if (person == nullptr) continue;
    if (is_new) changes.joined.push_back(node.id());
    person->missing = 0;
    if (!person->named_itself) person->name = clean_name(node.name);
  }
  std::vector<flnet::NodeID> gone;
  for (auto& [id, person] : people_) {
    if (there.contains(id)) continue;
    person.missing = std::min<std::uint8_t>(person.missing + 1, lists_until_gone);
    if (person.missing == lists_until_gone && !person.linked) gone.push_back(id);
  }
  for (const flnet::NodeID& id : gone) changes.left.push_back(label(id));
  for (const flnet::NodeID& id : gone) people_.erase(id);
  return changes;
}

std::string People::label(const flnet::NodeID& id) const {
  std::string by_id = "#" + id.short_hex();
  const auto found = people_.find(id);
  if (found == people_.end()) return by_id;
  const std::string& name = found->second.name;
  const auto has_it_too = [&](const auto& other) { return other.first != id && other.second.name == name; };
  // A name with "#" in it could pass for the label of somebody else.
  const bool tells_enough = !name.empty() && name.find('#') == std::string::npos && name != own_name_ &&
                            std::ranges::none_of(people_, has_it_too);
  return tells_enough ? name : name + by_id;
}

std::vector<std::string> People::labels() const {
  std::vector<std::string> all;
  all.reserve(people_.size());
  for (const auto& [id, person] : people_) all.push_back(label(id));
  std::ranges::sort(all);
  return all;
}

std::vector<flnet::NodeID> People::ids() const {
  std::vector<flnet::NodeID> all;
  all.reserve(people_.size());
  for (const auto& [id, person] : people_) all.push_back(id);
  return all;
}

std::optional<People::Addressed> People::addressed(std::string_view name_and_text) const {
  std::optional<Addressed> best;
  std::size_t longest = 0;
  for (const auto& [id, person] : people_) {
    for (const std::string& called : {label(id), "#" + id.short_hex()}) {
      const auto text = after(name_and_text, called);
      if (!text || called.size() <= longest) continue;
      longest = called.size();
      best = Addressed{id, std::string(*text)};
    }
  }
  return best;
}

}  // namespace chat
