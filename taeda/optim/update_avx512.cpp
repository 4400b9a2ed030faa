// The loops of rules for processors with AVX-512. The pragma stands before every function of the
// file.
#if defined(__x86_64__)
#define TAEDA_ISA avx512
#define TAEDA_BYTES 64
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#else
#pragma GCC target("avx2,avx512f,avx512bw,avx512dq,avx512vl")
#endif
#include "taeda/optim/update_kernels.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
