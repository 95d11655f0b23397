// SPDX-License-Identifier: MIT OR Apache-2.0
// Readable names for new nodes.
#pragma once

#include "base/random.hpp"

#include <string>

namespace flnet {

/// Two words such as "Amber Heron". Names are for people: they are not unique.
std::string random_name(Random& random);

}  // namespace flnet
