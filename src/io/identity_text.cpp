// SPDX-License-Identifier: MIT OR Apache-2.0
// What reading YAML and reading TOML share.
#include "io/identity_text.hpp"

#include "base/encoding.hpp"

#include <string>

namespace flnet::io {

Result<> check_identity_text(std::string_view text) {
  if (text.size() > max_text_tree_bytes) {
    return failure(ErrorCode::too_large, "a text of " + std::to_string(text.size()) + " bytes; at most " +
                                             std::to_string(max_text_tree_bytes) + " are read");
  }
  if (text.find('\0') != std::string_view::npos) return failure(ErrorCode::invalid_message, "a zero byte");
  if (!is_utf8(text)) return failure(ErrorCode::invalid_message, "text that is not UTF-8");
  return {};
}

Error identity_text_fault(std::string_view format, std::size_t line, std::size_t column,
                          std::string_view why) {
  std::string detail(format);
  detail += " line " + std::to_string(line) + ", column " + std::to_string(column) + ": ";
  return {ErrorCode::invalid_message, detail.append(why)};
}

}  // namespace flnet::io
