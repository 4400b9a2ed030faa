// The kernels of rules: one table for every instruction set, and the choice among them.
#pragma once
#include "taeda/cpu/kernels.h"
#include "taeda/optim/rules.h"

namespace taeda::optim {

// Updates n elements: of the parameter p with gradient g, and of the state s (null where none is
// kept). All are contiguous and of one type; `step` is the rule's Step in that type's precision.
using UpdateFn = void (*)(void* p, const void* g, void* const* s, int64_t n, const void* step);

enum RuleIndex : size_t {
#define TAEDA_X(R) index_##R,
  TAEDA_RULES(TAEDA_X)
#undef TAEDA_X
      rule_count
};
template <class Rule> inline constexpr size_t rule_index = rule_count;
#define TAEDA_X(R) template <> inline constexpr size_t rule_index<rule::R> = index_##R;
TAEDA_RULES(TAEDA_X)
#undef TAEDA_X

template <class T>
inline constexpr size_t type_index = std::is_same_v<T, float>    ? 0
                                     : std::is_same_v<T, double> ? 1
                                     : std::is_same_v<T, Half>   ? 2
                                                                 : 3;

struct UpdateTable {
  UpdateFn fn[rule_count][4];  // by rule, then float, double, Half, BFloat16
};
TAEDA_ISA_TABLES(UpdateTable, update_table)

}  // namespace taeda::optim
