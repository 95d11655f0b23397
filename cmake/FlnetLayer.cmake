# SPDX-License-Identifier: MIT OR Apache-2.0
# flnet_layer(): a folder of src/ as a library that sees only the layers it names.

# Each layer's headers are reached through a folder of its own in the build tree that holds one
# link, <layer> -> src/<layer>. Including "rtc/ice_agent.hpp" therefore fails in a layer that does
# not link rtc: the arrows of docs/architecture.md are checked by every build.
function(flnet_layer name)
  cmake_parse_arguments(LAYER "PUBLIC_API" "FOLDER" "USES;LINKS" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  if(LAYER_FOLDER)
    file(GLOB platform_sources CONFIGURE_DEPENDS ${folder}/${LAYER_FOLDER}/*.cpp)
    list(APPEND sources ${platform_sources})
  endif()

  set(view ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${folder} ${view}/${name} SYMBOLIC)

  if(sources)
    add_library(flnet_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(flnet_${name} PRIVATE flnet_compiler)
  else()
    add_library(flnet_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(flnet::${name} ALIAS flnet_${name})
  target_compile_features(flnet_${name} ${scope} cxx_std_23)
  target_include_directories(flnet_${name} ${scope} $<BUILD_INTERFACE:${view}>)
  if(LAYER_PUBLIC_API)
    target_include_directories(flnet_${name} ${scope}
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  endif()
  list(TRANSFORM LAYER_USES PREPEND flnet_)
  target_link_libraries(flnet_${name} ${scope} ${LAYER_USES} ${LAYER_LINKS})
endfunction()
