// Optimizers and schedules for Python. Groups, state and schedulers are the plain dicts and objects
// of the Python classes; one call here steps all parameters.
#include <nanobind/stl/string.h>

#include "bind.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"
#include "taeda/optim/schedules.h"
#include "taeda/optim/step.h"

namespace taeda::python {

namespace {

using namespace taeda::optim;

PyObject* intern(std::string_view s) { return PyUnicode_InternFromString(std::string(s).c_str()); }
// The names of T's fields as interned strings, made once.
template <class T> const auto& interned_fields() {
  static const auto names = [] {
    std::array<PyObject*, size_t(field_count<T>())> out{};
    auto from = field_names<T>();
    for (size_t i = 0; i < out.size(); i++) out[i] = intern(from[i]);
    return out;
  }();
  return names;
}

// dict[key], borrowed; null if missing.
PyObject* find(PyObject* dict, PyObject* key) {
  PyObject* v = PyDict_GetItemWithError(dict, key);
  if (!v && PyErr_Occurred()) throw nb::python_error();
  return v;
}

// ---- values of options ----

double number_of(PyObject* o) {
  if (PyFloat_CheckExact(o)) [[likely]]
    return PyFloat_AS_DOUBLE(o);
  if (is_tensor(o)) return tensor_of(o).item<double>();
  double v = PyFloat_AsDouble(o);
  if (v == -1 && PyErr_Occurred()) throw nb::python_error();
  return v;
}
void read_value(PyObject* o, double& to) { to = number_of(o); }
void read_value(PyObject* o, schedule::Epochs& to) { to = number_of(o); }
void read_value(PyObject* o, bool& to) {
  int yes = PyObject_IsTrue(o);
  if (yes < 0) throw nb::python_error();
  to = yes;
}
void read_value(PyObject* o, int64_t& to) {
  to = PyLong_AsLongLong(o);
  if (to == -1 && PyErr_Occurred()) throw nb::python_error();
}
// The n items of a sequence.
nb::object items_of(PyObject* o, Py_ssize_t n, const char* wrong) {
  nb::object items = nb::steal(PySequence_Fast(o, wrong));
  if (!items.is_valid()) throw nb::python_error();
  if (PySequence_Fast_GET_SIZE(items.ptr()) != n) fail<ValueError>(wrong);
  return items;
}
double item_of(const nb::object& items, Py_ssize_t i) {
  return number_of(PySequence_Fast_GET_ITEM(items.ptr(), i));
}
void read_value(PyObject* o, Pair& to) {
  nb::object items = items_of(o, 2, "expected a pair of numbers");
  to = {item_of(items, 0), item_of(items, 1)};
}
void read_value(PyObject* o, OptionalPair& to) {
  nb::object items = items_of(o, 2, "expected a pair of numbers");
  to = {{}, item_of(items, 1)};
  if (PySequence_Fast_GET_ITEM(items.ptr(), 0) != Py_None) to.first = item_of(items, 0);
}
void read_value(PyObject* o, std::array<double, 3>& to) {
  nb::object items = items_of(o, 3, "Coefficients must be a tuple of exactly 3 values");
  for (size_t i = 0; i < 3; i++) to[i] = item_of(items, Py_ssize_t(i));
}
template <class W> void read_value(PyObject* o, Choice<W>& to) {  // None: the first word
  to = o == Py_None ? Choice<W>() : Choice<W>(std::string_view(nb::cast<std::string>(nb::str(o))));
}
void read_value(PyObject* o, std::vector<double>& to) {  // a Counter: how often each number counts
  to.clear();
  PyObject *key, *count;
  for (Py_ssize_t at = 0; PyDict_Next(o, &at, &key, &count);)
    to.insert(to.end(), size_t(std::max(0.0, number_of(count))), number_of(key));
}

// Options from a dict; what it lacks keeps its default.
template <class Options> Options options_from(PyObject* dict) {
  Options options;
  options.fields([&, i = size_t(0)](auto&... field) mutable {
    (
        [&] {
          if (PyObject* v = find(dict, interned_fields<Options>()[i++])) read_value(v, field);
        }(),
        ...);
  });
  return options;
}

nb::object to_python(double x) { return nb::float_(x); }
nb::object to_python(bool x) { return nb::bool_(x); }
nb::object to_python(int64_t x) { return nb::int_(x); }
nb::object to_python(const Pair& p) { return nb::make_tuple(p.first, p.second); }
nb::object to_python(const OptionalPair& p) {
  return nb::make_tuple(p.first ? to_python(*p.first) : nb::none(), p.second);
}
nb::object to_python(const std::array<double, 3>& a) { return nb::make_tuple(a[0], a[1], a[2]); }
template <class W> nb::object to_python(const Choice<W>&) { return nb::none(); }

// The address of number i of a pair, if it is one.
const double* number_at(const Pair& p, size_t i) { return &p[i]; }
const double* number_at(const OptionalPair& p, size_t i) {
  return i ? &p.second : p.first ? &*p.first : nullptr;
}

// For errors: an option's value as the caller wrote it.
template <class Options> struct Written {
  const Options& options;
  PyObject* dict;
  static std::string find(const void* context, const double& wanted) {
    auto& self = *static_cast<const Written*>(context);
    nb::object found;
    self.options.fields([&, i = size_t(0)](const auto&... field) mutable {
      (
          [&] {
            nb::handle v = PyDict_GetItemWithError(self.dict, interned_fields<Options>()[i++]);
            if (!v.is_valid()) return;
            if constexpr (std::is_same_v<decltype(field), const double&>) {
              if (&field == &wanted) found = nb::borrow(v);
            } else if constexpr (requires { number_at(field, 0); }) {
              for (size_t k = 0; k < 2; k++)
                if (number_at(field, k) == &wanted) found = nb::object(v[k]);
            }
          }(),
          ...);
    });
    if (!found.is_valid() || is_tensor(found.ptr())) return text(wanted);
    nb::object shown = nb::steal(PyObject_Format(found.ptr(), nullptr));
    if (!shown.is_valid()) throw nb::python_error();
    return nb::cast<std::string>(shown);
  }
};

// ---- steps ----

struct Keys {
  PyObject* params = intern("params");
  PyObject* differentiable = intern("differentiable");
  PyObject* lr = intern("lr");
};
const Keys& keys() {
  static const Keys k;
  return k;
}

// f(p, index) for the parameters of a group. Code that f runs may change the list.
template <class F> void for_each_param(PyObject* group, F f) {
  if (!PyDict_Check(group))
    fail<TypeError>("param_group must be a dict, but got ", Py_TYPE(group)->tp_name);
  PyObject* found = find(group, keys().params);
  if (!found) throw nb::key_error("params");
  nb::object params = nb::steal(PySequence_Fast(found, "params must be a list"));
  if (!params.is_valid()) throw nb::python_error();
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(params.ptr()); i++) {
    nb::object p = nb::borrow(PySequence_Fast_GET_ITEM(params.ptr(), i));
    if (!is_tensor(p.ptr()))
      fail<TypeError>("optimizer can only optimize Tensors, but one of the params is ",
                      Py_TYPE(p.ptr())->tp_name);
    f(p.ptr());
  }
}
template <class F> void for_each_group(nb::handle groups, F f) {
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(groups.ptr()); i++) {
    nb::object group = nb::borrow(PyList_GET_ITEM(groups.ptr(), i));
    f(group.ptr());
  }
}

