#include "taeda/ops/create.h"

#include <cmath>

#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/default_device.h"
#include "taeda/ops/views.h"

namespace taeda {

namespace {
constinit thread_local Device device_now{};
}
Device default_device() { return device_now; }
void set_default_device(Device device) { device_now = device; }

}  // namespace taeda

namespace taeda {

Tensor finish_factory(Tensor made, const TensorOptions& o) {
  if (o.requires_grad) {
    if (!can_have_gradient(made.dtype()))
      fail("Only Tensors of floating point and complex dtype can require gradients");
    made.requires_grad_();
  }
  return made;
}

namespace {

Tensor blank(const Dims& sizes, DType dtype, const TensorOptions& o) {
  Device device = o.device ? *o.device : default_device();
  if (device.type == DeviceType::cuda) fail("Torch not compiled with CUDA enabled");
  return empty(sizes, o.dtype.value_or(dtype), device);
}
Tensor filled(Tensor x, Scalar value) {
  NoGradGuard raw;
  x.fill_({value});
  x->storage->version = 0;  // it is new
  return x;
}
void check_sizes(const char* op, const Dims& sizes) {
  for (int64_t n : sizes)
    if (n < 0) fail(op, ": Dimension size must be non-negative.");
}
Tensor blank_like(const Tensor& x, const TensorOptions& o,
                  const Choice<ops::MemoryFormat>& format = {}) {
  Device device = o.device.value_or(x.device());
  DType dtype = o.dtype.value_or(x.dtype());
  Dims strides = ops::format_strides(format, x);
  return strides.empty() ? empty(x.sizes(), dtype, device)
                         : empty_strided(x.sizes(), strides, dtype, device);
}
// Options with what is missing taken from x.
TensorOptions beside(const Tensor& x, TensorOptions o) {
  if (!o.dtype) o.dtype = x.dtype();
  if (!o.device) o.device = x.device();
  return o;
}

// The dtype of a number alone: full(2) is int64, full(2.) the default.
Tensor range(Scalar start, Scalar end, Scalar step, const TensorOptions& o, bool whole) {
  DType dtype = o.dtype.value_or(whole ? DType::int64 : default_dtype());
  if (dtype == DType::boolean)
    fail<NotImplementedError>("\"arange_cpu\" not implemented for 'Bool'");
  double first = start.to<double>(), last = end.to<double>(), by = step.to<double>();
  if (by == 0) fail("step must be nonzero");
  if (!std::isfinite(first) || !std::isfinite(last))
    fail("unsupported range: ", short_text(first), " -> ", short_text(last));
  if ((by > 0 && first > last) || (by < 0 && first < last))
    fail("upper bound and lower bound inconsistent with step sign");
  int64_t n;
  if (dtype == DType::int64) {  // counted in integers, as the elements are
    int64_t a = start.to<int64_t>(), b = end.to<int64_t>(), s = step.to<int64_t>();
    if (s == 0) fail<ValueError>("step must be nonzero");
    uint64_t span = s > 0 ? uint64_t(b) - uint64_t(a) : uint64_t(a) - uint64_t(b);
    uint64_t by_ones = s > 0 ? uint64_t(s) : uint64_t(0) - uint64_t(s);
    uint64_t count = span / by_ones + (span % by_ones != 0);
    if (count > uint64_t(INT64_MAX)) fail("invalid size, possible overflow");
    n = int64_t(count);
  } else {
    double count = std::ceil((last - first) / by);
    if (!(count < 0x1p62)) fail("invalid size, possible overflow");
    n = int64_t(count);
  }
  Tensor out = blank({n}, dtype, o);
  if (!out.is_meta())
    visit(dtype, [&]<class T>() {
      T* p = out.data<T>();
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        auto a = uint64_t(start.to<int64_t>()), s = uint64_t(step.to<int64_t>());
        for (int64_t i = 0; i < n; i++) p[i] = T(a + uint64_t(i) * s);
      } else if constexpr (is_complex_type<T>) {
        for (int64_t i = 0; i < n; i++) p[i] = T(RealOf<T>(first + double(i) * by), 0);
      } else {
        for (int64_t i = 0; i < n; i++) p[i] = Scalar(first + double(i) * by).to<T>();
      }
    });
  return finish_factory(out, o);
}

// From both ends towards the middle, so that the last number is `end` exactly.
template <class F> void fill_steps(const Tensor& out, Scalar start, Scalar end, F f) {
  int64_t n = out.numel();
  visit(out.dtype(), [&]<class T>() {
    using C =
        std::conditional_t<is_complex_type<T>, T,
                           std::conditional_t<std::is_same_v<Compute<T>, float>, float, double>>;
    C a = start.to<C>(), b = end.to<C>();
    C step = n > 1 ? C((b - a) / C(RealOf<C>(n - 1))) : C(0);
    for (int64_t i = 0; i < n; i++) {
      C v;
      if constexpr (is_complex_type<C>)
        v = i < n / 2 ? a + step * C(RealOf<C>(i)) : b - step * C(RealOf<C>(n - 1 - i));
      else  // one rounding, as PyTorch's vectors do
        v = i < n / 2 ? std::fma(step, C(i), a) : std::fma(-step, C(n - 1 - i), b);
      if (n == 1) v = a;
      v = f(v);
      if constexpr (is_complex_type<T>) out.data<T>()[i] = v;
      else if constexpr (std::is_integral_v<T>) out.data<T>()[i] = T(v);
      else out.data<T>()[i] = Scalar(v).template to<T>();
    }
  });
}
Tensor steps_blank(const char* op, int64_t steps, Scalar start, Scalar end,
                   const TensorOptions& o) {
  if (steps < 0) fail("number of steps must be non-negative");
  (void)op;
  bool complex = start.category() == Category::complex || end.category() == Category::complex;
  return blank({steps}, complex ? complex_of(default_dtype()) : default_dtype(), o);
}

}  // namespace

