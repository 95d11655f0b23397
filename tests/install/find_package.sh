#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# A project that says find_package(flnet): it sees the public headers only, builds without flnet's own dependencies on
# headers, and its program runs.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
needs "$CXX"

# Headers of imported targets count as the system's otherwise, and their warnings would not be seen.
configure -DCMAKE_PREFIX_PATH="$PREFIX" -DCMAKE_NO_SYSTEM_FROM_IMPORTED=ON \
  -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON
hides_internals
if [ "$LINK" = no ]; then
  cmake --build "$WORK" --target CMakeFiles/consumer.dir/consumer.cpp.o
  exit
fi
cmake --build "$WORK"
"$WORK/consumer"
