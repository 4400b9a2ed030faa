// What a rule is: an optimizer said once, for C++ and Python alike. A rule is a struct with
//
//   name               what both languages call it
//   Options            its options and their defaults; validate() refuses values out of range
//   state              names of what it keeps for a parameter: first `scalars` 0-dim numbers, then
//                      tensors shaped like the parameter
//   keeps(i, options)  optional: whether state i is kept with these options
//   initial(i, options)  optional: what state i begins with; 0 if not said
//   Step<S>            the numbers of one step in precision S, made in double from the options, the
//                      0-dim state, which it advances, and whether this is the parameter's first
//   update(p, g, s, c) the formula: a parameter p, its gradient g, its state s, a Step c; written
//                      for whatever values.h says a formula computes with
//
// From it follow the C++ class (optimizer.h), the Python class, its state_dict and its kernels.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "taeda/base/fields.h"

namespace taeda::optim {

// An option of two numbers, such as betas = {0.9, 0.999}.
struct Pair {
  double first, second;
  const double& operator[](size_t i) const { return i ? second : first; }
  bool operator==(const Pair&) const = default;
};
inline std::string text(const Pair& p) {
  return "(" + taeda::text(p.first) + ", " + taeda::text(p.second) + ")";
}

// How an error shows an option's value. Python shows what the caller wrote (1, not 1.0), which it
// finds by the address of the option's field.
struct Show {
  std::string (*find)(const void* context, const double& field) = nullptr;
  const void* context = nullptr;
  std::string operator()(const double& field) const {
    return find ? find(context, field) : taeda::text(field);
  }
};

// The 0-dim state of a parameter while a step is computed; kept in float32 unless the default is
// float64.
struct Counters {
  double value[3];
  bool single;
  double operator[](size_t i) const { return value[i]; }
  double rounded(double x) const { return single ? double(float(x)) : x; }
  double set(size_t i, double x) { return value[i] = rounded(x); }
  double count() { return set(0, value[0] + 1); }  // number 0 counts the steps
};

template <class Rule> inline constexpr size_t state_count = Rule::state.size();
template <class Rule> bool keeps(size_t i, const typename Rule::Options& o) {
  if constexpr (requires { Rule::keeps(i, o); }) return Rule::keeps(i, o);
  else return true;
}
template <class Rule> double initial(size_t i, const typename Rule::Options& o) {
  if constexpr (requires { Rule::initial(i, o); }) return Rule::initial(i, o);
  else return 0;
}

namespace detail {

// Checks that several rules share, with PyTorch's sentences.
inline void check_rate(const double& lr, const Show& show) {
  if (!(lr >= 0)) fail<ValueError>("Invalid learning rate: ", show(lr));
}
inline void check_positive(const char* what, const double& field, const Show& show) {
  if (!(field >= 0)) fail<ValueError>("Invalid ", what, " value: ", show(field));
}
inline void check_betas(const Pair& betas, const Show& show) {
  for (size_t i = 0; i < 2; i++)
    if (!(betas[i] >= 0 && betas[i] < 1))
      fail<ValueError>("Invalid beta parameter at index ", i, ": ", show(betas[i]));
}

// The gradient to descend along: negated to maximize, with the gradient of decay / 2 * |p|^2 added.
template <class V, class Step> V descent(const V& g, const V& p, const Step& c) {
  if (c.decay == 0) return c.maximize ? V(-g) : g;
  return c.maximize ? V(c.decay * p - g) : V(g + c.decay * p);
}

}  // namespace detail
}  // namespace taeda::optim
