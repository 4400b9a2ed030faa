// Losses.
#include "module_layers.h"

namespace taeda::python {

void make_losses(const LayerMaker& make) {
  using namespace nn::layer;
  constexpr const char *loss = "_Loss", *weighted = "_WeightedLoss", *where = "loss";
}

}  // namespace taeda::python
