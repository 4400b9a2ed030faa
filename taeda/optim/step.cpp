#include "taeda/optim/step.h"

#include "taeda/autograd/node.h"
#include "taeda/ops/copying.h"
#include "taeda/optim/update.h"
#include "taeda/threads/pool.h"

namespace taeda::optim {

namespace {

constexpr int64_t kGrain = 1 << 14;  // elements a thread takes at a time
// Whether elements i of both lie at the same distance from the start, for every i, without gaps.
bool in_step(const Tensor& x, const Tensor& p) {
  if (x.dtype() != p.dtype() || x.device().type != DeviceType::cpu) return false;
  if (x.is_contiguous() && p.is_contiguous()) return true;
  return x.strides() == p.strides() && strides_like(p, p.sizes()) == p.strides();
}

double read_number(const Tensor& x) {
  if (x.dtype() == DType::float32 && x.numel() == 1 && x.device().type == DeviceType::cpu)
    return *x.data<float>();
  return x.item<double>();
}
void write_number(const Tensor& x, double v) {
  if (x.dtype() == DType::float32 && x.numel() == 1 && x.device().type == DeviceType::cpu) {
    *x.data<float>() = float(v);
    bump_version(x);
  } else {
    x.fill_({v});
  }
}

}  // namespace

template <class Rule> Tensor Stepper<Rule>::begin(size_t i, const Tensor& p) const {
  if (!keeps<Rule>(i, options_)) return {};
  NoGradGuard raw;
  double x = initial<Rule>(i, options_);
  if (i < Rule::scalars)
    return scalar(x, default_dtype() == DType::float64 ? DType::float64 : DType::float32);
  Tensor out = empty_strided(p.sizes(), strides_like(p, p.sizes()), p.dtype(), p.device());
  if (is_complex(p.dtype())) return out.fill_({Scalar(std::complex<double>(x, x))}), out;
  return out.fill_({x}), out;
}

template <class Rule>
template <class S>
const typename Rule::template Step<S>& Stepper<Rule>::numbers(Counters& k, bool first) {
  auto& last = [&]() -> Last<S>& {
    if constexpr (std::is_same_v<S, float>) return single_;
    else return double_;
  }();
  bool same = last.step && last.first == first && last.before.single == k.single;
  for (size_t i = 0; i < Rule::scalars; i++) same = same && last.before[i] == k[i];
  if (!same) {
    last.before = k;
    last.step.emplace(options_, k, first);
    last.after = k;
    last.first = first;
  }
  k = last.after;
  return *last.step;
}

template <class Rule>
template <class T>
void Stepper<Rule>::run(const Tensor& p, const Tensor& g, const Elements& s, Counters& k,
                        bool first) {
  constexpr size_t count = std::tuple_size_v<Elements>;
  std::array<T*, count> states{};
  for (size_t j = 0; j < count; j++)
    if (s[j]) states[j] = static_cast<T*>(s[j]->raw());
  T* to = static_cast<T*>(p.raw());
  const T* from = static_cast<const T*>(g.raw());
  const auto& c = numbers<Compute<T>>(k, first);
  const UpdateFn update = update_table().fn[rule_index<Rule>][type_index<T>];
  // A complex number is updated as its two parts.
  int64_t n = p.numel() * int64_t(size_of(p.dtype()) / sizeof(T));
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    void* part[count];
    for (size_t j = 0; j < count; j++) part[j] = states[j] ? states[j] + begin : nullptr;
    update(to + begin, from + begin, part, end - begin, &c);
  });
}

// On tensors that lie in step, whose dtype is p's.
template <class Rule>
void Stepper<Rule>::run_flat(const Tensor& p, const Tensor& g, const Elements& s, Counters& k,
                             bool first) {
  switch (p.dtype()) {
  case DType::float32:
  case DType::complex64: return run<float>(p, g, s, k, first);
  case DType::float64:
  case DType::complex128: return run<double>(p, g, s, k, first);
  case DType::float16: return run<Half>(p, g, s, k, first);
  case DType::bfloat16: return run<BFloat16>(p, g, s, k, first);
  default: fail(Rule::name, ": parameters must be floating or complex, but one is ", p.dtype());
  }
}

