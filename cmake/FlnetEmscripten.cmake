# SPDX-License-Identifier: MIT OR Apache-2.0
# Toolchain file of the preset `wasm`: Emscripten from the PATH, or the one that scripts/setup has unpacked.
set(FLNET_EMSCRIPTEN_OLDEST 3.1.69)

# CMake reads this file more than once, with the variables of the time before: what is set is not looked for.
unset(em_program)
unset(em_on_path)
find_program(em_program em++ NO_CACHE)
if(em_program)
  file(REAL_PATH ${em_program} em_program)
  cmake_path(GET em_program PARENT_PATH em_on_path)
endif()
if(DEFINED ENV{XDG_CACHE_HOME})
  set(em_unpacked $ENV{XDG_CACHE_HOME}/flnet/emscripten/usr/share/emscripten)
else()
  set(em_unpacked $ENV{HOME}/.cache/flnet/emscripten/usr/share/emscripten)
endif()

unset(em_root)
foreach(em_candidate ${em_on_path} ${em_unpacked})
  if(NOT em_root AND EXISTS ${em_candidate}/emscripten-version.txt)
    file(STRINGS ${em_candidate}/emscripten-version.txt em_version REGEX "[0-9]")
    string(REGEX MATCH "[0-9.]+" em_version "${em_version}")
    if(em_version VERSION_GREATER_EQUAL FLNET_EMSCRIPTEN_OLDEST)
      set(em_root ${em_candidate})
    endif()
  endif()
endforeach()
if(NOT em_root)
  message(FATAL_ERROR "Emscripten ${FLNET_EMSCRIPTEN_OLDEST} or newer is missing: run scripts/setup wasm, "
                      "or put emsdk's em++ on the PATH.")
endif()

# Runs the tests. Before the toolchain's own search, which takes whichever Node comes first.
find_program(FLNET_NODE_PROGRAM node HINTS ${CMAKE_CURRENT_LIST_DIR}/../build/node/node_modules/.bin
             DOC "Node 20 or newer")
if(FLNET_NODE_PROGRAM AND NOT DEFINED CMAKE_CROSSCOMPILING_EMULATOR)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${FLNET_NODE_PROGRAM})
endif()

include(${em_root}/cmake/Modules/Platform/Emscripten.cmake)