namespace ops {

Tensor Empty::forward(const Attrs& a) {
  check_sizes("empty", a.size);
  return finish_factory(blank(a.size, default_dtype(), a.options), a.options);
}
Tensor Zeros::forward(const Attrs& a) {
  check_sizes("zeros", a.size);
  return finish_factory(filled(blank(a.size, default_dtype(), a.options), 0), a.options);
}
Tensor Ones::forward(const Attrs& a) {
  check_sizes("ones", a.size);
  return finish_factory(filled(blank(a.size, default_dtype(), a.options), 1), a.options);
}
Tensor Full::forward(const Attrs& a) {
  check_sizes("full", a.size);
  Tensor x = blank(a.size, a.fill_value.alone(), a.options);
  return finish_factory(filled(x, a.fill_value), a.options);
}
Tensor EmptyStrided::forward(const Attrs& a) {
  return finish_factory(empty_strided(a.size, a.stride, a.options.dtype.value_or(default_dtype()),
                                      a.options.device ? *a.options.device : default_device()),
                        a.options);
}

Tensor EmptyLike::forward(const Tensor& x, const Attrs& a) {
  return finish_factory(blank_like(x, a.options, a.memory_format), a.options);
}
Tensor ZerosLike::forward(const Tensor& x, const Attrs& a) {
  return finish_factory(filled(blank_like(x, a.options, a.memory_format), 0), a.options);
}
Tensor OnesLike::forward(const Tensor& x, const Attrs& a) {
  return finish_factory(filled(blank_like(x, a.options, a.memory_format), 1), a.options);
}
Tensor FullLike::forward(const Tensor& x, const Attrs& a) {
  return finish_factory(filled(blank_like(x, a.options, a.memory_format), a.fill_value), a.options);
}
Tensor NewEmpty::forward(const Tensor& x, const Attrs& a) {
  return Empty::forward({a.size, beside(x, a.options)});
}
Tensor NewZeros::forward(const Tensor& x, const Attrs& a) {
  return Zeros::forward({a.size, beside(x, a.options)});
}
Tensor NewOnes::forward(const Tensor& x, const Attrs& a) {
  return Ones::forward({a.size, beside(x, a.options)});
}
Tensor NewFull::forward(const Tensor& x, const Attrs& a) {
  return Full::forward({a.size, a.fill_value, beside(x, a.options)});
}
Tensor NewEmptyStrided::forward(const Tensor& x, const Attrs& a) {
  return EmptyStrided::forward({a.size, a.stride, beside(x, a.options)});
}

Tensor ArangeEnd::forward(const Attrs& a) {
  return range(0, a.end, 1, a.options, a.end.category() <= Category::integral);
}
Tensor Arange::forward(const Attrs& a) {
  bool whole = a.start.category() <= Category::integral && a.end.category() <= Category::integral &&
               a.step.category() <= Category::integral;
  return range(a.start, a.end, a.step, a.options, whole);
}
Tensor Linspace::forward(const Attrs& a) {
  Tensor out = steps_blank("linspace", a.steps, a.start, a.end, a.options);
  if (!out.is_meta()) fill_steps(out, a.start, a.end, [](auto v) { return v; });
  return finish_factory(out, a.options);
}
namespace {
Scalar end_point(const Tensor& start, const Tensor& end, const Tensor& which, const char* op) {
  if (start.dim() || end.dim())
    fail(op, " only supports 0-dimensional start and end tensors, but got start with ", start.dim(),
         " dimension(s) and end with ", end.dim(), " dimension(s).");
  return which.item();
}
}  // namespace
Tensor LinspaceTensor::forward(const Tensor& start, const Tensor& end, const Attrs& a) {
  return Linspace::forward({end_point(start, end, start, "linspace"),
                            end_point(start, end, end, "linspace"), a.steps, a.options});
}
Tensor LogspaceTensor::forward(const Tensor& start, const Tensor& end, const Attrs& a) {
  return Logspace::forward({end_point(start, end, start, "logspace"),
                            end_point(start, end, end, "logspace"), a.steps, a.base, a.options});
}
Tensor Logspace::forward(const Attrs& a) {
  Tensor out = steps_blank("logspace", a.steps, a.start, a.end, a.options);
  if (!out.is_meta())
    fill_steps(out, a.start, a.end,
               [&]<class C>(C v) { return C(std::pow(C(RealOf<C>(a.base)), v)); });
  return finish_factory(out, a.options);
}
Tensor Eye::forward(const Attrs& a) { return EyeRectangle::forward({a.n, a.n, a.options}); }
Tensor EyeRectangle::forward(const Attrs& a) {
  if (a.n < 0) fail("n must be greater or equal to 0, got ", a.n);
  if (a.m < 0) fail("m must be greater or equal to 0, got ", a.m);
  Tensor out = filled(blank({a.n, a.m}, default_dtype(), a.options), 0);
  if (!out.is_meta())
    visit(out.dtype(), [&]<class T>() {
      for (int64_t i = 0; i < std::min(a.n, a.m); i++)
        out.data<T>()[i * a.m + i] = Scalar(1).to<T>();
    });
  return finish_factory(out, a.options);
}
Tensor ScalarTensor::forward(const Attrs& a) {
  return finish_factory(filled(blank({}, default_dtype(), a.options), a.s), a.options);
}

}  // namespace ops