// Any layouts and dtypes: on copies that lie in step.
template <class Rule>
void Stepper<Rule>::run_copies(const Tensor& p, const Tensor& g, const Elements& s, Counters& k,
                               bool first) {
  NoGradGuard raw;
  auto copy = [&](const Tensor& x) {
    Tensor y = empty(p.sizes(), p.dtype());
    return y.copy_(x), y;
  };
  Tensor x = copy(p), states[std::tuple_size_v<Elements>];
  Elements copies{};
  for (size_t j = 0; j < s.size(); j++)
    if (s[j]) states[j] = copy(*s[j]), copies[j] = &states[j];
  run_flat(x, copy(g), copies, k, first);
  p.copy_(x);
  for (size_t j = 0; j < s.size(); j++)
    if (s[j]) s[j]->copy_(states[j]);
}

// Any device, and recorded if it is to be differentiated.
template <class Rule>
void Stepper<Rule>::run_tensors(const Tensor& p, const Tensor& g, const Elements& s, Counters& k,
                                bool first) const {
  if (is_complex(p.dtype()))
    fail<NotImplementedError>(Rule::name,
                              ": complex parameters only without differentiable, on the CPU");
  GradMode mode(differentiable_);
  Tensor x = p, states[std::tuple_size_v<Elements>];
  for (size_t j = 0; j < s.size(); j++)
    if (s[j]) states[j] = *s[j];
  typename Rule::template Step<double> c(options_, k, first);
  Rule::update(x, g, states, c);
  p.copy_(x);
  for (size_t j = 0; j < s.size(); j++)
    if (s[j]) s[j]->copy_(states[j]);
}

template <class Rule>
void Stepper<Rule>::step(const Tensor& p, const Tensor& g, const State& state, bool first) {
  Counters k{};
  k.single = true;
  for (size_t i = 0; i < Rule::scalars; i++) {
    k.value[i] = read_number(*state[i]);
    k.single = k.single && state[i]->dtype() == DType::float32;
  }
  Elements elements;
  bool flat = in_step(p, p) && in_step(g, p);
  for (size_t i = Rule::scalars; i < state.size(); i++) {
    const Tensor* s = state[i];
    elements[i - Rule::scalars] = s;
    if (!s) continue;
    if (s->sizes() != p.sizes())
      fail(Rule::name, ": the state '", Rule::state[i], "' has size ", s->sizes(),
           ", but its parameter has size ", p.sizes());
    flat = flat && in_step(*s, p);
  }
  if (g.sizes() != p.sizes())
    fail(Rule::name, ": the gradient has size ", g.sizes(), ", but its parameter has size ",
         p.sizes());

  if (differentiable_ || p.device().type != DeviceType::cpu) {
    run_tensors(p, g, elements, k, first);
  } else if (flat) {
    run_flat(p, g, elements, k, first);
    bump_version(p);
    for (const Tensor* s : elements)
      if (s) bump_version(*s);
  } else {
    run_copies(p, g, elements, k, first);
  }
  for (size_t i = 0; i < Rule::scalars; i++) write_number(*state[i], k[i]);
}

// ---- rules on whole matrices ----

template <class Rule> Tensor MatrixStepper<Rule>::begin(size_t i, const Tensor& p) const {
  NoGradGuard raw;
  auto sizes = Rule::shape(i, p);
  if (!sizes) return {};
  if (i < Rule::scalars) return scalar(0.0, DType::float32);
  Dims strides = *sizes == p.sizes() ? strides_like(p, *sizes) : contiguous_strides(*sizes);
  Tensor out = empty_strided(*sizes, strides, p.dtype(), p.device());
  return out.zero_(), out;
}
template <class Rule>
void MatrixStepper<Rule>::step(const Tensor& p, const Tensor& g, const State& state, bool) {
  NoGradGuard raw;
  for (size_t i = 0; i < state.size(); i++) {
    if (!state[i]) continue;
    auto want = Rule::shape(i, p);
    if (!want || state[i]->sizes() != *want)
      fail(Rule::name, ": the state '", Rule::state[i], "' has size ", state[i]->sizes(),
           ", which does not fit its parameter of size ", p.sizes());
  }
  Rule::step(p, g, state, options_);
}

#define TAEDA_X(R) template class Stepper<rule::R>;
TAEDA_RULES(TAEDA_X)
#undef TAEDA_X
#define TAEDA_X(R) template class MatrixStepper<rule::R>;
TAEDA_MATRIX_RULES(TAEDA_X)
#undef TAEDA_X

}  // namespace taeda::optim
