// L-BFGS: the limited-memory quasi-Newton method of Nocedal and Wright, Numerical Optimization
// (2006), chapter 7, with their line search for the strong Wolfe conditions (chapter 3) if wanted.
// It asks for the loss several times a step, and works on all parameters as one vector.
#pragma once
#include <deque>
#include <functional>
#include <optional>

#include "taeda/optim/rule.h"
#include "taeda/tensor/tensor.h"

namespace taeda::optim {

class TAEDA_API LBFGS {
 public:
  struct Options {
    double lr = 1;
    int64_t max_iter = 20;  // iterations a step
    std::optional<int64_t> max_eval =
        {};                          // evaluations of the loss a step; 1.25 * max_iter if not said
    double tolerance_grad = 1e-7;    // stop when no element of the gradient is greater
    double tolerance_change = 1e-9;  // stop when neither parameters nor loss change more
    int64_t history_size = 100;      // pairs of vectors kept
    bool strong_wolfe = false;       // search along each direction; else the step is lr
    TAEDA_FIELDS(lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size,
                 strong_wolfe)
    void validate(const Show& show = {}) const;
  };
  // What is kept between steps; vectors are 1-D over all parameters.
  struct State {
    int64_t func_evals = 0, n_iter = 0;
    Tensor d;                               // the last direction
    double t = 0;                           // and how far along it
    std::deque<Tensor> old_dirs, old_stps;  // changes of the gradient, and of the parameters
    std::deque<double> ro, al;              // 1 / their products; the last coefficients
    double H_diag = 1;                      // the scale of the first guess of the inverse Hessian
    Tensor prev_flat_grad;
    double prev_loss = 0;
  };
  // Clears the gradients, computes the loss, calls backward() and returns the loss.
  using Closure = std::function<Tensor()>;

  // ValueError: no parameters, options out of range, parameters that are no leaves.
  explicit LBFGS(TensorList params);
  LBFGS(TensorList params, const Options& options);

  // Gives the loss before the step.
  Tensor step(const Closure& closure);
  void zero_grad() const;
  State& state() { return state_; }
  Options options;

 private:
  TensorList params_;
  State state_;
};

// One step on any parameters and state, for both languages.
TAEDA_API Tensor lbfgs_step(const TensorList& params, const LBFGS::Options& options,
                            LBFGS::State& state, const LBFGS::Closure& closure);

}  // namespace taeda::optim
