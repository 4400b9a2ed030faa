// x.data of a tensor without axes is marked, so that the old x.data[0] gives its number.
#pragma once
#include <cstdint>

namespace taeda::python {
inline constexpr uint8_t kOldData = 128;  // a bit that TensorImpl::marks leaves free
}