// ---- C++ ----

Tensor empty(const Dims& sizes, const TensorOptions& o) { return ops::Empty::forward({sizes, o}); }
Tensor full(const Dims& sizes, Scalar value, const TensorOptions& o) {
  return ops::Full::forward({sizes, value, o});
}
Tensor zeros(const Dims& sizes, const TensorOptions& o) { return ops::Zeros::forward({sizes, o}); }
Tensor ones(const Dims& sizes, const TensorOptions& o) { return ops::Ones::forward({sizes, o}); }
Tensor arange(Scalar end, const TensorOptions& o) { return ops::ArangeEnd::forward({end, o}); }
Tensor arange(Scalar start, Scalar end, Scalar step, const TensorOptions& o) {
  return ops::Arange::forward({start, end, step, o});
}
Tensor linspace(Scalar start, Scalar end, int64_t steps, const TensorOptions& o) {
  return ops::Linspace::forward({start, end, steps, o});
}
Tensor eye(int64_t n, const TensorOptions& o) { return ops::Eye::forward({n, o}); }

Numbers::Numbers(std::initializer_list<Numbers> parts) : Numbers(joined(parts)) {}
Numbers Numbers::joined(const std::vector<Numbers>& parts) {
  Numbers out;
  if (parts.empty()) return out;
  out.sizes_ = parts[0].sizes_;
  out.sizes_.insert(0, int64_t(parts.size()));
  for (const Numbers& part : parts) {
    if (!(part.sizes_ == parts[0].sizes_)) {
      const Dims &want = parts[0].sizes_, &have = part.sizes_;
      if (want.size() != have.size())
        fail<ValueError>("numbers and lists of numbers stand side by side");
      size_t k = 0;
      while (want[k] == have[k]) k++;
      fail<ValueError>("expected sequence of length ", want[k], " at dim ", k + 1, " (got ",
                       have[k], ")");
    }
    out.flat_.insert(out.flat_.end(), part.flat_.begin(), part.flat_.end());
  }
  return out;
}

Tensor tensor(const Numbers& values, const TensorOptions& o) {
  Category category = Category::boolean;
  for (const Scalar& s : values.flat()) category = std::max(category, s.category());
  DType dtype = values.flat().empty()            ? default_dtype()
                : category == Category::boolean  ? DType::boolean
                : category == Category::integral ? DType::int64
                : category == Category::floating ? default_dtype()
                                                 : complex_of(default_dtype());
  Tensor out = blank(values.sizes(), dtype, o);
  if (out.is_meta()) return finish_factory(out, o);
  visit(out.dtype(), [&]<class T>() {
    T* p = out.data<T>();
    for (const Scalar& s : values.flat()) s.check_fits(out.dtype()), *p++ = s.to<T>();
  });
  return finish_factory(out, o);
}
namespace {
struct OutsideMemory final : Keeper {};  // not ours to free
}  // namespace
Tensor from_blob(void* data, const Dims& sizes, const TensorOptions& o) {
  for (int64_t n : sizes)
    if (n < 0) fail("from_blob: sizes must not be negative, got ", sizes);
  DType dtype = o.dtype.value_or(default_dtype());
  Geometry g{sizes, contiguous_strides(sizes), 0};
  return finish_factory(
      from_memory(data, g, dtype, size_t(sizes.product()) * size_of(dtype), new OutsideMemory), o);
}
Tensor from_values(const Dims& sizes, std::span<const double> values, const TensorOptions& o) {
  if (sizes.product() != int64_t(values.size()))
    fail("shape '", sizes, "' is invalid for input of size ", values.size());
  Tensor out = blank(sizes, default_dtype(), o);
  visit(out.dtype(), [&]<class T>() {
    T* p = out.data<T>();
    for (double v : values) *p++ = Scalar(v).to<T>();
  });
  return finish_factory(out, o);
}

}  // namespace taeda

TAEDA_FAMILY_IS(Create)
