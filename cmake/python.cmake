# taeda._C: the Python extension. Not the stable ABI: the binding uses CPython structures that it leaves out.
find_package(Python 3.10 COMPONENTS Interpreter Development.Module)
if(Python_FOUND AND NOT nanobind_DIR)
  execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
    OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE nanobind_ROOT ERROR_QUIET)
endif()
find_package(nanobind CONFIG QUIET)
file(GLOB TAEDA_BIND_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/python/bind/*.cpp)

if(NOT nanobind_FOUND OR NOT Python_FOUND)
  if(DEFINED SKBUILD)
    message(FATAL_ERROR "The Python package needs nanobind and Python's headers: pip install nanobind")
  endif()
  message(STATUS "taeda: no Python headers or no nanobind: building the C++ library only")
elseif(TAEDA_BIND_SOURCES)
  nanobind_add_module(_C NOMINSIZE NB_STATIC ${TAEDA_BIND_SOURCES})
  target_link_libraries(_C PRIVATE taeda taeda_flags)
  target_compile_options(_C PRIVATE -fno-plt)
  target_link_options(_C PRIVATE -Wl,-z,now -Wl,--gc-sections)
  set(TAEDA_PACKAGE ${PROJECT_BINARY_DIR}/python/taeda)
  set_target_properties(_C PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${TAEDA_PACKAGE}
    BUILD_WITH_INSTALL_RPATH ON
    LINK_DEPENDS_NO_SHARED ON
    INSTALL_RPATH "$ORIGIN/lib")

  # The package's Python files beside the extension: <build>/python can be imported from.
  file(GLOB_RECURSE TAEDA_PYTHON_FILES CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/python/taeda/*.py ${PROJECT_SOURCE_DIR}/python/taeda/*.pyi
    ${PROJECT_SOURCE_DIR}/python/taeda/py.typed)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/python/copied
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${PROJECT_SOURCE_DIR}/python/taeda ${TAEDA_PACKAGE}
    COMMAND ${CMAKE_COMMAND} -E touch ${PROJECT_BINARY_DIR}/python/copied
    DEPENDS ${TAEDA_PYTHON_FILES} COMMENT "Copying the Python package" VERBATIM)
  add_custom_target(python_files ALL DEPENDS ${PROJECT_BINARY_DIR}/python/copied)
endif()
