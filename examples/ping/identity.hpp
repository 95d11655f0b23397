// SPDX-License-Identifier: MIT OR Apache-2.0
// Who the ping example is: a new identity, or one kept in a file.
#pragma once

#include <flnet/flnet.hpp>

#include <string>

namespace ping {

/// Without a file name a new identity; else the file's, which is made when it isn't there. A damaged file
/// is an error and stays as it is.
flnet::Task<flnet::Result<flnet::NodeConfig>> load_identity(std::string file);

}  // namespace ping
