# Build type, language level and warnings for everything built here; nothing of it reaches consumers.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# ccache, where present, shares results between clones: paths below the source folder are hashed as relative ones.
find_program(TAEDA_CCACHE ccache)
if(TAEDA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
                                  CCACHE_NOHASHDIR=1 ${TAEDA_CCACHE})
endif()

# What every target of the project compiles with. Contraction is off everywhere: a fused multiply-add is written where
# it is meant, so results do not depend on the compiler's choice. clang wants a template's static member defined where it
# is used; the tables of the instruction sets are each in one object of their own.
add_library(taeda_flags INTERFACE)
target_compile_options(taeda_flags INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -ffp-contract=off -ffunction-sections -fdata-sections
  $<$<CXX_COMPILER_ID:Clang>:-Wno-undefined-var-template>)
