// The CPU kernels of the random ops: fills in memory order, and samples.
#include "taeda/ops/random.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "taeda/cpu/copying.h"
#include "taeda/op/call.h"
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/views.h"
#include "taeda/random/fill.h"

namespace taeda {

namespace {

Generator& source(const GeneratorPtr& g) { return g ? *g : *default_generator(); }

// Calls fill(where, n) on stretches of x's elements, from the lowest address to the highest; of n
// numbers of dtype real_of(x.dtype()), so that a complex element counts twice. Elements with gaps
// between them pass through a tile.
template <class F> void in_memory_order(const Tensor& x, F fill) {
  if (!x.numel()) return;
  const int64_t parts = is_complex(x.dtype()) ? 2 : 1, size = int64_t(size_of(x.dtype()));
  if (is_dense(x)) return fill(x.raw(), x.numel() * parts);

  std::vector<size_t> axes(x.sizes().size());  // innermost last
  std::iota(axes.begin(), axes.end(), size_t(0));
  std::stable_sort(axes.begin(), axes.end(),
                   [&](size_t a, size_t b) { return x.strides()[a] > x.strides()[b]; });
  alignas(16) std::byte tile[4096];
  const int64_t room = int64_t(sizeof tile) / size;
  Dims at(axes.size(), 0);
  std::byte* to = static_cast<std::byte*>(x.raw());
  for (int64_t left = x.numel(); left > 0;) {
    const int64_t n = std::min(room, left);
    fill(tile, n * parts);
    for (int64_t i = 0; i < n; i++) {
      std::memcpy(to, tile + i * size, size_t(size));
      for (size_t k = axes.size(); k-- > 0;) {
        const size_t axis = axes[k];
        to += x.strides()[axis] * size;
        if (++at[axis] < x.sizes()[axis]) break;
        to -= x.strides()[axis] * size * x.sizes()[axis];
        at[axis] = 0;
      }
    }
    left -= n;
  }
}

// In memory order, fill(stream, dtype, where, n), while nobody else draws.
template <class F> void draw(const Tensor& x, const GeneratorPtr& g, F fill) {
  const DType d = real_of(x.dtype());
  source(g).use(
      [&](Stream& s) { in_memory_order(x, [&](void* p, int64_t n) { fill(s, d, p, n); }); });
}

void draw_normal(const Tensor& x, double mean, double std, const GeneratorPtr& g) {
  if (is_complex(x.dtype())) std /= std::sqrt(2.0);
  draw(x, g, [&](Stream& s, DType d, void* p, int64_t n) {
    if (n >= 16 && x.is_contiguous()) fills::normal_blocks(s, d, p, n, mean, std);
    else fills::normal(s, d, p, n, mean, std);
  });
}
void draw_whole(const Tensor& x, int64_t from, std::optional<int64_t> to, const GeneratorPtr& g) {
  auto [low, count] = random_detail::whole_range(x.dtype(), from, to, false);
  draw(x, g, [low = low, count = count](Stream& s, DType d, void* p, int64_t n) {
    if (count) fills::integers(s, d, p, n, count, low);
    else fills::all_bits(s, d, p, n);
  });
}

// One row of probabilities, read as C.
template <class T, class C> void read_row(const Tensor& p, int64_t row, std::vector<C>& into) {
  const bool matrix = p.dim() == 2;
  const T* x = p.data<T>() + (matrix ? row * p.strides()[0] : 0);
  const int64_t step = p.strides()[matrix ? 1 : 0];
  for (size_t i = 0; i < into.size(); i++) into[i] = C(x[int64_t(i) * step]);
}
template <class F> void visit_probability(DType d, F f) {  // f<element type, type to compute in>()
  visit(d, [&]<class T>() {
    if constexpr (std::is_same_v<T, double>) f.template operator()<double, double>();
    else if constexpr (std::is_same_v<Compute<T>, float>) f.template operator()<T, float>();
  });
}

struct Table {
  int64_t rows, n, draws;
  Table(const Tensor& p, int64_t draws)
      : rows(p.dim() == 2 ? p.sizes()[0] : 1), n(p.sizes().back()), draws(draws) {}
};

// Every row is checked before a word is drawn.
template <class T, class C> void check_row(const std::vector<C>& row, bool replacement) {
  C sum = 0;
  for (C v : row) {
    if (!replacement && !(v >= 0 && std::isfinite(v)))
      fail("probability tensor contains either `inf`, `nan` or element < 0");
    if (!(v >= 0)) fail("invalid multinomial distribution (encountering probability entry < 0)");
    if (!std::isfinite(v))
      fail("invalid multinomial distribution (encountering probability entry = infinity or NaN)");
    sum += v;
  }
  if (!(sum > 0)) fail("invalid multinomial distribution (sum of probabilities <= 0)");
}

template <class T, class C>
void with_replacement(Stream& s, const Tensor& p, int64_t* out, const Table& t) {
  std::vector<C> row(size_t(t.n));
  for (int64_t i = 0; i < t.rows; i++, out += t.draws) {
    read_row<T>(p, i, row);
    C sum = 0;
    for (C& v : row) v = sum += v;
    for (C& v : row) v /= sum;
    row.back() = 1;
    fills::categories(s, row.data(), t.n, out, t.draws);
  }
}

// The greatest of P / q, q exponential: the first of each row, or as many as are asked for.
template <class T, class C>
void without_replacement(const Tensor& p, const Tensor& q, int64_t* out, const Table& t) {
  struct Entry {
    C value;
    int64_t index;
  };
  auto before = [](const Entry& a, const Entry& b) {
    return (std::isnan(a.value) && !std::isnan(b.value)) || a.value > b.value;
  };
  std::vector<C> weight(size_t(t.n)), divisor(size_t(t.n));
  std::vector<Entry> row(size_t(t.n));
  for (int64_t i = 0; i < t.rows; i++) {
    read_row<T>(p, i, weight);
    read_row<T>(q, i, divisor);
    for (size_t k = 0; k < row.size(); k++) row[k] = {C(T(weight[k] / divisor[k])), int64_t(k)};
    // These algorithms, for that they settle ties as PyTorch's topk does.
    auto end = row.begin() + t.draws;
    if (t.draws == 1) {
      *out++ = std::min_element(row.begin(), row.end(), before)->index;
      continue;
    }
    if (t.draws * 64 <= t.n) {
      std::partial_sort(row.begin(), end, row.end(), before);
    } else {
      std::nth_element(row.begin(), end - 1, row.end(), before);
      std::sort(row.begin(), end - 1, before);
    }
    for (int64_t k = 0; k < t.draws; k++) *out++ = row[size_t(k)].index;
  }
}

}  // namespace

void random_detail::permute(const Tensor& x, const GeneratorPtr& g) {
  source(g).use([&](Stream& s) { fills::permutation(s, x.dtype(), x.raw(), x.numel()); });
}

template <> void pointwise_cpu<ops::Uniform>(Args, Outs out, const ops::Uniform::Attrs& a) {
  draw(out[0], a.generator,
       [&](Stream& s, DType d, void* p, int64_t n) { fills::uniform(s, d, p, n, a.from, a.to); });
}
template <> void pointwise_cpu<ops::Normal>(Args, Outs out, const ops::Normal::Attrs& a) {
  draw_normal(out[0], a.mean, a.std, a.generator);
}
template <> void pointwise_cpu<ops::Random>(Args, Outs out, const ops::Random::Attrs& a) {
  draw(out[0], a.generator, fills::whole);
}
template <> void pointwise_cpu<ops::RandomRange>(Args, Outs out, const ops::RandomRange::Attrs& a) {
  draw_whole(out[0], a.from, a.to, a.generator);
}
template <> void pointwise_cpu<ops::RandomTo>(Args, Outs out, const ops::RandomTo::Attrs& a) {
  draw_whole(out[0], 0, a.to, a.generator);
}
template <> void pointwise_cpu<ops::Exponential>(Args, Outs out, const ops::Exponential::Attrs& a) {
  draw(out[0], a.generator,
       [&](Stream& s, DType d, void* p, int64_t n) { fills::exponential(s, d, p, n, a.lambd); });
}
template <> void pointwise_cpu<ops::Geometric>(Args, Outs out, const ops::Geometric::Attrs& a) {
  draw(out[0], a.generator,
       [&](Stream& s, DType d, void* p, int64_t n) { fills::geometric(s, d, p, n, a.p); });
}
template <> void pointwise_cpu<ops::Cauchy>(Args, Outs out, const ops::Cauchy::Attrs& a) {
  draw(out[0], a.generator, [&](Stream& s, DType d, void* p, int64_t n) {
    fills::cauchy(s, d, p, n, a.median, a.sigma);
  });
}
template <> void pointwise_cpu<ops::LogNormal>(Args, Outs out, const ops::LogNormal::Attrs& a) {
  draw(out[0], a.generator, [&](Stream& s, DType d, void* p, int64_t n) {
    fills::log_normal(s, d, p, n, a.mean, a.std);
  });
}
template <> void pointwise_cpu<ops::Bernoulli>(Args, Outs out, const ops::Bernoulli::Attrs& a) {
  draw(out[0], a.generator,
       [&](Stream& s, DType d, void* p, int64_t n) { fills::bernoulli(s, d, p, n, a.p); });
}

namespace {
// `out` is dense: p is laid out like it, so that both are read in memory order.
void draw_each(const Tensor& out, const Tensor& p, const GeneratorPtr& g) {
  Tensor q = empty_strided(out.sizes(), out.strides(), p.dtype());
  cpu::copy_elements(q, p);
  visit_probability(p.dtype(), [&]<class T, class C>() {
    for (const T *v = q.data<T>(), *end = v + q.numel(); v < end; v++)
      if (!(C(*v) >= 0 && C(*v) <= 1))
        fail(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message "
            "be "
            "improved?  If so, please report an enhancement request to PyTorch.)");
  });
  source(g).use([&](Stream& s) {
    fills::bernoulli_each(s, out.dtype(), out.raw(), out.numel(), p.dtype(), q.raw());
  });
}
}  // namespace

namespace ops {

void BernoulliTensor::cpu(Args in, Outs out, const Attrs& a) {
  draw_each(out[0], in[1], a.generator);
}
void BernoulliSample::cpu(Args in, Outs out, const Attrs& a) {
  if (a.p) pointwise_cpu<Bernoulli>(in, out, {*a.p, a.generator});
  else draw_each(out[0], in[0], a.generator);
}
void DropoutMask::cpu(Args, Outs out, const Attrs& a) {
  draw(out[0], a.generator,
       [&](Stream& s, DType d, void* p, int64_t n) { fills::dropout_mask(s, d, p, n, 1 - a.p); });
}

void Multinomial::cpu(Args in, Outs out, const Attrs& a) {
  const Tensor& p = in[0];
  const Table t(p, a.num_samples);
  const bool replacement = a.replacement && t.draws > 1;
  visit_probability(p.dtype(), [&]<class T, class C>() {
    std::vector<C> row(size_t(t.n));
    for (int64_t i = 0; i < t.rows; i++) {
      read_row<T>(p, i, row);
      check_row<T>(row, replacement);
    }
    int64_t* to = out[0].data<int64_t>();
    if (replacement)
      return source(a.generator).use([&](Stream& s) { with_replacement<T, C>(s, p, to, t); });
    Tensor q = empty_strided(p.sizes(), strides_like(p, p.sizes()), p.dtype());
    draw(q, a.generator,
         [](Stream& s, DType d, void* o, int64_t n) { fills::exponential(s, d, o, n, 1); });
    without_replacement<T, C>(p, q, to, t);
  });
}

void Poisson::cpu(Args in, Outs out, const Attrs& a) {
  const Tensor rates = in[0].contiguous();
  visit_probability(rates.dtype(), [&]<class T, class C>() {
    for (const T *v = rates.data<T>(), *end = v + rates.numel(); v < end; v++)
      if (!(C(*v) >= 0)) fail("invalid Poisson rate, expected rate to be non-negative");
  });
  source(a.generator).use([&](Stream& s) {
    fills::poisson_each(s, rates.dtype(), out[0].raw(), rates.numel(), rates.raw());
  });
}

void StandardGamma::cpu(Args in, Outs out, const Attrs& a) {
  const Tensor shapes = in[0].contiguous();
  source(a.generator).use([&](Stream& s) {
    fills::gamma_each(s, shapes.dtype(), out[0].raw(), shapes.numel(), shapes.raw());
  });
}

void StandardGammaGrad::cpu(Args in, Outs out, const NoFields&) {
  Tensor a = empty(in[0].sizes(), DType::float64), x = empty(in[1].sizes(), DType::float64);
  Tensor slope = empty(in[1].sizes(), DType::float64);
  cpu::copy_elements(a, in[0]);
  cpu::copy_elements(x, in[1]);
  for (int64_t i = 0; i < x.numel(); i++)
    slope.data<double>()[i] = fills::gamma_derivative(a.data<double>()[i], x.data<double>()[i]);
  cpu::copy_elements(out[0], slope);
}

void Binomial::cpu(Args in, Outs out, const Attrs& a) {
  const Tensor count = in[0].expand(out[0].sizes()).contiguous();
  const Tensor prob = in[1].expand(out[0].sizes()).contiguous();
  source(a.generator).use([&](Stream& s) {
    fills::binomial_each(s, count.dtype(), out[0].raw(), count.numel(), count.raw(), prob.raw());
  });
}

namespace {
void check_deviations(const Tensor& std) {
  Tensor all = empty(std.sizes(), DType::float64);
  cpu::copy_elements(all, std);
  for (const double *v = all.data<double>(), *end = v + all.numel(); v < end; v++)
    if (!(*v >= 0)) fail("normal expects all elements of std >= 0.0");
}
}  // namespace
void NormalTensors::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  check_deviations(in[1]);
  draw_normal(out[0], 0, 1, a.generator);
  out[0].mul_(in[1]).add_(in[0]);
}
void NormalMeans::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  draw_normal(out[0], 0, a.std, a.generator);
  out[0].add_(in[0]);
}
void NormalDeviations::cpu(Args in, Outs out, const Attrs& a) {
  NoGradGuard raw;
  check_deviations(in[0]);
  draw_normal(out[0], 0, 1, a.generator);
  out[0].mul_(in[0]).add_(Scalar(a.mean));
}

}  // namespace ops
}  // namespace taeda
