// SPDX-License-Identifier: MIT OR Apache-2.0
// What WASM builds read of the formats in which FLNet's Rust releases stored identities.
#include "io/identity_text.hpp"

#include "io/flat_yaml.hpp"

namespace flnet::io {

Result<TextTree> read_yaml(std::string_view text) {
  return read_flat_yaml(text);
}

/// Only releases that ran natively wrote TOML; its reader is as large as all the rest of flnet.
Result<TextTree> read_toml(std::string_view /*text*/) {
  return failure(ErrorCode::unsupported,
                 "identities in TOML are read by native programs only: `flnet::NodeConfig::parse` there, and "
                 "`to_json` makes a form that is read everywhere");
}

}  // namespace flnet::io
