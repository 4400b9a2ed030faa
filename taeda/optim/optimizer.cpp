#include "taeda/optim/optimizer.h"

#include <map>
#include <optional>

#include "taeda/autograd/node.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/views.h"

namespace taeda::optim {

OptimizerBase::~OptimizerBase() = default;

void OptimizerBase::step() {
  update();
  steps_++;
}
void OptimizerBase::zero_grad(bool set_to_none) const {
  for (size_t i = 0; i < group_count(); i++)
    for (const Tensor& p : group_parameters(i)) {
      Tensor g = p.grad();
      if (!g.defined()) continue;
      if (set_to_none) p.set_grad({});
      else g.detach_().zero_();
    }
}
TensorList OptimizerBase::parameters() const {
  TensorList all;
  for (size_t i = 0; i < group_count(); i++) {
    const TensorList& some = group_parameters(i);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}
void OptimizerBase::check_new_group(const TensorList& added) const {
  if (added.empty() && group_count() == 0)
    fail<ValueError>("optimizer got an empty parameter list");
  for (const Tensor& p : added)
    if (!p.defined())
      fail<TypeError>("optimizer can only optimize Tensors, but one of the params is undefined");
    else if (!p.is_leaf() && !retains_grad(p)) fail<ValueError>("can't optimize a non-leaf Tensor");
  for (const Tensor& old : parameters())
    for (const Tensor& p : added)
      if (p.is(old)) fail<ValueError>("some parameters appear in more than one parameter group");
  for (size_t i = 0; i < added.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (added[i].is(added[j]))
        fail<ValueError>("parameter ", i, " appears twice in its parameter group");
}

template <class Rule> Optimizer<Rule>::Optimizer(TensorList params, const Options& options) {
  add_param_group({std::move(params), options});
}
template <class Rule> Optimizer<Rule>::Optimizer(std::vector<Group> groups) {
  if (groups.empty()) fail<ValueError>("optimizer got an empty parameter list");
  for (Group& g : groups) add_param_group(std::move(g));
}
template <class Rule> void Optimizer<Rule>::add_param_group(Group group) {
  group.options.validate();
  check_new_group(group.params);
  states_.emplace_back(group.params.size());
  groups_.push_back(std::move(group));
}

template <class Rule> void Optimizer<Rule>::update() {
  for (size_t i = 0; i < groups_.size(); i++) {
    Group& group = groups_[i];
    states_[i].resize(group.params.size());
    Stepper<Rule> stepper(group.options);
    for (size_t j = 0; j < group.params.size(); j++) {
      const Tensor& p = group.params[j];
      Tensor g = p.grad();
      if (!g.defined()) continue;
      typename Stepper<Rule>::State view{};
      bool first = false;
      for (size_t k = 0; k < view.size(); k++) {
        if (!keeps<Rule>(k, group.options)) continue;
        Tensor& s = states_[i][j][k];
        if (!s.defined()) s = stepper.begin(k, p), first = true;
        view[k] = &s;
      }
      stepper.step(p, g, view, first);
    }
  }
}

template <class Rule>
Tensor Optimizer<Rule>::state(const Tensor& param, std::string_view name) const {
  for (size_t i = 0; i < groups_.size(); i++)
    for (size_t j = 0; j < states_[i].size(); j++)
      for (size_t k = 0; k < state_count<Rule>; k++)
        if (groups_[i].params[j].is(param) && Rule::state[k] == name) return states_[i][j][k];
  return {};
}

// ---- state_dict ----

namespace {

Tensor to_tensor(double x) { return scalar(x, DType::float64); }
Tensor to_tensor(bool x) { return scalar(x, DType::boolean); }
Tensor to_tensor(const Pair& p) {
  Tensor t = empty({2}, DType::float64);
  t.data<double>()[0] = p.first, t.data<double>()[1] = p.second;
  return t;
}
double number_at(const Tensor& t, int64_t i) {
  return (t.dim() ? t[i] : t).template item<double>();
}
void from_tensor(const Tensor& t, double& x) { x = number_at(t, 0); }
void from_tensor(const Tensor& t, bool& x) { x = number_at(t, 0) != 0; }
void from_tensor(const Tensor& t, Pair& p) {
  if (t.numel() != 2) fail<ValueError>("an option of two numbers was saved with ", t.numel());
  p = {number_at(t, 0), number_at(t, 1)};
}
std::string key(const char* what, size_t i, std::string_view name) {
  return std::string(what) + "." + std::to_string(i) + "." + std::string(name);
}

}  // namespace

template <class Rule> NamedTensors Optimizer<Rule>::state_dict() const {
  NamedTensors out;
  size_t index = 0;
  for (auto& group : states_)
    for (auto& state : group) {
      for (size_t k = 0; k < state.size(); k++)
        if (state[k].defined()) out.emplace_back(key("state", index, Rule::state[k]), state[k]);
      index++;
    }
  constexpr auto names = field_names<Options>();
  for (size_t i = 0; i < groups_.size(); i++) {
    out.emplace_back(key("param_groups", i, "params"),
                     scalar(int64_t(groups_[i].params.size()), DType::int64));
    groups_[i].options.fields([&, n = size_t(0)](const auto&... field) mutable {
      (out.emplace_back(key("param_groups", i, names[n++]), to_tensor(field)), ...);
    });
  }
  return out;
}

template <class Rule> void Optimizer<Rule>::load_state_dict(const NamedTensors& saved) {
  std::map<std::string, Tensor, std::less<>> left(saved.begin(), saved.end());
  auto take = [&](const std::string& name) {
    Tensor t;
    if (auto it = left.find(name); it != left.end()) t = it->second, left.erase(it);
    return t;
  };
  NoGradGuard raw;
  auto groups = groups_;
  auto states = states_;
  constexpr auto names = field_names<Options>();
  for (size_t i = 0; i < groups.size(); i++) {
    Tensor count = take(key("param_groups", i, "params"));
    if (!count.defined())
      fail<ValueError>("loaded state dict has a different number of parameter groups");
    if (count.item<int64_t>() != int64_t(groups[i].params.size()))
      fail<ValueError>(
          "loaded state dict contains a parameter group that doesn't match the size of optimizer's "
          "group");
    groups[i].options.fields([&, n = size_t(0)](auto&... field) mutable {
      (
          [&] {
            if (Tensor t = take(key("param_groups", i, names[n++])); t.defined())
              from_tensor(t, field);
          }(),
          ...);
    });
    groups[i].options.validate();
  }
  if (left.contains(key("param_groups", groups.size(), "params")))
    fail<ValueError>("loaded state dict has a different number of parameter groups");
  size_t index = 0;
  for (size_t i = 0; i < groups.size(); i++)
    for (size_t j = 0; j < states[i].size(); j++, index++)
      for (size_t k = 0; k < state_count<Rule>; k++) {
        const Tensor& p = groups[i].params[j];
        Tensor t = take(key("state", index, Rule::state[k]));
        states[i][j][k] = {};
        if (!t.defined()) continue;
        bool number = k < Rule::scalars;
        if (!number && t.sizes() != p.sizes())
          fail<ValueError>("loaded state '", Rule::state[k], "' of parameter ", index, " has size ",
                           t.sizes(), ", but the parameter has size ", p.sizes());
        Tensor copy =
            number ? empty({}, t.dtype())
                   : empty_strided(p.sizes(), strides_like(p, p.sizes()), p.dtype(), p.device());
        states[i][j][k] = copy.copy_(t);
      }
  if (!left.empty())
    fail<ValueError>("loaded state dict has an unexpected entry '", left.begin()->first, "'");
  groups_ = std::move(groups);
  states_ = std::move(states);
}

#define TAEDA_X(R) template class Optimizer<rule::R>;
TAEDA_RULES(TAEDA_X)
#undef TAEDA_X

}  // namespace taeda::optim
