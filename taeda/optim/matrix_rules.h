// Rules that work on a whole matrix, not on its elements. Like other rules (rule.h) they have a
// name, Options, state and scalars; instead of kernels they are made of ops:
//
//   shape(i, p)          sizes of state i of parameter p, which begins with zeros; none if p keeps
//                        none
//   check(p)             optional: refuses a parameter
//   step(p, g, s, o)     one step of p with gradient g and state s
#pragma once
#include "taeda/optim/rule.h"
#include "taeda/tensor/tensor.h"

namespace taeda::optim {

template <class Rule>
concept MatrixRule = requires {
  &Rule::shape;
};

// An option of two numbers, the first of which may be left to the rule.
struct OptionalPair {
  std::optional<double> first;
  double second;
  bool operator==(const OptionalPair&) const = default;
};

namespace rule {

// Adafactor (Shazeer and Stern 2018): Adam's second moment kept as a row and a column whose product
// estimates it.
struct TAEDA_API Adafactor {
  static constexpr std::string_view name = "Adafactor";
  struct Options {
    double lr = 1e-2, beta2_decay = -0.8;
    OptionalPair eps = {{}, 1e-3};  // of the second moment, else its dtype's; of a parameter's size
    double d = 1, weight_decay = 0;
    bool maximize = false;
    TAEDA_FIELDS(lr, beta2_decay, eps, d, weight_decay, maximize)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 4> state{"step", "row_var", "col_var", "variance"};
  static constexpr size_t scalars = 1;
  static std::optional<Dims> shape(size_t i, const Tensor& p);
  static void step(const Tensor& p, const Tensor& g, const std::array<const Tensor*, 4>& s,
                   const Options& o);
};

// Muon (Jordan et al. 2024): momentum whose matrix is made orthogonal by Newton-Schulz iterations,
// in bfloat16.
struct TAEDA_API Muon {
  static constexpr std::string_view name = "Muon";
  struct TAEDA_API Adjust {  // lr by sqrt(max(1, rows / columns)), or 0.2 sqrt(max(rows, columns))
    static constexpr std::string_view words[] = {"original", "match_rms_adamw"};
    [[noreturn]] static void fail(std::string_view word);
  };
  struct Options {
    double lr = 1e-3, weight_decay = 0.1, momentum = 0.95;
    bool nesterov = true;
    std::array<double, 3> ns_coefficients = {3.4445, -4.775, 2.0315};
    double eps = 1e-7;
    int64_t ns_steps = 5;
    Choice<Adjust> adjust_lr_fn = {};
    TAEDA_FIELDS(lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust_lr_fn)
    TAEDA_API void validate(const Show& show = {}) const;
  };
  static constexpr std::array<std::string_view, 1> state{"momentum_buffer"};
  static constexpr size_t scalars = 0;
  static std::optional<Dims> shape(size_t i, const Tensor& p);
  static void check(const Tensor& p);  // ValueError unless it has two dimensions
  static void step(const Tensor& p, const Tensor& g, const std::array<const Tensor*, 1>& s,
                   const Options& o);
};

}  // namespace rule
}  // namespace taeda::optim

// TAEDA_MATRIX_RULES(X): every one of them.
#define TAEDA_MATRIX_RULES(X) X(Adafactor) X(Muon)
