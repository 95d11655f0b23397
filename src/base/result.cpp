// SPDX-License-Identifier: MIT OR Apache-2.0
// The names of the error codes.
#include <flnet/result.hpp>

namespace flnet {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::invalid_message:
      return "invalid_message";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::unsupported_by_peer:
      return "unsupported_by_peer";
    case ErrorCode::unreachable:
      return "unreachable";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::timed_out:
      return "timed_out";
    case ErrorCode::closed:
      return "closed";
    case ErrorCode::not_connected:
      return "not_connected";
    case ErrorCode::unknown_peer:
      return "unknown_peer";
    case ErrorCode::queue_full:
      return "queue_full";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::address_in_use:
      return "address_in_use";
    case ErrorCode::in_use:
      return "in_use";
    case ErrorCode::untrusted:
      return "untrusted";
    case ErrorCode::storage:
      return "storage";
    case ErrorCode::system:
      return "system";
  }
  return "unknown";
}

std::string to_string(const Error& error) {
  std::string text = error.detail;
  text.append(text.empty() ? "(" : " (").append(to_string(error.code)).append(")");
  return text;
}

}  // namespace flnet
