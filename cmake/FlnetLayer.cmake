# SPDX-License-Identifier: MIT OR Apache-2.0
# flnet_layer(): a folder of src/ as a library that sees only the layers it names.

# Each layer's headers are reached through a folder of its own in the build tree that holds one
# link, <layer> -> src/<layer>. Including "rtc/ice_agent.hpp" therefore fails in a layer that does
# not link rtc: the arrows of docs/architecture.md are checked by every build.
#
# FOLDER: where the layer's files for this platform lie, beside those for all. TOPICS: the file stems that are
# compiled, instead of all. USES: the layers below.
# FAST: names of sources in which every message spends its time; as WASM, all others are made small.
# LINKS: libraries that whoever links the layer must find, too. COMPILES_WITH: libraries of headers alone; nothing
# of them is asked of who uses flnet.
function(flnet_layer name)
  cmake_parse_arguments(LAYER "PUBLIC_API" "FOLDER" "TOPICS;FAST;USES;LINKS;COMPILES_WITH" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  if(LAYER_TOPICS)
    list(TRANSFORM LAYER_TOPICS PREPEND ${folder}/ OUTPUT_VARIABLE sources)
    list(TRANSFORM sources APPEND .cpp)
  endif()
  if(LAYER_FOLDER)
    file(GLOB platform_sources CONFIGURE_DEPENDS ${folder}/${LAYER_FOLDER}/*.cpp)
    list(APPEND sources ${platform_sources})
  endif()

  set(view ${PROJECT_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${folder} ${view}/${name} SYMBOLIC)

  if(sources)
    add_library(flnet_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(flnet_${name} PRIVATE $<BUILD_INTERFACE:flnet_compiler>
                                                $<$<BOOL:${EMSCRIPTEN}>:$<BUILD_INTERFACE:flnet_lean>>)
    if(EMSCRIPTEN)
      flnet_shrink(flnet_${name} FAST ${LAYER_FAST})
    endif()
    set_property(GLOBAL APPEND PROPERTY FLNET_ARCHIVES flnet_${name})
  else()
    add_library(flnet_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(flnet::${name} ALIAS flnet_${name})
  set_target_properties(flnet_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY FLNET_LAYERS flnet_${name})
  target_compile_features(flnet_${name} ${scope} cxx_std_23)
  target_include_directories(flnet_${name} ${scope} $<BUILD_INTERFACE:${view}>)
  if(LAYER_PUBLIC_API)
    target_include_directories(flnet_${name} ${scope}
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  endif()
  list(TRANSFORM LAYER_USES PREPEND flnet_)
  target_link_libraries(flnet_${name} ${scope} ${LAYER_USES} ${LAYER_LINKS})
  foreach(library IN LISTS LAYER_COMPILES_WITH)
    target_link_libraries(flnet_${name} ${scope} $<BUILD_INTERFACE:${library}>)
  endforeach()
endfunction()
