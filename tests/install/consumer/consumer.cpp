// SPDX-License-Identifier: MIT OR Apache-2.0
// Uses the public headers.
#include <flnet/asio_loop.hpp>
#include <flnet/flnet.hpp>

int main() {
  const flnet::ConnectionConfig connection = "ws://localhost:8765";
  return connection.signal_url.empty() ? 1 : 0;
}
