# SPDX-License-Identifier: MIT OR Apache-2.0
# Compiler settings shared by every target of the project.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_program(FLNET_CCACHE ccache)
if(FLNET_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FLNET_CCACHE})
endif()

add_library(flnet_compiler INTERFACE)
target_compile_options(flnet_compiler INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${FLNET_WARNINGS_AS_ERRORS}>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

if(FLNET_SANITIZERS)
  add_compile_options(-fsanitize=${FLNET_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FLNET_SANITIZERS})
  if(FLNET_SANITIZERS STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences: ThreadSanitizer doesn't see them, but the locks beside them order the same things.
    add_compile_options(-Wno-tsan)
  endif()
endif()
