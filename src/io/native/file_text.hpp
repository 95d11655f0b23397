// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole files: read, and replaced so that a crash leaves the old one or the new one.
#pragma once

#include <flnet/result.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace flnet::io {

/// Nothing when there is no such file; too_large above `max_bytes`; storage for what is no regular file or
/// can't be read.
Result<std::optional<std::string>> read_file(const std::string& path, std::size_t max_bytes);

/// Writes a file beside `path` (mode 0600) and renames it to `path` once all of it is on the disk. After
/// an error, storage, nothing is left of it.
Result<> replace_file(const std::string& path, const std::string& text);

/// No such file is no error.
Result<> remove_file(const std::string& path);

/// Makes the folder and those above it, as far as they are not there, each with mode 0700.
Result<> make_private_folder(const std::string& path);

}  // namespace flnet::io
