# Installation: <prefix>/{lib,include,lib/cmake/taeda,lib/pkgconfig}. In a wheel <prefix> is the package folder taeda/.
# No library version and so no links: a wheel cannot hold them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
if(DEFINED SKBUILD)
  set(TAEDA_LIBDIR lib)
  set(TAEDA_INCLUDEDIR include)
else()
  set(TAEDA_LIBDIR ${CMAKE_INSTALL_LIBDIR})
  set(TAEDA_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
endif()
set(TAEDA_CMAKEDIR ${TAEDA_LIBDIR}/cmake/taeda)

install(TARGETS taeda EXPORT taeda LIBRARY DESTINATION ${TAEDA_LIBDIR})
install(DIRECTORY taeda DESTINATION ${TAEDA_INCLUDEDIR} FILES_MATCHING PATTERN "*.h"
  PATTERN "isa" EXCLUDE)
install(EXPORT taeda NAMESPACE taeda:: FILE taeda-targets.cmake DESTINATION ${TAEDA_CMAKEDIR})
configure_package_config_file(cmake/taeda-config.cmake.in taeda-config.cmake
  INSTALL_DESTINATION ${TAEDA_CMAKEDIR})
write_basic_package_version_file(taeda-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/taeda-config.cmake ${PROJECT_BINARY_DIR}/taeda-config-version.cmake
  DESTINATION ${TAEDA_CMAKEDIR})

# The pkg-config file finds its prefix from its own place, so that the tree may be moved.
file(RELATIVE_PATH TAEDA_PC_PREFIX /prefix/${TAEDA_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" TAEDA_PC_PREFIX "${TAEDA_PC_PREFIX}")
configure_file(cmake/taeda.pc.in taeda.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/taeda.pc DESTINATION ${TAEDA_LIBDIR}/pkgconfig)

if(DEFINED SKBUILD)
  install(TARGETS _C LIBRARY DESTINATION .)
endif()
