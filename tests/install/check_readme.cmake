# SPDX-License-Identifier: MIT OR Apache-2.0
# Compares README's code block with examples/hello.cpp; with -DFIX=ON it writes the example into README.
# cmake -DROOT=<project> [-DFIX=ON] -P check_readme.cmake
file(READ ${ROOT}/README.md readme)
file(READ ${ROOT}/examples/hello.cpp example)

# What stands between the two marks is shown.
set(mark "// [readme]\n")
string(FIND "${example}" "${mark}" first)
string(FIND "${example}" "${mark}" last REVERSE)
if(first EQUAL last)
  message(FATAL_ERROR "examples/hello.cpp needs two lines \"// [readme]\"")
endif()
string(LENGTH "${mark}" mark_length)
math(EXPR first "${first} + ${mark_length}")
math(EXPR length "${last} - ${first}")
string(SUBSTRING "${example}" ${first} ${length} example)

set(opening "```cpp\n")
string(FIND "${readme}" "${opening}" begin)
if(begin EQUAL -1)
  message(FATAL_ERROR "README.md has no C++ block")
endif()
string(LENGTH "${opening}" opening_length)
math(EXPR begin "${begin} + ${opening_length}")
string(SUBSTRING "${readme}" 0 ${begin} before)
string(SUBSTRING "${readme}" ${begin} -1 rest)
string(FIND "${rest}" "```\n" end)
string(SUBSTRING "${rest}" 0 ${end} code)
string(SUBSTRING "${rest}" ${end} -1 after)

if(FIX)
  file(WRITE ${ROOT}/README.md "${before}${example}${after}")
elseif(NOT code STREQUAL example)
  message(FATAL_ERROR "README.md's code is not examples/hello.cpp. To write it anew:\n"
    "  cmake -DROOT=${ROOT} -DFIX=ON -P ${CMAKE_CURRENT_LIST_FILE}")
endif()
