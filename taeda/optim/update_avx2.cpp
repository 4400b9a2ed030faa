// The loops of rules for processors with AVX2. Where the compiler knows no pragma for that, the
// file holds the loops for any processor under this name.
#if defined(__x86_64__)
#define TAEDA_ISA avx2
#if !defined(__clang__)
#pragma GCC target("avx2,fma,f16c")
#endif
#include "taeda/optim/update_kernels.h"
#endif
