# libtaeda.so: every taeda/**/*.cpp in one shared library; taeda/cpu/isa/*.cpp once per instruction set.
find_package(Threads REQUIRED)

file(GLOB_RECURSE TAEDA_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/taeda/*.cpp)
file(GLOB TAEDA_ISA_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/taeda/cpu/isa/*.cpp)
list(FILTER TAEDA_SOURCES EXCLUDE REGEX "/taeda/cpu/isa/[^/]*\\.cpp$")

# The objects are a target of their own: libtaeda.so exports only TAEDA_API, tests of what is inside link the objects.
add_library(taeda_objects OBJECT ${TAEDA_SOURCES})
target_include_directories(taeda_objects PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_options(taeda_objects PRIVATE -fno-semantic-interposition)
target_link_libraries(taeda_objects PRIVATE taeda_flags PUBLIC Threads::Threads ${CMAKE_DL_LIBS})

add_library(taeda SHARED $<TARGET_OBJECTS:taeda_objects>)
add_library(taeda::taeda ALIAS taeda)
target_include_directories(taeda PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
target_compile_features(taeda PUBLIC cxx_std_20)
target_link_libraries(taeda PRIVATE ${CMAKE_DL_LIBS} PUBLIC Threads::Threads)
# Every symbol is bound at load and, for functions, inside the library: no indirection on the call path.
target_link_options(taeda PRIVATE
  -Wl,-z,now -Wl,-Bsymbolic-functions -Wl,--gc-sections -Wl,--no-undefined -Wl,--as-needed)
# In the build tree the library lies where the Python package expects it (see cmake/python.cmake).
set_target_properties(taeda PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/python/taeda/lib
  LINKER_LANGUAGE CXX)

file(GLOB TAEDA_CPU_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/taeda/cpu/*.cpp)
set_source_files_properties(${TAEDA_CPU_SOURCES} PROPERTIES COMPILE_OPTIONS -O3)

# The instruction sets kernels are compiled for, and what each may use. The flags are fixed, never the build machine's:
# which object runs is chosen at run time.
set(TAEDA_ISAS base)
set(TAEDA_ISA_FLAGS -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -fvisibility=hidden -Wno-psabi)
set(TAEDA_ISA_FLAGS_base)
set(TAEDA_ISA_FLAGS_avx2 -mavx2 -mfma -mf16c)
set(TAEDA_ISA_FLAGS_avx512 ${TAEDA_ISA_FLAGS_avx2}
  -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  list(APPEND TAEDA_ISAS avx2 avx512)
endif()

# <name>_<isa> for each instruction set: the sources with TAEDA_ISA as the name of their namespace, linked into `target`.
function(taeda_add_isas target name)
  foreach(isa IN LISTS TAEDA_ISAS)
    add_library(${name}_${isa} OBJECT ${ARGN})
    target_include_directories(${name}_${isa} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name}_${isa} PRIVATE taeda_flags)
    target_compile_definitions(${name}_${isa} PRIVATE TAEDA_ISA=${isa})
    target_compile_options(${name}_${isa} PRIVATE ${TAEDA_ISA_FLAGS} ${TAEDA_ISA_FLAGS_${isa}})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${name}_${isa}>)
  endforeach()
endfunction()
if(TAEDA_ISA_SOURCES)
  taeda_add_isas(taeda taeda_isa ${TAEDA_ISA_SOURCES})
endif()
