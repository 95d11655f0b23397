// SPDX-License-Identifier: MIT OR Apache-2.0
// Picks the outputs of one kind from a machine's outbox.
#pragma once

#include <variant>
#include <vector>

namespace flnet::test {

template <class Kind, class Output>
std::vector<Kind> all_of_kind(const std::vector<Output>& outbox) {
  std::vector<Kind> found;
  for (const Output& output : outbox) {
    if (const auto* kind = std::get_if<Kind>(&output)) found.push_back(*kind);
  }
  return found;
}

template <class Kind, class Output>
std::size_t count_of_kind(const std::vector<Output>& outbox) {
  return all_of_kind<Kind>(outbox).size();
}

}  // namespace flnet::test
