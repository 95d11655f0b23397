// SPDX-License-Identifier: MIT OR Apache-2.0
// Asks for what WASM has not got.
#include <flnet/signal_server.hpp>
