// x.data of a tensor without axes is marked, so that the old x.data[0] gives its number.
#pragma once
#include "taeda/tensor/impl.h"

namespace taeda::python {
inline constexpr uint8_t kOldData = TensorImpl::for_binding;
}
