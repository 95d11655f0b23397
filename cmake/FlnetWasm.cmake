# SPDX-License-Identifier: MIT OR Apache-2.0
# What a WASM build has instead of native libraries: Emscripten's options, and headers that are the same everywhere.

# Whatever is linked into one module must agree on these. Exceptions, because nlohmann/json throws (src/wire catches);
# the engine's own, because calls out to JavaScript and back would cost ten times as much and 30 % in size. Without
# bulk memory memcpy is a loop in WASM once size is optimised.
set(wasm_options -fwasm-exceptions -mbulk-memory)
add_library(flnet_wasm INTERFACE)
target_compile_options(flnet_wasm INTERFACE ${wasm_options})
target_link_options(flnet_wasm INTERFACE ${wasm_options})

# nlohmann/json is headers alone, so the system's will do. But its folder is /usr/include, where the system's own C
# headers lie, too: it is reached through a link, as the layers' folders are.
find_package(nlohmann_json 3.11 REQUIRED NO_CMAKE_FIND_ROOT_PATH)
get_target_property(json_folders nlohmann_json::nlohmann_json INTERFACE_INCLUDE_DIRECTORIES)
list(GET json_folders 0 json_folder)
set(json_view ${PROJECT_BINARY_DIR}/layers/nlohmann)
file(MAKE_DIRECTORY ${json_view})
file(CREATE_LINK ${json_folder}/nlohmann ${json_view}/nlohmann SYMBOLIC)
set_target_properties(nlohmann_json::nlohmann_json PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${json_view})
