// SPDX-License-Identifier: MIT OR Apache-2.0
// Reaches into flnet, where users have no business: the include must fail.
#include "rtc/ice_agent.hpp"
