#include "taeda/op/autocast.h"

#include "taeda/op/call.h"

namespace taeda {

constinit thread_local AutocastState autocast_now;
AutocastState& autocast_state() { return autocast_now; }

void autocast_inputs(DType to, Args in, Tensor* held, const Tensor** out) {
  for (size_t i = 0; i < in.size(); i++) {
    out[i] = in.in[i];
    if (!in[i].defined() || !is_floating(in[i].dtype())) continue;
    if (in[i].dtype() == DType::float64 || in[i].dtype() == to) continue;
    held[i] = borrowed::cast(in[i], to);
    out[i] = &held[i];
  }
}

}  // namespace taeda
