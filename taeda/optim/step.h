// One step of a rule for one parameter: both languages' optimizers call this.
#pragma once
#include "taeda/optim/matrix_rules.h"
#include "taeda/optim/rules.h"

namespace taeda::optim {

// The steps of one group of parameters. Reuses the numbers of a step for parameters that are as
// far.
template <class Rule> class Stepper {
 public:
  using Options = typename Rule::Options;
  // A parameter's state, in the order of Rule::state; null where it keeps none.
  using State = std::array<const Tensor*, state_count<Rule>>;

  // differentiable: the step is computed with recorded ops, so that gradients flow through it.
  explicit Stepper(const Options& options, bool differentiable = false)
      : options_(options), differentiable_(differentiable) {}

  // State i of a parameter before its first step; undefined if it is not kept.
  TAEDA_API Tensor begin(size_t i, const Tensor& p) const;
  // Updates p and its state with gradient g. first: some of the state has just begun.
  // Errors: a state that does not fit its parameter; then nothing has changed.
  TAEDA_API void step(const Tensor& p, const Tensor& g, const State& state, bool first);

 private:
  using Elements = std::array<const Tensor*, state_count<Rule> - Rule::scalars>;
  void run_flat(const Tensor& p, const Tensor& g, const Elements& s, Counters& k, bool first);
  template <class T>
  void run(const Tensor& p, const Tensor& g, const Elements& s, Counters& k, bool first);
  void run_copies(const Tensor& p, const Tensor& g, const Elements& s, Counters& k, bool first);
  void run_tensors(const Tensor& p, const Tensor& g, const Elements& s, Counters& k,
                   bool first) const;
  template <class S> const typename Rule::template Step<S>& numbers(Counters& k, bool first);

  template <class S> struct Last {  // the last numbers, and what they were made from
    std::optional<typename Rule::template Step<S>> step;
    Counters before, after;
    bool first;
  };
  Options options_;
  bool differentiable_;
  Last<float> single_;
  Last<double> double_;
};

// The same for a rule on whole matrices; its steps are not recorded.
template <class Rule> class MatrixStepper {
 public:
  using Options = typename Rule::Options;
  using State = std::array<const Tensor*, state_count<Rule>>;

  explicit MatrixStepper(const Options& options, bool /*differentiable*/ = false)
      : options_(options) {}
  TAEDA_API Tensor begin(size_t i, const Tensor& p) const;
  TAEDA_API void step(const Tensor& p, const Tensor& g, const State& state, bool first);

 private:
  Options options_;
};
template <MatrixRule Rule> class Stepper<Rule> : public MatrixStepper<Rule> {
 public:
  using MatrixStepper<Rule>::MatrixStepper;
};

#define TAEDA_ALL_RULES(X) TAEDA_RULES(X) TAEDA_MATRIX_RULES(X)
#define TAEDA_X(R) extern template class Stepper<rule::R>;
TAEDA_RULES(TAEDA_X)
#undef TAEDA_X
#define TAEDA_X(R) extern template class MatrixStepper<rule::R>;
TAEDA_MATRIX_RULES(TAEDA_X)
#undef TAEDA_X

}  // namespace taeda::optim
