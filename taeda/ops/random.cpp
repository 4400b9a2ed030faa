// What random ops refuse, and the shapes of their results. The numbers are made in cpu/random.cpp.
#include "taeda/ops/random.h"

#include <cmath>
#include <limits>

#include "taeda/op/call.h"
#include "taeda/ops/default_device.h"
#include "taeda/ops/operators.h"

namespace taeda {

namespace {

[[noreturn]] void fail_dtype(const char* kernel, DType d) {
  fail<NotImplementedError>("\"", kernel, "\" not implemented for '", word_of(d), "'");
}
void check_floating(const char* kernel, DType d) {
  if (!is_floating(d)) fail_dtype(kernel, d);
}
// All real dtypes but the bare unsigned ones.
void check_common_real(const char* kernel, DType d) {
  if (is_complex(d) || is_barebones(d)) fail_dtype(kernel, d);
}

// What a real dtype holds: its extremes, and the bits of its significand if it is floating.
struct Extent {
  double low, high;
  int64_t whole_low, whole_high;  // of the integral dtypes, as far as int64 reaches
  int bits;
};
Extent extent_of(DType d) {
  if (d == DType::float16) return {-65504, 65504, 0, 0, 11};
  if (d == DType::bfloat16) {
    const double most = 0x1.fep127;
    return {-most, most, 0, 0, 8};
  }
  return visit(d, []<class T>() -> Extent {
    using L = std::numeric_limits<T>;
    if constexpr (std::is_floating_point_v<T>)
      return {double(L::lowest()), double(L::max()), 0, 0, L::digits};
    else if constexpr (std::is_same_v<T, uint64_t>)
      return {0, 0x1p64, 0, std::numeric_limits<int64_t>::max(), 0};
    else if constexpr (std::is_integral_v<T>)
      return {double(L::lowest()), double(L::max()), int64_t(L::lowest()), int64_t(L::max()), 0};
    else return {};
  });
}

// A floating dtype may be unable to hold a bound: it is moved inward, by the spacing at its size.
int64_t through(DType d, int64_t v) {
  double stored = visit(d, [v]<class T>() -> double {
    if constexpr (std::is_floating_point_v<T>) return double(T(v));
    else if constexpr (is_complex_type<T> || std::is_integral_v<T>) return double(v);
    else return double(float(T(float(v))));
  });
  if (stored >= 0x1p63 || stored < -0x1p63) return std::numeric_limits<int64_t>::min();
  return int64_t(stored);
}
int64_t spacing(DType d, int64_t at) {
  int n = 0;
  for (uint64_t v = at < 0 ? 0 - uint64_t(at) : uint64_t(at); v >>= 1;) n++;
  return int64_t(1) << std::max(n - extent_of(d).bits + 1, 0);
}
int64_t moved_up(DType d, int64_t from) {
  if (from == std::numeric_limits<int64_t>::max()) return from;
  int64_t stored = through(d, from + 1);
  return stored < from ? stored + spacing(d, from + 1) : from;
}
int64_t moved_down(DType d, int64_t to) {
  if (to == std::numeric_limits<int64_t>::min()) return to;
  int64_t stored = through(d, to - 1);
  return stored >= to ? stored - spacing(d, to - 1) : to;
}

void check_bound(const char* name, int64_t v, DType d) {
  Extent e = extent_of(d);
  bool inside =
      e.bits ? double(v) >= e.low && double(v) <= e.high : v >= e.whole_low && v <= e.whole_high;
  if (!inside) fail(name, " is out of bounds for ", c_name_of(d));
  if (e.bits && e.bits < 63) {
    int64_t most = int64_t(1) << e.bits;
    if (v < -most || v > most)
      warn(std::string(name) + " is out of bounds [-(2^" + std::to_string(e.bits) + "), 2^" +
           std::to_string(e.bits) + "]. Due to precision limitations " + std::string(c_name_of(d)) +
           " can support discrete uniform distribution only within this range. This warning will "
           "become an error in version 1.7 release, please fix the code in advance");
  }
}

}  // namespace

namespace random_detail {

std::pair<int64_t, uint64_t> whole_range(DType d, int64_t from, std::optional<int64_t> to,
                                         bool check) {
  if (to) {
    if (check && from >= *to)
      fail("random_ expects 'from' to be less than 'to', but got from=", from, " >= to=", *to);
    if (is_floating(d)) {
      from = moved_up(d, from), to = moved_down(d, *to);
      if (check && from >= *to)
        fail(
            "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got "
            "from=",
            from, " >= to=", *to);
    }
    if (check) {
      if (is_complex(d))
        fail("check_random_bounds handles only integral, floating-point and boolean types");
      check_bound("from", from, d);
      check_bound("to - 1", *to - 1, d);
    }
    return {from, uint64_t(*to) - uint64_t(from)};
  }
  if (from == std::numeric_limits<int64_t>::min()) {
    if (check && d != DType::int64 && d != DType::float64 && d != DType::float32 &&
        d != DType::bfloat16)
      fail("random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16");
    return {from, 0};
  }
  int64_t last;
  if (is_floating(d)) {
    last = int64_t(1) << extent_of(d).bits;
    from = moved_up(d, from);
    if (check && from >= last)
      fail(
          "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to "
          "dtype, but got from=",
          from, " > to_inc=", last);
  } else if (is_complex(d)) {
    fail("random_from_to_impl handles only integral, floating-point and boolean types");
  } else {
    last = extent_of(d).whole_high;
  }
  if (check) check_bound("from", from, d), check_bound("to - 1", last, d);
  return {from, uint64_t(last) - uint64_t(from) + 1};
}

}  // namespace random_detail

namespace ops {

Tensor Filling::backward(Grad g) { return zeros_like(g); }

void Uniform::check_attrs(const Tensor& self, const Attrs& a) {
  const DType d = real_of(self.dtype());
  check_floating("check_uniform_bounds", d);
  const Extent e = extent_of(d);
  if (!(a.from >= e.low && a.from <= e.high)) fail("from is out of bounds for ", c_name_of(d));
  if (!(a.to >= e.low && a.to <= e.high)) fail("to is out of bounds for ", c_name_of(d));
  if (!(a.from <= a.to))
    fail("uniform_ expects to return a [from, to) range, but found from=", short_text(a.from),
         " > to=", short_text(a.to));
  if (!(a.to - a.from <= e.high))
    fail("uniform_ expects to-from <= std::numeric_limits<", word_of(d),
         ">::max(), but found to=", short_text(a.to), " and from=", short_text(a.from),
         " which result in to-from to exceed the limit");
}
void Normal::check_attrs(const Tensor& self, const Attrs& a) {
  if (!(a.std >= 0)) fail("normal expects std >= 0.0, but found std ", short_text(a.std));
  check_floating("normal_kernel_cpu", real_of(self.dtype()));
}
void Random::check_attrs(const Tensor& self, const Attrs&) {
  check_common_real("random_kernel_cpu", self.dtype());
}
void RandomRange::check_attrs(const Tensor& self, const Attrs& a) {
  random_detail::whole_range(self.dtype(), a.from, a.to, true);
}
void RandomTo::check_attrs(const Tensor& self, const Attrs& a) {
  random_detail::whole_range(self.dtype(), 0, a.to, true);
}
void Exponential::check_attrs(const Tensor& self, const Attrs& a) {
  if (!(a.lambd > 0))
    fail("exponential_ expects lambda > 0.0, but found lambda=", short_text(a.lambd));
  if (!is_floating(self.dtype()))
    fail(
        "Exponential distribution is a continuous probability distribution. dtype must be a "
        "floating "
        "point but you specified ",
        word_of(self.dtype()));
}
void Geometric::check_attrs(const Tensor& self, const Attrs& a) {
  if (!(a.p > 0 && a.p < 1))
    fail("geometric_ expects p to be in (0, 1), but got p=", short_text(a.p));
  if (self.dtype() == DType::boolean) fail_dtype("geometric_cpu", self.dtype());
  check_common_real("geometric_cpu", self.dtype());
}
void Cauchy::check_attrs(const Tensor& self, const Attrs& a) {
  if (!(a.sigma > 0)) fail("cauchy_ expects sigma > 0.0, but found sigma=", short_text(a.sigma));
  if (!is_floating(self.dtype()))
    fail(
        "Cauchy distribution is a continuous probability distribution. dtype must be a floating "
        "point "
        "but you specified ",
        c_name_of(self.dtype()));
}
void LogNormal::check_attrs(const Tensor& self, const Attrs& a) {
  if (!(a.std > 0)) fail("log_normal_ expects std > 0.0, but found std=", short_text(a.std));
  check_floating("log_normal_cpu", self.dtype());
}

// ---- zeros and ones ----

namespace {
void check_probability(const Tensor& self, double p) {
  if (!(p >= 0 && p <= 1)) fail("bernoulli_ expects p to be in [0, 1], but got p=", short_text(p));
  check_common_real("bernoulli_scalar_cpu_", self.dtype());
}
Dims like(const Tensor& x) { return x.is_contiguous() ? Dims() : strides_like(x, x.sizes()); }
}  // namespace

void Bernoulli::check_attrs(const Tensor& self, const Attrs& a) { check_probability(self, a.p); }

Meta BernoulliTensor::infer(Args in, const Attrs&) {
  const Tensor &self = in[0], &p = in[1];
  check_common_real("bernoulli_tensor_cpu_self_", self.dtype());
  check_floating("bernoulli_tensor_cpu_p_", p.dtype());
  {
    NoGradGuard raw;
    borrowed::expand(p, self.sizes());  // fails unless p can be broadcast
  }
  return {self.sizes(), self.dtype(), like(self)};
}
GradsOf<2> BernoulliTensor::backward(Grad g, Shape<1> p, Type<1> dtype, Needs need) {
  return {need[0] ? zeros_like(g) : Tensor(),
          need[1] ? zeros(p, {.dtype = dtype.dtype, .device = g.device()}) : Tensor()};
}

Meta BernoulliSample::infer(Args in, const Attrs& a) {
  if (a.p) check_probability(in[0], *a.p);
  else check_floating("bernoulli_tensor_cpu_p_", in[0].dtype());
  return {in[0].sizes(), in[0].dtype()};
}
Tensor BernoulliSample::backward(Grad g) { return zeros_like(g); }

Meta DropoutMask::infer(Args in, const Attrs& a) {
  if (!(a.p >= 0 && a.p <= 1))
    fail("dropout probability has to be between 0 and 1, but got ", short_text(a.p));
  check_floating("bernoulli_scalar_cpu_", in[0].dtype());
  return {in[0].sizes(), in[0].dtype(), like(in[0])};
}

// ---- samples ----

Meta Multinomial::infer(Args in, const Attrs& a) {
  const Tensor& x = in[0];
  if (x.dim() != 1 && x.dim() != 2) fail("prob_dist must be 1 or 2 dim");
  if (!is_floating(x.dtype()))
    fail("multinomial only supports floating-point dtypes for input, got: ", word_of(x.dtype()));
  if (a.num_samples <= 0) fail("cannot sample n_sample <= 0 samples");
  if (!a.replacement && a.num_samples > x.size(-1))
    fail("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  if (x.size(-1) == 0)
    fail(
        "aminmax(): cannot compute aminmax over an empty dimension as the operation has no "
        "identity.");
  if (x.dim() == 1) return {{a.num_samples}, DType::int64};
  return {{x.size(0), a.num_samples}, DType::int64};
}

Meta Poisson::infer(Args in, const Attrs&) {
  check_floating("poisson_cpu", in[0].dtype());
  return {in[0].sizes(), in[0].dtype()};
}
Tensor Poisson::backward(Grad g) { return zeros_like(g); }

Meta StandardGamma::infer(Args in, const Attrs&) {
  check_floating("gamma_cpu", in[0].dtype());
  return {in[0].sizes(), in[0].dtype()};
}
Tensor StandardGamma::backward(Grad g, In<0> shape, Out<0> sample) {
  if (grad_enabled() && tracked(shape)) fail_no_gradient("_standard_gamma_grad");
  return g * standard_gamma_grad(shape, sample);
}
Meta StandardGammaGrad::infer(Args in) { return {in[1].sizes(), in[1].dtype()}; }
Meta Binomial::infer(Args in, const Attrs&) {
  check_floating("binomial_cpu", in[0].dtype());
  if (in[0].dtype() != in[1].dtype())
    fail("binomial(): expected count and prob of one dtype, found ", word_of(in[0].dtype()),
         " and ", word_of(in[1].dtype()));
  return {broadcast(in), in[0].dtype()};
}
GradsOf<2> Binomial::backward(Grad g) { return {zeros_like(g), zeros_like(g)}; }

namespace {
void check_deviations(const Tensor& std) {
  if (is_complex(std.dtype())) fail("normal expects standard deviation to be non-complex");
}
}  // namespace
Meta NormalTensors::infer(Args in, const Attrs&) {
  check_deviations(in[1]);
  check_floating("normal_kernel_cpu", real_of(in[0].dtype()));
  return {broadcast(in), in[0].dtype()};
}
GradsOf<2> NormalTensors::backward(Grad g, Shapes shapes, Type<0> mean, Type<1> std, Needs need) {
  return {need[0] ? zeros(shapes[0], {.dtype = mean.dtype, .device = g.device()}) : Tensor(),
          need[1] ? zeros(shapes[1], {.dtype = std.dtype, .device = g.device()}) : Tensor()};
}
Meta NormalMeans::infer(Args in, const Attrs& a) {
  if (!(a.std >= 0)) fail("normal expects std >= 0.0, but found std ", short_text(a.std));
  check_floating("normal_kernel_cpu", real_of(in[0].dtype()));
  return {in[0].sizes(), in[0].dtype()};
}
Tensor NormalMeans::backward(Grad g) { return zeros_like(g); }
Meta NormalDeviations::infer(Args in, const Attrs&) {
  check_deviations(in[0]);
  check_floating("normal_kernel_cpu", in[0].dtype());
  return {in[0].sizes(), in[0].dtype()};
}
Tensor NormalDeviations::backward(Grad g) { return zeros_like(g); }

// ---- factories ----

namespace {

Tensor blank(const Dims& sizes, DType dtype, const TensorOptions& o) {
  for (int64_t n : sizes)
    if (n < 0) fail("Trying to create tensor with negative dimension ", n, ": ", sizes);
  Device device = o.device ? *o.device : default_device();
  if (device.type == DeviceType::cuda) fail("Torch not compiled with CUDA enabled");
  return empty(sizes, o.dtype.value_or(dtype), device);
}
Tensor blank_like(const Tensor& x, const DrawnLike& a) {
  Dims strides = format_strides(a.memory_format, x);
  DType dtype = a.options.dtype.value_or(x.dtype());
  Device device = a.options.device.value_or(x.device());
  if (device.type == DeviceType::cuda) fail("Torch not compiled with CUDA enabled");
  return strides.empty() ? empty(x.sizes(), dtype, device)
                         : empty_strided(x.sizes(), strides, dtype, device);
}
// x, filled by the in-place op, with what the options ask for last.
template <class Op> Tensor filled(Tensor x, const AttrsOf<Op>& a, const TensorOptions& o) {
  {
    NoGradGuard raw;
    detail::run_inplace_with<Op>(a, x);
  }
  return finish_factory(std::move(x), o);
}

}  // namespace

Tensor Rand::forward(const Attrs& a) {
  return filled<Uniform>(blank(a.size, default_dtype(), a.options), {0, 1, a.generator}, a.options);
}
Tensor Randn::forward(const Attrs& a) {
  return filled<Normal>(blank(a.size, default_dtype(), a.options), {0, 1, a.generator}, a.options);
}
Tensor NormalSize::forward(const Attrs& a) {
  return filled<Normal>(blank(a.size, default_dtype(), a.options), {a.mean, a.std, a.generator},
                        a.options);
}
Tensor RandintTo::forward(const Attrs& a) {
  return Randint::forward({0, a.high, a.size, a.generator, a.options});
}
Tensor Randint::forward(const Attrs& a) {
  return filled<RandomRange>(blank(a.size, DType::int64, a.options), {a.low, a.high, a.generator},
                             a.options);
}
Tensor RandLike::forward(const Tensor& x, const Attrs& a) {
  return filled<Uniform>(blank_like(x, a), {0, 1, a.generator}, a.options);
}
Tensor RandnLike::forward(const Tensor& x, const Attrs& a) {
  return filled<Normal>(blank_like(x, a), {0, 1, a.generator}, a.options);
}
Tensor RandintLikeTo::forward(const Tensor& x, const Attrs& a) {
  return RandintLike::forward(x, {0, a.high, a.like});
}
Tensor RandintLike::forward(const Tensor& x, const Attrs& a) {
  return filled<RandomRange>(blank_like(x, a.like), {a.low, a.high, a.like.generator},
                             a.like.options);
}

namespace {
void check_permutation(int64_t n, DType d) {
  if (d == DType::boolean) fail_dtype("randperm", d);
  check_common_real("randperm", d);
  if (d == DType::float16 && n > 2049) fail("n cannot be greater than 2049 for Half type.");
  if (d == DType::float32 && n > (1 << 24) + 1)
    fail("n cannot be greater than 2^24+1 for Float type.");
  if (d == DType::float64 && n > (int64_t(1) << 53) + 1)
    fail("n cannot be greater than 2^53+1 for Double type.");
  if (is_integral(d) && n > extent_of(d).whole_high)
    fail("value cannot be converted to type ", name_of(d), "_t without overflow");
}
}  // namespace

Tensor Randperm::forward(const Attrs& a) {
  Tensor out = blank({a.n}, DType::int64, a.options);
  check_permutation(a.n, out.dtype());
  if (!out.is_meta()) random_detail::permute(out, a.generator);
  return finish_factory(std::move(out), a.options);
}

}  // namespace ops

// ---- C++ ----

Tensor rand(const Dims& sizes, const TensorOptions& o, const GeneratorPtr& g) {
  return ops::Rand::forward({sizes, g, o});
}
Tensor randn(const Dims& sizes, const TensorOptions& o, const GeneratorPtr& g) {
  return ops::Randn::forward({sizes, g, o});
}
Tensor randint(int64_t low, int64_t high, const Dims& sizes, const TensorOptions& o,
               const GeneratorPtr& g) {
  return ops::Randint::forward({low, high, sizes, g, o});
}
Tensor randint(int64_t high, const Dims& sizes, const TensorOptions& o, const GeneratorPtr& g) {
  return ops::Randint::forward({0, high, sizes, g, o});
}
Tensor randperm(int64_t n, const TensorOptions& o, const GeneratorPtr& g) {
  return ops::Randperm::forward({n, g, o});
}
Tensor normal(const Tensor& mean, const Tensor& std, const GeneratorPtr& g) {
  return detail::run_with<ops::NormalTensors>({g}, mean, std);
}
Tensor normal(const Tensor& mean, double std, const GeneratorPtr& g) {
  return detail::run_with<ops::NormalMeans>({std, g}, mean);
}
Tensor normal(double mean, const Tensor& std, const GeneratorPtr& g) {
  return detail::run_with<ops::NormalDeviations>({mean, g}, std);
}
Tensor normal(double mean, double std, const Dims& sizes, const TensorOptions& o,
              const GeneratorPtr& g) {
  return ops::NormalSize::forward({mean, std, sizes, g, o});
}

}  // namespace taeda

TAEDA_FAMILY_IS(Sampling)
