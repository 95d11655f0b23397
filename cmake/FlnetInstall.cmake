# SPDX-License-Identifier: MIT OR Apache-2.0
# What `cmake --install` copies: public headers, the layers' libraries, and how CMake and pkg-config find them.
include(CMakePackageConfigHelpers)

get_property(layers GLOBAL PROPERTY FLNET_LAYERS)
install(TARGETS flnet ${layers} EXPORT flnetTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/flnet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
install(FILES LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET flsignal)
  install(TARGETS flsignal RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# For find_package(flnet). Before 1.0 a minor version may change names.
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/flnet)
configure_package_config_file(cmake/flnetConfig.cmake.in ${PROJECT_BINARY_DIR}/flnetConfig.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/flnetConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/flnetConfig.cmake ${PROJECT_BINARY_DIR}/flnetConfigVersion.cmake
        DESTINATION ${package_folder})
install(EXPORT flnetTargets NAMESPACE flnet:: DESTINATION ${package_folder})

# For pkg-config. It finds the prefix from where the file lies, so that `--prefix` may be said late. A layer
# uses only layers declared before it: the other way round is the order in which a linker wants them.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
get_property(archives GLOBAL PROPERTY FLNET_ARCHIVES)
list(REVERSE archives)
list(TRANSFORM archives PREPEND -l)
list(JOIN archives " " pc_archives)
configure_file(cmake/flnet.pc.in ${PROJECT_BINARY_DIR}/flnet.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/flnet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
