// Variances, products, normalisations by channel: the table of one instruction set.
#include "taeda/cpu/isa/statistics_kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

template <class S> constexpr StatisticsKernels<S> make_statistics() {
  return {&spread<S>,          &sum_and_dot<S>,         &block_product<S>,
          &spread_rows<S>,     &sum_and_dot_rows<S>,    &times_rows<S>,
          &affine<S>,          &affine_back<S>,         &softmax_back_row<S>,
          &softmax_columns<S>, &softmax_back_columns<S>};
}

}  // namespace TAEDA_ISA

constinit const StatisticsTable TAEDA_ISA_TABLE(statistics_table) = {
    make_statistics<float>(), make_statistics<double>(), make_statistics<Half>(),
    make_statistics<BFloat16>()};

}  // namespace taeda::cpu
