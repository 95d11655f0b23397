# SPDX-License-Identifier: MIT OR Apache-2.0
# GoogleTest as WASM, from the sources that Debian packages as `googletest`; programs that use it run under Node and in pages.
set(FLNET_GOOGLETEST_SOURCE /usr/src/googletest CACHE PATH "GoogleTest's sources, for tests as WASM")
if(NOT EXISTS ${FLNET_GOOGLETEST_SOURCE}/CMakeLists.txt)
  message(FATAL_ERROR "GoogleTest's sources are missing: run scripts/setup wasm, or set FLNET_GOOGLETEST_SOURCE.")
endif()
set(gtest_disable_pthreads ON)
set(BUILD_GMOCK OFF)
set(INSTALL_GTEST OFF)
add_subdirectory(${FLNET_GOOGLETEST_SOURCE} ${PROJECT_BINARY_DIR}/googletest EXCLUDE_FROM_ALL SYSTEM)
target_link_libraries(gtest PUBLIC flnet_wasm)

# A test program is an ES module, for pages as well; started by Node itself it runs at once, and its exit code is main's
# (see wasm_start.js). Linking for speed or size would take longer than the tests.
target_link_options(gtest_main INTERFACE -O1 -sEXIT_RUNTIME -sALLOW_MEMORY_GROWTH -sSTACK_SIZE=1MB
  -sENVIRONMENT=web,node -sMODULARIZE -sEXPORT_ES6
  --pre-js ${CMAKE_CURRENT_LIST_DIR}/wasm_environment.js --extern-post-js ${CMAKE_CURRENT_LIST_DIR}/wasm_start.js)
