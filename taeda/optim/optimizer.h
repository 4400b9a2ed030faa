// Optimizers for C++:
//
//   optim::Adam opt(net.parameters(), {.lr = 1e-3});
//   opt.zero_grad();
//   loss.backward();
//   opt.step();
//
// Parameters form groups with options of their own; state is kept per parameter from its first step
// on.
#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "taeda/optim/step.h"

namespace taeda::optim {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

// What is common to all optimizers; schedulers work on this.
class TAEDA_API OptimizerBase {
 public:
  virtual ~OptimizerBase();
  OptimizerBase(const OptimizerBase&) = delete;
  OptimizerBase& operator=(const OptimizerBase&) = delete;

  // Updates every parameter that has a gradient.
  void step();
  // Calls closure(), which clears the gradients, computes the loss, calls backward() and returns
  // the loss; then steps. Gives the loss.
  template <class Closure> Tensor step(Closure&& closure) {
    Tensor loss = with_gradients(closure);
    step();
    return loss;
  }
  // Drops all gradients, or, with set_to_none = false, fills them with zeros.
  void zero_grad(bool set_to_none = true) const;

  virtual std::string name() const = 0;
  virtual size_t group_count() const = 0;
  virtual const TensorList& group_parameters(size_t group) const = 0;
  virtual double& lr(size_t group) = 0;
  // Its momentum, or beta1; null if the rule has neither.
  virtual double* momentum(size_t group) = 0;
  // The rate that schedulers begin with: the group's when the first of them was made.
  double initial_lr(size_t group);
  void set_initial_lr(size_t group, double lr);
  TensorList parameters() const;  // of all groups
  int64_t steps() const { return steps_; }
  // "SGD (", then the options of each group, sorted by name, as Python prints those that C++ has.
  virtual std::string repr() const = 0;

  // Options and state, by name: "param_groups.0.lr", "state.3.exp_avg" (parameters counted over all
  // groups). Numbers are 0-dim or 1-D float64 tensors. State is shared with the optimizer, not
  // copied.
  virtual NamedTensors state_dict() const = 0;
  // Takes over what state_dict() gave, cast to the parameters' dtypes and copied. ValueError if
  // groups or sizes do not match; then nothing has changed.
  virtual void load_state_dict(const NamedTensors& state) = 0;

 protected:
  OptimizerBase() = default;
  virtual void update() = 0;
  void check_new_group(const TensorList& added) const;
  std::vector<std::optional<double>> initial_lrs_;  // by group; none: without a scheduler

 private:
  template <class Closure> static Tensor with_gradients(Closure& closure) {
    GradMode on(true);
    return closure();
  }
  int64_t steps_ = 0;
};

template <class Rule> class TAEDA_API Optimizer final : public OptimizerBase {
 public:
  using Options = typename Rule::Options;
  struct Group {
    TensorList params = {};
    Options options = {};
  };

  // ValueError: no parameters, options out of range, a parameter that is not a leaf or comes twice.
  explicit Optimizer(TensorList params, const Options& options = {});
  explicit Optimizer(std::vector<Group> groups);
  void add_param_group(Group group);

  std::vector<Group>& param_groups() { return groups_; }
  const std::vector<Group>& param_groups() const { return groups_; }
  // State of a parameter by PyTorch's name, such as "exp_avg"; undefined before its first step.
  Tensor state(const Tensor& param, std::string_view name) const;

  std::string name() const override { return std::string(Rule::name); }
  size_t group_count() const override { return groups_.size(); }
  const TensorList& group_parameters(size_t group) const override { return groups_[group].params; }
  double& lr(size_t group) override { return groups_[group].options.lr; }
  double* momentum(size_t group) override {
    auto& o = groups_[group].options;
    if constexpr (requires { o.betas; }) return &o.betas.first;
    else if constexpr (requires { o.momentum; }) return &o.momentum;
    else return nullptr;
  }
  std::string repr() const override;
  NamedTensors state_dict() const override;
  void load_state_dict(const NamedTensors& state) override;

 private:
  using State = std::array<Tensor, state_count<Rule>>;
  void update() override;

  std::vector<Group> groups_;
  std::vector<std::vector<State>> states_;  // by group, by parameter
};

#define TAEDA_X(R)                          \
  extern template class Optimizer<rule::R>; \
  using R = Optimizer<rule::R>;
TAEDA_ALL_RULES(TAEDA_X)
#undef TAEDA_X

TAEDA_API std::ostream& operator<<(std::ostream& out, const OptimizerBase& optimizer);

}  // namespace taeda::optim
