#include "taeda/optim/optimizer.h"

#include <limits>
#include <map>
#include <ostream>

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
double OptimizerBase::initial_lr(size_t group) {
  if (group >= initial_lrs_.size()) initial_lrs_.resize(group + 1);
  auto& initial = initial_lrs_[group];
  if (!initial) initial = lr(group);
  return *initial;
}
void OptimizerBase::set_initial_lr(size_t group, double lr) {
  if (group >= initial_lrs_.size()) initial_lrs_.resize(group + 1);
  initial_lrs_[group] = lr;
}
std::ostream& operator<<(std::ostream& out, const OptimizerBase& optimizer) {
  return out << optimizer.repr();
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
  if constexpr (requires { &Rule::check; })
    for (const Tensor& p : group.params) Rule::check(p);
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
        if (s.defined()) view[k] = &s;
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

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Tensor to_tensor(double x) { return scalar(x, DType::float64); }
Tensor to_tensor(bool x) { return scalar(x, DType::boolean); }
Tensor to_tensor(int64_t x) { return scalar(x, DType::int64); }
Tensor to_tensor(std::span<const double> list) {
  Tensor t = empty({int64_t(list.size())}, DType::float64);
  std::copy(list.begin(), list.end(), t.data<double>());
  return t;
}
template <size_t n> Tensor to_tensor(const std::array<double, n>& list) {
  return to_tensor(std::span<const double>(list));
}
Tensor to_tensor(const Pair& p) { return to_tensor(std::array{p.first, p.second}); }
Tensor to_tensor(const OptionalPair& p) {  // not a number: none
  return to_tensor(std::array{p.first.value_or(kNone), p.second});
}
template <class W> Tensor to_tensor(const Choice<W>& c) {
  return to_tensor(int64_t(std::ranges::find(W::words, c.word()) - W::words));
}

double number_at(const Tensor& t, int64_t i) {
  return (t.dim() ? t[i] : t).template item<double>();
}
void from_tensor(const Tensor& t, double& x) { x = number_at(t, 0); }
void from_tensor(const Tensor& t, bool& x) { x = number_at(t, 0) != 0; }
void from_tensor(const Tensor& t, int64_t& x) { x = t.item<int64_t>(); }
template <size_t n> void from_tensor(const Tensor& t, std::array<double, n>& list) {
  if (t.numel() != int64_t(n))
    fail<ValueError>("an option of ", n, " numbers was saved with ", t.numel());
  for (size_t i = 0; i < n; i++) list[i] = number_at(t, int64_t(i));
}
void from_tensor(const Tensor& t, Pair& p) {
  std::array<double, 2> list;
  from_tensor(t, list);
  p = {list[0], list[1]};
}
void from_tensor(const Tensor& t, OptionalPair& p) {
  std::array<double, 2> list;
  from_tensor(t, list);
  p = {{}, list[1]};
  if (!std::isnan(list[0])) p.first = list[0];
}
template <class W> void from_tensor(const Tensor& t, Choice<W>& c) {
  size_t i = size_t(t.item<int64_t>());
  if (i >= std::size(W::words)) fail<ValueError>("an option was saved as choice ", i);
  c = W::words[i];
}
Dims strides_of(const Tensor& p, const Dims& sizes) {
  return sizes == p.sizes() ? strides_like(p, sizes) : contiguous_strides(sizes);
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
    if (i < initial_lrs_.size() && initial_lrs_[i])
      out.emplace_back(key("param_groups", i, "initial_lr"), to_tensor(*initial_lrs_[i]));
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
  auto initial_lrs = initial_lrs_;
  initial_lrs.resize(groups.size());
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
    if (Tensor t = take(key("param_groups", i, "initial_lr")); t.defined())
      initial_lrs[i] = number_at(t, 0);
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
        Dims sizes = number ? Dims() : p.sizes();
        if constexpr (MatrixRule<Rule>)
          sizes = Rule::shape(k, p).value_or(Dims{-1});  // none: no size fits
        if ((!number || MatrixRule<Rule>)&&t.sizes() != sizes)
          fail<ValueError>("loaded state '", Rule::state[k], "' of parameter ", index, " has size ",
                           t.sizes(), ", but the parameter has size ", p.sizes());
        Tensor copy = number ? empty({}, t.dtype())
                             : empty_strided(sizes, strides_of(p, sizes), p.dtype(), p.device());
        states[i][j][k] = copy.copy_(t);
      }
  if (!left.empty())
    fail<ValueError>("loaded state dict has an unexpected entry '", left.begin()->first, "'");
  groups_ = std::move(groups);
  states_ = std::move(states);
  initial_lrs_ = std::move(initial_lrs);
}

// ---- printing ----

namespace {

// Whole numbers without a point, as Python prints the defaults.
std::string shown(double x) {
  std::string s = taeda::text(x);
  return s.ends_with(".0") ? s.substr(0, s.size() - 2) : s;
}
std::string shown(bool x) { return taeda::text(x); }
std::string shown(int64_t x) { return taeda::text(x); }
std::string shown(const Pair& p) { return "(" + shown(p.first) + ", " + shown(p.second) + ")"; }
std::string shown(const OptionalPair& p) {
  return "(" + (p.first ? shown(*p.first) : "None") + ", " + shown(p.second) + ")";
}
template <size_t n> std::string shown(const std::array<double, n>& list) {
  std::string out;
  for (double x : list) out += (out.empty() ? "(" : ", ") + shown(x);
  return out + ")";
}
template <class W> std::string shown(const Choice<W>& c) { return std::string(c.word()); }

}  // namespace

template <class Rule> std::string Optimizer<Rule>::repr() const {
  std::string out = name() + " (";
  constexpr auto names = field_names<Options>();
  for (size_t i = 0; i < groups_.size(); i++) {
    std::map<std::string_view, std::string> values;
    groups_[i].options.fields([&, n = size_t(0)](const auto&... field) mutable {
      ((values[names[n++]] = shown(field)), ...);
    });
    if (i < initial_lrs_.size() && initial_lrs_[i]) values["initial_lr"] = shown(*initial_lrs_[i]);
    out += "\nParameter Group " + std::to_string(i) + "\n";
    for (auto& [key, value] : values) out += "    " + std::string(key) + ": " + value + "\n";
  }
  return out + ")";
}

#define TAEDA_X(R) template class Optimizer<rule::R>;
TAEDA_ALL_RULES(TAEDA_X)
#undef TAEDA_X

}  // namespace taeda::optim
