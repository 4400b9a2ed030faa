# A proof that the pointwise functors are CUDA code: taeda/cuda/pointwise.cu compiled for two architectures. Nothing is
# linked or run. nvcc is called directly, since enabling the CUDA language would slow every configuration.
set(TAEDA_CUDA_ARCHITECTURES 80 90)
find_program(TAEDA_NVCC nvcc NO_CACHE)
if(TAEDA_NVCC)
  execute_process(COMMAND ${TAEDA_NVCC} --version OUTPUT_VARIABLE TAEDA_NVCC_TEXT ERROR_QUIET)
  string(REGEX MATCH "release ([0-9]+\\.[0-9]+)" _ "${TAEDA_NVCC_TEXT}")
  set(TAEDA_NVCC_VERSION ${CMAKE_MATCH_1})
endif()
if(NOT TAEDA_NVCC OR NOT TAEDA_NVCC_VERSION VERSION_GREATER_EQUAL 12.0)
  message(STATUS "taeda: no nvcc 12 or newer on the PATH: CUDA sources are not compiled")
elseif(EXISTS ${PROJECT_SOURCE_DIR}/taeda/cuda/pointwise.cu)
  set(TAEDA_GENCODE)
  foreach(arch IN LISTS TAEDA_CUDA_ARCHITECTURES)
    list(APPEND TAEDA_GENCODE -gencode arch=compute_${arch},code=sm_${arch})
  endforeach()
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/cuda/pointwise.o
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/cuda
    COMMAND ${TAEDA_NVCC} -std=c++20 -O1 -ccbin ${CMAKE_CXX_COMPILER} -I${PROJECT_SOURCE_DIR} ${TAEDA_GENCODE}
      -Xcompiler -fPIC -MD -MF ${PROJECT_BINARY_DIR}/cuda/pointwise.d
      -c ${PROJECT_SOURCE_DIR}/taeda/cuda/pointwise.cu -o ${PROJECT_BINARY_DIR}/cuda/pointwise.o
    DEPENDS ${PROJECT_SOURCE_DIR}/taeda/cuda/pointwise.cu
    DEPFILE ${PROJECT_BINARY_DIR}/cuda/pointwise.d
    COMMENT "Compiling taeda/cuda/pointwise.cu with nvcc ${TAEDA_NVCC_VERSION}" VERBATIM)
  add_custom_target(taeda_cuda ALL DEPENDS ${PROJECT_BINARY_DIR}/cuda/pointwise.o)
endif()
