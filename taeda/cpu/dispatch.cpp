// The choice of instruction set.
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <cstdlib>
#include <cstring>

#include "taeda/cpu/kernels.h"

namespace taeda::cpu {
namespace {

int widest() {
#if defined(__x86_64__)
  unsigned a, b, c, d;  // clang 14 does not know f16c in __builtin_cpu_supports
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) && (c >> 29 & 1);
  __builtin_cpu_init();
  if (!f16c || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return 2;
  return 1;
#else
  return 0;
#endif
}

}  // namespace

int isa_level_found = -1;

int find_isa_level() {
  int level = widest();
  if (const char* wish = std::getenv("TAEDA_CPU"))
    for (int i = 0; i < level; ++i)
      if (!std::strcmp(wish, isa_names[i])) level = i;
  __atomic_store_n(&isa_level_found, level, __ATOMIC_RELAXED);
  return level;
}

const Bf16Kernels* bf16_kernels() {
#if defined(__x86_64__)
  static const bool have = [] {  // leaf 7, subleaf 1: not every compiler knows its name
    unsigned a, b, c, d;
    return isa_level() == 2 && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1);
  }();
  return have ? &bf16_table() : nullptr;
#else
  return nullptr;
#endif
}

}  // namespace taeda::cpu
