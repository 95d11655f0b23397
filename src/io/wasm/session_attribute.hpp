// SPDX-License-Identifier: MIT OR Apache-2.0
// flnet's own attribute in descriptions that a browser makes and takes: it drops what it doesn't know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::io {

/// The attempt that the description's sender names. From the text as it came: browsers drop what they don't
/// know.
std::optional<std::uint64_t> session_of(std::string_view sdp);
/// Some implementations (libdatachannel) answer with the offer's unknown lines, flnet's among them.
std::string without_own_lines(std::string_view sdp);
/// The line that names the attempt, for the end of a description.
std::string session_line(std::uint64_t session);

}  // namespace flnet::io
