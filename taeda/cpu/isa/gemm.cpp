// Matrix products and convolutions: the table of one instruction set.
#include "taeda/cpu/isa/gemm_kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

template <class T> constexpr GemmKernels<T> make_gemm() {
  return {kTileM,   2 * lanes<T>, &any_tile<T>,  &pack_b<T>,        &pack_a<T>,
          &gemv<T>, &tiny<T>,     &depthwise<T>, &depthwise_grad<T>};
}

}  // namespace TAEDA_ISA

constinit const GemmTable TAEDA_ISA_TABLE(gemm_table) = {make_gemm<float>(), make_gemm<double>()};

}  // namespace taeda::cpu
