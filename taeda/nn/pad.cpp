#include "taeda/nn/pad.h"

#include "taeda/ops/pad.h"

namespace taeda::nn::layer {

namespace {

constexpr std::string_view modes[] = {"constant", "reflect", "replicate", "circular"};
constexpr const char* names[] = {"ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"};

void spread_padding(Sizes& padding, size_t n) {
  if (padding.is_none()) fail<TypeError>("padding must be an int or a tuple of ints, not None");
  if (!padding.tuple) padding = Sizes(Dims(2 * n, padding.values[0]));
}

}  // namespace

template <int n> void ConstantPad<n>::setup() { spread_padding(options.padding, n); }
template <int n> Tensor ConstantPad<n>::forward(const Tensor& input) {
  return constant_pad_nd(input, {.pad = options.padding.values, .value = options.value});
}

template <int n, Beyond edge> std::string EdgePad<n, edge>::type_name() const {
  return names[int(edge)] + std::to_string(n) + "d";
}
template <int n, Beyond edge> void EdgePad<n, edge>::setup() { spread_padding(options.padding, n); }
template <int n, Beyond edge> Tensor EdgePad<n, edge>::forward(const Tensor& input) {
  if (edge == Beyond::circular && input.dim() != n + 1 && input.dim() != n + 2)
    fail<ValueError>("expected ", n + 1, "D or ", n + 2, "D input (got ", input.dim(), "D input)");
  return pad(input, {.pad = options.padding.values, .mode = modes[int(edge)]});
}

template struct ConstantPad<1>;
template struct ConstantPad<2>;
template struct ConstantPad<3>;
template struct EdgePad<1, Beyond::zero>;
template struct EdgePad<2, Beyond::zero>;
template struct EdgePad<3, Beyond::zero>;
template struct EdgePad<1, Beyond::reflection>;
template struct EdgePad<2, Beyond::reflection>;
template struct EdgePad<3, Beyond::reflection>;
template struct EdgePad<1, Beyond::replication>;
template struct EdgePad<2, Beyond::replication>;
template struct EdgePad<3, Beyond::replication>;
template struct EdgePad<1, Beyond::circular>;
template struct EdgePad<2, Beyond::circular>;
template struct EdgePad<3, Beyond::circular>;

}  // namespace taeda::nn::layer
