// SPDX-License-Identifier: MIT OR Apache-2.0
// The words that names are made of.
#include "base/names.hpp"

#include <array>
#include <string_view>

namespace flnet {
namespace {

constexpr std::array<std::string_view, 64> adjectives{
    "Amber",  "Autumn", "Azure",  "Bold",   "Brave",  "Bright", "Brisk",  "Bronze",  "Calm",   "Cedar",
    "Clever", "Copper", "Coral",  "Cosmic", "Crisp",  "Dapper", "Deep",   "Eager",   "Early",  "Fair",
    "Fern",   "Fleet",  "Frosty", "Gentle", "Gilded", "Golden", "Grand",  "Happy",   "Hazel",  "Honest",
    "Indigo", "Ivory",  "Jade",   "Jolly",  "Keen",   "Kind",   "Late",   "Lively",  "Lucid",  "Lunar",
    "Maple",  "Mellow", "Merry",  "Misty",  "Noble",  "Olive",  "Opal",   "Patient", "Plucky", "Proud",
    "Quick",  "Quiet",  "Ruby",   "Rustic", "Silver", "Solar",  "Steady", "Sunny",   "Swift",  "Tidy",
    "Velvet", "Warm",   "Wild",   "Witty"};

constexpr std::array<std::string_view, 64> nouns{
    "Alder",   "Badger",  "Beacon",  "Birch",   "Brook", "Canyon", "Cliff",   "Cloud",  "Comet",  "Crane",
    "Creek",   "Curlew",  "Delta",   "Dolphin", "Dune",  "Eagle",  "Ember",   "Falcon", "Finch",  "Fjord",
    "Forest",  "Fox",     "Garden",  "Glacier", "Grove", "Harbor", "Hare",    "Heron",  "Hill",   "Island",
    "Juniper", "Kestrel", "Lagoon",  "Lantern", "Lark",  "Lynx",   "Magpie",  "Marten", "Meadow", "Moor",
    "Newt",    "Oak",     "Orchard", "Osprey",  "Otter", "Owl",    "Pebble",  "Pine",   "Plover", "Puffin",
    "Raven",   "Reef",    "Ridge",   "River",   "Robin", "Salmon", "Sparrow", "Spruce", "Stone",  "Swallow",
    "Thicket", "Tundra",  "Valley",  "Willow"};

}  // namespace

std::string random_name(Random& random) {
  std::string name(adjectives.at(random.below(adjectives.size())));
  name += ' ';
  return name += nouns.at(random.below(nouns.size()));
}

}  // namespace flnet
