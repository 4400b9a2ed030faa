#include "taeda/ops/pad.h"

#include "taeda/autograd/grad_mode.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

void ConstantPadNd::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  Tensor from = in[0].detach(), to = out[0].detach();
  bool grows = false;
  for (size_t i = 0; i < a.pad.size() / 2; i++) {
    int64_t d = from.dim() - 1 - int64_t(i), left = a.pad[2 * i], right = a.pad[2 * i + 1];
    grows = grows || left > 0 || right > 0;
    int64_t skip = std::max<int64_t>(-left, 0), cut = std::max<int64_t>(-right, 0);
    int64_t kept = std::max<int64_t>(from.size(d) - skip - cut, 0);
    from = from.narrow({d, std::min(skip, from.size(d) - kept), kept});
    to = to.narrow({d, std::min(std::max<int64_t>(left, 0), to.size(d)), kept});
  }
  if (grows) out[0].detach().fill_(a.value);
  if (from.numel()) to.copy_(from);
}

}  // namespace taeda::ops
