// SPDX-License-Identifier: MIT OR Apache-2.0
// Result: what flnet's functions return when something can go wrong; no exception crosses the API.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace flnet {

/// The closed list of what can go wrong. Programs branch on the code; the detail is for people.
enum class ErrorCode {
  invalid_argument,     ///< The caller passed something that can't be used.
  invalid_message,      ///< Bytes or text from the network or a file don't follow their format.
  unsupported,          ///< Understood, but not something this build or this peer does.
  unsupported_by_peer,  ///< The peer's implementation can't take this message.
  unreachable,          ///< Nothing answers at that address.
  refused,              ///< The other side said no.
  timed_out,            ///< A deadline passed.
  closed,               ///< The connection, or the object, is closed.
  not_connected,        ///< There is no connection to that peer (yet).
  unknown_peer,         ///< The signalling server doesn't list that node.
  queue_full,           ///< A bounded queue has no room; try again later.
  too_large,            ///< Above a named limit.
  address_in_use,       ///< Another program listens there.
  in_use,               ///< Another tab or program holds it.
  untrusted,            ///< A signature, certificate or fingerprint doesn't fit.
  storage,              ///< A file could not be read or written.
  system,               ///< The operating system or a library refused.
};

/// The code's name, as it stands in the list above.
std::string_view to_string(ErrorCode code);

/// Why something failed: a code for programs, a sentence for people.
struct Error {
  ErrorCode code = ErrorCode::system;
  std::string detail;

  friend bool operator==(const Error&, const Error&) = default;
};

/// "detail (code)".
std::string to_string(const Error& error);

/// A value, or the reason why there is none.
template <class T = void>
using Result = std::expected<T, Error>;

/// The failed state of any Result: `return failure(ErrorCode::closed, "…");`.
inline std::unexpected<Error> failure(ErrorCode code, std::string detail) {
  return std::unexpected<Error>(Error{code, std::move(detail)});
}

/// Passes an error on.
inline std::unexpected<Error> failure(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace flnet
