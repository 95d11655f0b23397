# SPDX-License-Identifier: MIT OR Apache-2.0
# Compares a document's first code block with its example; with -DFIX=ON it writes the example into the document.
# cmake -DROOT=<project> [-DDOCUMENT=docs/… -DEXAMPLE=examples/…] [-DFIX=ON] -P check_readme.cmake
if(NOT DOCUMENT)
  set(DOCUMENT README.md)
  set(EXAMPLE examples/hello.cpp)
endif()
file(READ ${ROOT}/${DOCUMENT} readme)
file(READ ${ROOT}/${EXAMPLE} example)

# What stands between the two marks is shown.
set(mark "// [readme]\n")
string(FIND "${example}" "${mark}" first)
string(FIND "${example}" "${mark}" last REVERSE)
if(first EQUAL last)
  message(FATAL_ERROR "${EXAMPLE} needs two lines \"// [readme]\"")
endif()
string(LENGTH "${mark}" mark_length)
math(EXPR first "${first} + ${mark_length}")
math(EXPR length "${last} - ${first}")
string(SUBSTRING "${example}" ${first} ${length} example)

set(opening "```cpp\n")
string(FIND "${readme}" "${opening}" begin)
if(begin EQUAL -1)
  message(FATAL_ERROR "${DOCUMENT} has no C++ block")
endif()
string(LENGTH "${opening}" opening_length)
math(EXPR begin "${begin} + ${opening_length}")
string(SUBSTRING "${readme}" 0 ${begin} before)
string(SUBSTRING "${readme}" ${begin} -1 rest)
string(FIND "${rest}" "```\n" end)
string(SUBSTRING "${rest}" 0 ${end} code)
string(SUBSTRING "${rest}" ${end} -1 after)

if(FIX)
  file(WRITE ${ROOT}/${DOCUMENT} "${before}${example}${after}")
elseif(NOT code STREQUAL example)
  message(FATAL_ERROR "${DOCUMENT}'s code is not ${EXAMPLE}. To write it anew:\n"
    "  cmake -DROOT=${ROOT} -DDOCUMENT=${DOCUMENT} -DEXAMPLE=${EXAMPLE} -DFIX=ON -P ${CMAKE_CURRENT_LIST_FILE}")
endif()
