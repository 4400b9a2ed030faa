// Kernels on sort keys and integers: the table of one instruction set.
#pragma once
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {

struct KeyTable {
  void (*float_keys)(uint32_t* to, const float* x, int64_t n);  // see sort_keys.h
  // The places i < n with keys[i] < limit, in order, into at[n]; how many there are.
  int64_t (*below)(uint32_t* at, const uint32_t* keys, int64_t n, uint32_t limit);
  uint64_t (*sum)(const int64_t* x, int64_t n);
};
TAEDA_ISA_TABLES(KeyTable, key_table)

}  // namespace taeda::cpu
