// TAEDA_HD: code that runs on the host and on a CUDA device. Always inlined, so that objects
// compiled for wide instruction sets emit no shared copy of it.
#pragma once

#ifdef __CUDACC__
#define TAEDA_HD __host__ __device__ __forceinline__
#else
#define TAEDA_HD __attribute__((always_inline)) inline
#endif
