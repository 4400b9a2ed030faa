// The loops of rules for processors with AVX-512, as update_avx2.cpp.
#if defined(__x86_64__)
#define TAEDA_ISA avx512
#if !defined(__clang__)
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")
#endif
#include "taeda/optim/update_kernels.h"
#endif