// A parameter's state as the step wants it. Holds on to it: other threads may run meanwhile.
template <class Rule> struct Kept {
  typename Stepper<Rule>::State tensors{};
  bool begun = false;

  Kept(const Stepper<Rule>& stepper, const bool* kept, PyObject* p, PyObject* state) {
    nb::object own = nb::borrow(find(state, p));
    if (!own.is_valid()) {
      own = nb::dict();
      if (PyDict_SetItem(state, p, own.ptr()) < 0) throw nb::python_error();
    } else if (!PyDict_Check(own.ptr())) {
      fail<TypeError>("the state of a parameter must be a dict, but is ",
                      Py_TYPE(own.ptr())->tp_name);
    }
    for (size_t i = 0; i < tensors.size(); i++) {
      if (!kept[i]) continue;
      PyObject* v = find(own.ptr(), names()[i]);
      objects[i] = v && v != Py_None ? nb::borrow(v) : begin(stepper, i, p, own.ptr());
      if (!objects[i].is_valid()) continue;
      if (!is_tensor(objects[i].ptr()))
        fail<TypeError>("the state '", Rule::state[i], "' must be a Tensor, but is ",
                        Py_TYPE(v)->tp_name);
      tensors[i] = &tensor_of(objects[i].ptr());
    }
  }

 private:
  static const auto& names() {
    static const auto all = [] {
      std::array<PyObject*, state_count<Rule>> out{};
      for (size_t i = 0; i < out.size(); i++) out[i] = intern(Rule::state[i]);
      return out;
    }();
    return all;
  }
  nb::object begin(const Stepper<Rule>& stepper, size_t i, PyObject* p, PyObject* own) {
    Tensor first = stepper.begin(i, tensor_of(p));
    if (!first.defined()) return {};  // this parameter keeps none
    nb::object made = nb::steal(wrap(first));
    if (PyDict_SetItem(own, names()[i], made.ptr()) < 0) throw nb::python_error();
    begun = true;
    return made;
  }
  std::array<nb::object, state_count<Rule>> objects;
};

