// SPDX-License-Identifier: MIT OR Apache-2.0
// With the small reader: nlohmann's parser would be a sixth of a page's module.
#include "wire/json_text.hpp"

#include "wire/json_limit.hpp"
#include "wire/json_reader.hpp"

namespace flnet::wire {

Result<TextTree> parse_json(std::string_view text, std::size_t max_bytes) {
  if (const auto fits = check_json_size(text, max_bytes); !fits) return failure(fits.error());
  return JsonReader(text).read();
}

}  // namespace flnet::wire
