// Every pointwise op as a CUDA kernel, from the functors the CPU loops are made of: what compiles
// here holds for both. Nothing launches these kernels; the build compiles them where there is an
// nvcc.
#include <utility>

#include "taeda/ops/activation.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/compare.h"
#include "taeda/ops/unary.h"

namespace taeda::cuda {

// Input i of Op computing in T; an input that keeps its own dtype is a mask.
template <class Op, class T, size_t i>
using Element = std::conditional_t<Op::def.promotes(i), T, bool>;

template <class Op, class... X> __device__ auto element(const AttrsOf<Op>& attrs, X... x) {
  if constexpr (requires { Op::apply(x..., attrs); }) return Op::apply(x..., attrs);
  else return Op::apply(x...);
}

template <class Op, class Y, class... X>
__global__ void pointwise(Y* out, AttrsOf<Op> attrs, int64_t n, const X*... in) {
  int64_t stride = int64_t(gridDim.x) * blockDim.x;
  for (int64_t i = int64_t(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride)
    out[i] = element<Op>(attrs, in[i]...);
}

template <class Op, class T, size_t... i> auto kernel_of(std::index_sequence<i...>) {
  using Y = decltype(element<Op>(std::declval<const AttrsOf<Op>&>(), Element<Op, T, i>()...));
  return reinterpret_cast<const void*>(&pointwise<Op, Y, Element<Op, T, i>...>);
}
template <class Op, class T> const void* kernel_of() {
  constexpr bool wanted = std::is_integral_v<T> ? Op::def.types != Types::floating &&
                                                      (Op::def.accepts & accepts_integers)
                                                : bool(Op::def.accepts & accepts_floats);
  if constexpr (IsPointwise<Op> && wanted)
    return kernel_of<Op, T>(std::make_index_sequence<arity_of<Op>>{});
  else return nullptr;
}

// The kernels of a family for float and int32_t, in the order of its ops; null where an op has
// none.
template <class... Op> std::array<const void*, 2 * sizeof...(Op)> kernels_of(OpList<Op...>) {
  return {kernel_of<Op, float>()..., kernel_of<Op, int32_t>()...};
}
extern const auto unary = kernels_of(OpsOf<ops::Unary>{});
extern const auto arithmetic = kernels_of(OpsOf<ops::Arithmetic>{});
extern const auto compare = kernels_of(OpsOf<ops::Compare>{});
extern const auto activation = kernels_of(OpsOf<ops::Activation>{});

}  // namespace taeda::cuda