template <class Rule> void step_group(PyObject* group, PyObject* state, bool only_begin) {
  using Options = typename Rule::Options;
  if (!PyDict_Check(group))
    fail<TypeError>("param_group must be a dict, but got ", Py_TYPE(group)->tp_name);
  Options options = options_from<Options>(group);
  bool differentiable = false;
  if (PyObject* v = find(group, keys().differentiable)) read_value(v, differentiable);
  if (differentiable)
    if (PyObject* lr = find(group, keys().lr); lr && is_tensor(lr) && tensor_of(lr).requires_grad())
      fail<NotImplementedError>(Rule::name, ": gradients with respect to lr are not supported");

  bool kept[state_count<Rule>], any = false;
  for (size_t i = 0; i < state_count<Rule>; i++) any |= kept[i] = keeps<Rule>(i, options);
  Stepper<Rule> stepper(options, differentiable);
  for_each_param(group, [&](PyObject* p) {
    Tensor g = tensor_of(p).grad();
    if (!g.defined() && !only_begin) return;
    std::optional<Kept<Rule>> own;
    if (any) own.emplace(stepper, kept, p, state);
    if (only_begin) return;
    typename Stepper<Rule>::State tensors = any ? own->tensors : typename Stepper<Rule>::State{};
    bool first = any && own->begun;
    if (g.numel() < kReleaseGil || differentiable)
      return stepper.step(tensor_of(p), g, tensors, first);
    WithoutGil released;
    stepper.step(tensor_of(p), g, tensors, first);
  });
}

// A rule, erased: what the Python classes are made of.
struct RuleFunctions {
  std::string_view name;
  void (*step_group)(PyObject* group, PyObject* state, bool only_begin);
  void (*check)(PyObject* options);
  nb::dict (*defaults)();
  nb::list (*numbers)();
  void (*check_parameter)(const Tensor& p);

  template <class Rule> static RuleFunctions of() {
    using Options = typename Rule::Options;
    return {Rule::name,
            python::step_group<Rule>,
            [](PyObject* dict) {
              Options options = options_from<Options>(dict);
              Written<Options> written{options, dict};
              options.validate({Written<Options>::find, &written});
            },
            [] {
              nb::dict out;
              Options().fields([&, i = size_t(0)](const auto&... field) mutable {
                ((out[nb::handle(interned_fields<Options>()[i++])] = to_python(field)), ...);
              });
              return out;
            },
            [] {
              nb::list out;
              for (size_t i = 0; i < Rule::scalars; i++) out.append(std::string(Rule::state[i]));
              return out;
            },
            [](const Tensor& p) {
              if constexpr (requires { &Rule::check; }) Rule::check(p);
            }};
  }
};
const RuleFunctions* find_rule(const std::string& name) {
  static const RuleFunctions all[] = {
#define TAEDA_X(R) RuleFunctions::of<rule::R>(),
      TAEDA_ALL_RULES(TAEDA_X)
#undef TAEDA_X
  };
  for (auto& r : all)
    if (r.name == name) return &r;
  fail<ValueError>("no rule is called '", name, "'");
}

void step(const RuleFunctions& r, nb::handle groups, nb::handle state, bool only_begin) {
  if (!PyList_Check(groups.ptr())) fail<TypeError>("param_groups must be a list");
  if (!PyDict_Check(state.ptr())) fail<TypeError>("the state of an optimizer must be a dict");
  for_each_group(groups, [&](PyObject* group) { r.step_group(group, state.ptr(), only_begin); });
}

void drop_gradients(nb::handle groups) {
  if (!PyList_Check(groups.ptr())) fail<TypeError>("param_groups must be a list");
  for_each_group(groups, [&](PyObject* group) {
    for_each_param(group, [&](PyObject* p) {
      if (tensor_of(p).grad().defined()) tensor_of(p).set_grad({});
    });
  });
}

// ---- schedules ----

template <class Schedule> Schedule schedule_from(nb::handle scheduler) {
  Schedule out;
  out.fields([&, i = size_t(0)](auto&... field) mutable {
    (read_value(nb::object(scheduler.attr(nb::handle(interned_fields<Schedule>()[i++]))).ptr(),
                field),
     ...);
  });
  if constexpr (requires { out.check(); }) out.check();
  return out;
}

