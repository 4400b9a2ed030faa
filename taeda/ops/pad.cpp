#include "taeda/ops/pad.h"

#include "taeda/op/call.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/index.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

void check_pad(const Tensor& x, const Dims& pad) {
  int64_t n = int64_t(pad.size());
  if (n % 2) fail("Padding length must be divisible by 2");
  if (n > 2 * x.dim())
    fail(
        "Padding length should be less than or equal to two times the input dimension but got "
        "padding length ",
        n, " and input of dimension ", x.dim());
}

}  // namespace

void PadMode::fail(std::string_view word) {
  taeda::fail<NotImplementedError>("Unrecognised padding mode ", word);
}

Meta ConstantPadNd::infer(Args in, const Attrs& a) {
  check_pad(in[0], a.pad);
  Dims sizes = in[0].sizes();
  for (size_t i = 0; i < a.pad.size() / 2; i++) {
    size_t d = sizes.size() - 1 - i;
    bool too_big = __builtin_add_overflow(sizes[d], a.pad[2 * i], &sizes[d]);
    too_big |= __builtin_add_overflow(sizes[d], a.pad[2 * i + 1], &sizes[d]);
    if (too_big || sizes[d] < 0)
      fail("The input size ", in[0].sizes()[d], ", plus negative padding ", a.pad[2 * i], " and ",
           a.pad[2 * i + 1],
           " resulted in a negative output size, which is invalid. Check dimension ", d,
           " of your input.");
  }
  return {sizes, in[0].dtype()};
}
Tensor ConstantPadNd::backward(Grad g, const Attrs& a) {
  Dims back = a.pad;
  for (int64_t& p : back) p = -p;
  return constant_pad_nd(g, {.pad = back});
}

Tensor Pad::forward(const Tensor& x, const Attrs& a) {
  check_pad(x, a.pad);
  if (a.mode == "constant") return constant_pad_nd(x, {.pad = a.pad, .value = a.value.value_or(0)});
  if (a.value && a.value->to<double>() != 0)
    fail<ValueError>("Padding mode \"", a.mode.word(), "\" doesn't take in value argument");
  int64_t axes = int64_t(a.pad.size()) / 2;
  if (axes < 1 || axes > 3 || x.dim() < axes + 1 || x.dim() > axes + 2)
    fail<NotImplementedError>(
        "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  Tensor y = x;
  for (int64_t i = 0; i < axes; i++) {
    int64_t left = a.pad[size_t(2 * i)], right = a.pad[size_t(2 * i + 1)], d = x.dim() - 1 - i;
    int64_t n = x.size(d), total;
    if (__builtin_add_overflow(left, right, &total) || __builtin_add_overflow(total, n, &total))
      fail("the padding ", a.pad, " is too large");
    if (left == 0 && right == 0) continue;
    if (a.mode == "reflect" && (left >= n || right >= n))
      fail(
          "Argument #4: Padding size should be less than the corresponding input dimension, but "
          "got: "
          "padding (",
          left, ", ", right, ") at dimension ", d, " of input ", x.sizes());
    if (a.mode == "circular" && (left > n || right > n))
      fail("Padding value causes wrapping around more than once.");
    if (total <= 0 || n == 0)
      fail("the padded axis ", d, " of input ", x.sizes(), " would have ", total, " elements");
    if (a.mode == "circular" && std::min<int64_t>(left, 0) + std::min<int64_t>(right, 0) + n <= 0)
      fail("the padding cuts off all of axis ", d, " of input ", x.sizes());
    Tensor from = empty({total}, DType::int64);
    for (int64_t j = 0; j < total; j++) {
      int64_t k = j - left;
      if (a.mode == "reflect") k = k < 0 ? -k : k >= n ? 2 * (n - 1) - k : k;
      else if (a.mode == "replicate") k = std::clamp<int64_t>(k, 0, n - 1);
      else {  // around what negative padding leaves
        int64_t begin = std::max<int64_t>(-left, 0), m = n - begin - std::max<int64_t>(-right, 0);
        k = begin + ((j - std::max<int64_t>(left, 0)) % m + m) % m;
      }
      from.data<int64_t>()[j] = k;
    }
    y = y.index_select(d, from.to(x.device()));
  }
  if (y.is(x)) return x.clone();
  bool reflected = a.mode == "reflect";
  if (!reflected && a.mode != "replicate") return y;
  static constexpr const char* names[][3] = {
      {"ReflectionPad1DBackward0", "ReflectionPad2DBackward0", "ReflectionPad3DBackward0"},
      {"ReplicationPad1DBackward0", "ReplicationPad2DBackward0", "ReplicationPad3DBackward0"}};
  return named(std::move(y), names[reflected ? 0 : 1][axes - 1]);
}

}  // namespace taeda::ops

TAEDA_FAMILY_IS(Padding)
