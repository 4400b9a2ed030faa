// Gradients checked against central differences.
//
//   Tensor x = randn({3}, {.dtype = float64, .requires_grad = true}), w = ...;
//   gradcheck([](const Tensor& x, const Tensor& w) { return (x * w).sin(); }, {x, w});
//
// The function takes the tensors one by one or as a TensorList, and returns a Tensor or a
// TensorList. Gradients are checked for the inputs that require one, which should be float64 or
// complex128. A complex number z = x + iy counts as two real ones; its gradient is d/dx + i d/dy.
#pragma once
#include <functional>
#include <utility>

#include "taeda/autograd/node.h"

namespace taeda {

struct TAEDA_API GradcheckError : Error {
  using Error::Error;
};
struct GradcheckOptions {
  double eps = 1e-6;                 // the step of the differences
  double atol = 1e-5, rtol = 1e-3;   // |gradient - difference| <= atol + rtol * |difference|
  bool raise_exception = true;       // false: gives false for a wrong gradient
  double nondet_tol = 0;             // how far two runs of one backward may lie apart
  bool check_undefined_grad = true;  // backward must take outputs without gradient for zeros
};
using GradcheckFunction = std::function<TensorList(const TensorList&)>;

// Throws GradcheckError, with both matrices, where a gradient is not the derivative; ValueError if
// no input requires a gradient.
TAEDA_API bool gradcheck_list(const GradcheckFunction& f, const TensorList& inputs,
                              const GradcheckOptions& o);
// The same of the gradient, whose own inputs are the gradients of the outputs as well, random
// unless given.
TAEDA_API bool gradgradcheck_list(const GradcheckFunction& f, const TensorList& inputs,
                                  const TensorList& grad_outputs, const GradcheckOptions& o);

namespace detail {
template <size_t> using TensorAt = const Tensor&;
template <class F, size_t... i> constexpr bool takes_tensors(std::index_sequence<i...>) {
  return std::invocable<F&, TensorAt<i>...>;
}
template <class F, int n = 0> constexpr int tensors_taken() {
  static_assert(n < 9, "the function takes a TensorList, or up to eight tensors");
  if constexpr (takes_tensors<F>(std::make_index_sequence<n>())) return n;
  else return tensors_taken<F, n + 1>();
}
template <class F> GradcheckFunction gradcheck_function(F f) {
  auto list = [](auto out) {
    if constexpr (std::same_as<decltype(out), Tensor>) return TensorList{std::move(out)};
    else return TensorList(out.begin(), out.end());
  };
  if constexpr (std::invocable<F&, const TensorList&>) {
    return [f = std::move(f), list](const TensorList& in) mutable { return list(f(in)); };
  } else {
    return [f = std::move(f), list](const TensorList& in) mutable {
      constexpr int n = tensors_taken<F>();
      if (in.size() != size_t(n))
        fail<TypeError>("gradcheck: the function takes ", int(n), " tensors, given were ",
                        in.size());
      return [&]<size_t... i>(std::index_sequence<i...>) { return list(f(in[i]...)); }
      (std::make_index_sequence<size_t(n)>());
    };
  }
}
}  // namespace detail

template <class F> bool gradcheck(F f, const TensorList& inputs, const GradcheckOptions& o = {}) {
  return gradcheck_list(detail::gradcheck_function(std::move(f)), inputs, o);
}
template <class F>
bool gradgradcheck(F f, const TensorList& inputs, const TensorList& grad_outputs = {},
                   const GradcheckOptions& o = {}) {
  return gradgradcheck_list(detail::gradcheck_function(std::move(f)), inputs, grad_outputs, o);
}

}  // namespace taeda
