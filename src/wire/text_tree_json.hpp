// SPDX-License-Identifier: MIT OR Apache-2.0
// TextTree as a JSON document, so that one reader understands every format.
#pragma once

#include "base/text_tree.hpp"
#include "wire/json_text.hpp"

namespace flnet::wire {

/// Words become strings, and what the tree could not hold null. Relies on the tree's limits.
Json text_tree_to_json(const TextTree& tree);

}  // namespace flnet::wire
