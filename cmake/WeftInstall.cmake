# cmake --install: the program, the libraries with their headers, presets and examples, and what another project's
# find_package(weft) needs. The installed libraries are weft::model, weft::compress and so on, one per wing but app.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(WEFT_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/weft")
foreach(wing model compress mapping sim traces sweep)
  install(TARGETS weft_${wing} EXPORT weft-targets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${wing}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/weft"
          FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(TARGETS weft RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY fabrics examples DESTINATION "${CMAKE_INSTALL_DATADIR}/weft"
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.cpp" PATTERN "CMakeLists.txt")

install(EXPORT weft-targets NAMESPACE weft:: DESTINATION "${WEFT_CMAKE_DIR}")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/weft-config.cmake.in"
  "${PROJECT_BINARY_DIR}/weft-config.cmake" INSTALL_DESTINATION "${WEFT_CMAKE_DIR}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/weft-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/weft-config.cmake" "${PROJECT_BINARY_DIR}/weft-config-version.cmake"
        DESTINATION "${WEFT_CMAKE_DIR}")
