// SPDX-License-Identifier: MIT OR Apache-2.0
// From a stored text to an identity that is whole and whose keys belong together.
#pragma once

#include "wire/node_config_json.hpp"

#include <flnet/task.hpp>

namespace flnet::net {

/// Tells JSON, YAML and TOML apart and reads the text.
Result<wire::StoredIdentity> read_identity(std::string_view text);

/// Makes what the document left out, and checks that the public key belongs to the seed.
Task<Result<NodeConfig>> complete_identity(wire::StoredIdentity stored);

}  // namespace flnet::net
