# SPDX-License-Identifier: MIT OR Apache-2.0
# What a WASM build has instead of native libraries: Emscripten's options, and headers that are the same everywhere.

# Without bulk memory memcpy is a loop in WASM once size is optimised. Reaches whoever links flnet.
add_library(flnet_wasm INTERFACE)
target_compile_options(flnet_wasm INTERFACE -mbulk-memory)
target_link_options(flnet_wasm INTERFACE -mbulk-memory)

# What makes a module smaller by a seventh and concerns nobody else: flnet catches no exception, and asks no type for
# its name. Programs around it may do both.
add_library(flnet_lean INTERFACE)
target_compile_options(flnet_lean INTERFACE -fno-exceptions -fno-rtti)

# flnet_shrink(ping [FAST pong.cpp]): in MinSizeRel, clang inlines next to nothing in the target's sources, which takes a
# twentieth off. Where every message passes, in those that end with a name in FAST, it shall make them fast instead.
function(flnet_shrink target)
  cmake_parse_arguments(SHRINK "" "" "FAST" ${ARGN})
  list(JOIN SHRINK_FAST | fast)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(fast AND source MATCHES "(^|/)(${fast})$")
      set(options -O2)
    else()
      set(options "-mllvm;-inline-threshold=-20")
    endif()
    get_property(known SOURCE ${source} PROPERTY COMPILE_OPTIONS)
    if(NOT known MATCHES "MinSizeRel")  # programs may share a source, and clang takes the limit once
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS "$<$<CONFIG:MinSizeRel>:${options}>")
    endif()
  endforeach()
endfunction()

# Tests and an example use nlohmann/json. It is headers alone, so the system's will do. But its folder is /usr/include,
# where the system's own C headers lie, too: it is reached through a link, as the layers' folders are.
if(FLNET_BUILD_TESTS OR FLNET_BUILD_EXAMPLES)
  find_package(nlohmann_json 3.11 REQUIRED NO_CMAKE_FIND_ROOT_PATH)
  get_target_property(json_folders nlohmann_json::nlohmann_json INTERFACE_INCLUDE_DIRECTORIES)
  list(GET json_folders 0 json_folder)
  set(json_view ${PROJECT_BINARY_DIR}/layers/nlohmann)
  file(MAKE_DIRECTORY ${json_view})
  file(CREATE_LINK ${json_folder}/nlohmann ${json_view}/nlohmann SYMBOLIC)
  set_target_properties(nlohmann_json::nlohmann_json PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${json_view})
endif()

# flnet_glue(base io): what these layers have in JavaScript, src/<layer>/wasm/js/*.js, goes into each program that links
# them.
function(flnet_glue)
  foreach(layer IN LISTS ARGN)
    file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${layer}/wasm/js/*.js)
    foreach(script IN LISTS scripts)
      target_link_options(flnet_${layer} PUBLIC "SHELL:--js-library ${script}")
    endforeach()
    set_property(TARGET flnet_${layer} APPEND PROPERTY INTERFACE_LINK_DEPENDS ${scripts})
  endforeach()
endfunction()

# terser takes a quarter off the JavaScript where it is installed. Debian's finds its modules by NODE_PATH when Node
# is not Debian's.
find_program(FLNET_TERSER terser NO_CMAKE_FIND_ROOT_PATH)
mark_as_advanced(FLNET_TERSER)

# flnet_script(ping from.js to.mjs): puts the script there when the program is linked, small where that is possible.
function(flnet_script program from to)
  if(FLNET_TERSER)
    set(command ${CMAKE_COMMAND} -E env --modify NODE_PATH=path_list_append:/usr/share/nodejs
        ${FLNET_TERSER} ${from} --module --ecma 2020 --compress passes=2 --mangle --output ${to})
  else()
    set(command ${CMAKE_COMMAND} -E copy_if_different ${from} ${to})
  endif()
  add_custom_command(TARGET ${program} POST_BUILD COMMAND ${command})
endfunction()

# flnet_wasm_program(ping): makes the program an ES module, ping.mjs beside ping.wasm, which flnet_loader.mjs starts in pages
# and in Node; small, without a file system.
function(flnet_wasm_program program)
  set_target_properties(${program} PROPERTIES SUFFIX .mjs)
  target_link_options(${program} PRIVATE -Oz -sMODULARIZE -sEXPORT_ES6 -sALLOW_MEMORY_GROWTH -sFILESYSTEM=0
    -sMALLOC=emmalloc -sSTACK_SIZE=256KB -sENVIRONMENT=web,node -sTEXTDECODER=2 -sEXPORTED_RUNTIME_METHODS=ENV -sINCOMING_MODULE_JS_API=preRun,arguments,locateFile,wasmBinary,print,printErr)
  flnet_script(${program} $<TARGET_FILE:${program}> $<TARGET_FILE:${program}>)
  flnet_script(${program} ${PROJECT_SOURCE_DIR}/src/io/wasm/flnet_loader.mjs
               $<TARGET_FILE_DIR:${program}>/flnet_loader.mjs)
endfunction()