struct ScheduleFunctions {
  std::string_view name;
  void (*check)(nb::handle scheduler);
  nb::list (*next)(nb::handle scheduler);
  nb::list (*closed)(nb::handle scheduler);

  template <class Schedule> static ScheduleFunctions of() {
    return {Schedule::name, [](nb::handle scheduler) { schedule_from<Schedule>(scheduler); },
            [](nb::handle scheduler) {
              auto schedule = schedule_from<Schedule>(scheduler);
              nb::list bases = nb::borrow<nb::list>(scheduler.attr("base_lrs")), out;
              nb::object groups = scheduler.attr("optimizer").attr("param_groups");
              schedule::At at{
                  number_of(nb::object(scheduler.attr("last_epoch")).ptr()),
                  nb::cast<bool>(scheduler.attr("_is_initial")),
                  nb::cast<int64_t>(nb::getattr(scheduler, "_step_count", nb::int_(0))) == 1};
              size_t i = 0;
              for (nb::handle group : groups) {
                if (i == nb::len(bases))
                  fail<ValueError>("the scheduler has ", i, " base_lrs, but there are more groups");
                nb::object lr = group["lr"];
                double before = number_of(lr.ptr());
                double after = schedule.next(before, number_of(nb::object(bases[i++]).ptr()), at);
                out.append(after == before && !is_tensor(lr.ptr()) ? lr
                                                                   : nb::object(nb::float_(after)));
              }
              return out;
            },
            [](nb::handle scheduler) {
              auto schedule = schedule_from<Schedule>(scheduler);
              double epoch = number_of(nb::object(scheduler.attr("last_epoch")).ptr());
              nb::list out;
              for (nb::handle base : scheduler.attr("base_lrs"))
                out.append(schedule.closed(number_of(base.ptr()), epoch));
              return out;
            }};
  }
};
const ScheduleFunctions* find_schedule(const std::string& name) {
  static const ScheduleFunctions all[] = {
#define TAEDA_X(S) ScheduleFunctions::of<schedule::S>(),
      TAEDA_SCHEDULES(TAEDA_X)
#undef TAEDA_X
  };
  for (auto& s : all)
    if (s.name == name) return &s;
  fail<ValueError>("no schedule is called '", name, "'");
}

}  // namespace

void define_lbfgs(nb::module_& optim);

void define_optim(nb::module_& m) {
  nb::module_ optim = m.def_submodule("_optim", "The rules of optimizers and schedules.");
  define_lbfgs(optim);

  nb::class_<RuleFunctions>(optim, "Rule")
      .def("step", [](const RuleFunctions& r, nb::handle groups,
                      nb::handle state) { step(r, groups, state, false); })
      .def("begin", [](const RuleFunctions& r, nb::handle groups,
                       nb::handle state) { step(r, groups, state, true); })
      .def("check", [](const RuleFunctions& r, const nb::dict& options) { r.check(options.ptr()); })
      .def("defaults", [](const RuleFunctions& r) { return r.defaults(); })
      .def("numbers", [](const RuleFunctions& r) { return r.numbers(); })
      .def("check_parameter",
           [](const RuleFunctions& r, nb::handle p) { r.check_parameter(tensor_of(p.ptr())); });
  optim.def("rule", find_rule, nb::rv_policy::reference);
  optim.def("drop_gradients", drop_gradients);

  nb::class_<ScheduleFunctions>(optim, "Schedule")
      .def("check", [](const ScheduleFunctions& s, nb::handle scheduler) { s.check(scheduler); })
      .def("next",
           [](const ScheduleFunctions& s, nb::handle scheduler) { return s.next(scheduler); })
      .def("closed",
           [](const ScheduleFunctions& s, nb::handle scheduler) { return s.closed(scheduler); });
  optim.def("schedule", find_schedule, nb::rv_policy::reference);
  optim.def("anneal", schedule::anneal);
  optim.def("one_cycle_ends", [](int64_t total_steps, double pct_start, bool three_phase) {
    nb::list out;
    for (double end : schedule::one_cycle_ends(total_steps, pct_start, three_phase))
      out.append(end);
    return out;
  });
  optim.def("place_in", [](const nb::list& ends, double step) {
    std::vector<double> numbers;
    for (nb::handle end : ends) numbers.push_back(number_of(end.ptr()));
    auto [phase, part] = schedule::place_in(numbers, step);
    return nb::make_tuple(phase, part);
  });
  optim.def("turn_at", [](double step, double total_size, double step_ratio) {
    auto [cycle, height] = schedule::turn_at(step, total_size, step_ratio);
    return nb::make_tuple(int64_t(cycle), height);
  });
  optim.def("swa_next", schedule::swa_next);
}

}  // namespace taeda::python
