// The loops of rules for processors with AVX2. The pragma stands before every function of the file.
#if defined(__x86_64__)
#define TAEDA_ISA avx2
#define TAEDA_BYTES 32
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include "taeda/optim/update_kernels.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
