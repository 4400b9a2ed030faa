// The random slopes of rrelu, in row-major order: two words for each that is needed.
#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/ops/dropout.h"

namespace taeda::ops {

void RreluNoise::cpu(Args in, Outs out, const Attrs& a) {
  Tensor x = in[0];
  if (!x.is_contiguous()) {
    x = empty(x.sizes(), x.dtype());
    cpu::copy_elements(x, in[0]);
  }
  const auto& generator = a.generator ? a.generator : default_generator();
  visit(x.dtype(), [&]<class S>() {
    if constexpr (is_floating(dtype_of<S>)) {
      const S* from = x.data<S>();
      S* to = out[0].data<S>();
      double low = double(Compute<S>(a.lower)), high = double(Compute<S>(a.upper));
      generator->use([&](Stream& s) {
        for (int64_t i = 0; i < x.numel(); i++)
          to[i] = Compute<S>(from[i]) <= 0 ? S(Compute<S>(low + s.unit() * (high - low)))
                                           : S(Compute<S>(1));
      });
    }
  });
}

}  // namespace taeda::ops
