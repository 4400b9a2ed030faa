// Makes the Python type of a C++ layer: its constructor and attributes from the field list of
// Options, its forward from the signature of L::forward.
#pragma once
#include "module.h"

namespace taeda::python {

// ---- options between C++ and Python; `from` is false, perhaps with a Python error, if the value
// does not fit ----

bool option_from(PyObject* o, bool& to);
bool option_from(PyObject* o, int64_t& to);
bool option_from(PyObject* o, std::string& to);
bool option_from(PyObject* o, Scalar& to);
bool option_from(PyObject* o, Dims& to);
bool option_from(PyObject* o, nn::Sizes& to);
bool option_from(PyObject* o, nn::Factors& to);
bool option_from(PyObject* o, nn::Padding& to);
bool option_from(PyObject* o, DType& to);
bool option_from(PyObject* o, Device& to);
bool option_from(PyObject* o, Tensor& to);  // None: undefined
bool option_from(PyObject* o, double& to);
bool option_from(PyObject* o, Ref<Module>& to);
bool option_from(PyObject* o, nn::Activation& to);  // a word, a callable, a module
bool option_from(PyObject* o, nn::Distance& to);
bool option_from(PyObject* o, nn::TensorLike& to);  // a tensor, a number, numbers
bool option_from(PyObject* o, nn::TensorPair& to);
bool option_from(PyObject* o, nn::Sequence& to);  // a tensor, a PackedSequence
template <class T> bool option_from(PyObject* o, std::optional<T>& to) {
  if (o == Py_None) return to.reset(), true;
  return option_from(o, to.emplace());
}
PyObject* option_to(bool v);
PyObject* option_to(int64_t v);
PyObject* option_to(const std::string& v);
PyObject* option_to(const Scalar& v);
PyObject* option_to(const Dims& v);  // a tuple
PyObject* option_to(const nn::Sizes& v);
PyObject* option_to(const nn::Factors& v);
PyObject* option_to(const nn::Padding& v);
PyObject* option_to(DType v);
PyObject* option_to(Device v);
PyObject* option_to(const Tensor& v);
PyObject* option_to(double v);
PyObject* option_to(const Ref<Module>& v);
PyObject* option_to(const nn::Activation& v);
PyObject* option_to(const nn::Distance& v);
PyObject* option_to(const nn::TensorLike& v);
PyObject* option_to(const nn::TensorPair& v);
PyObject* option_to(const nn::Sequence& v);
PyObject* option_to(const nn::AttentionResult& v);
PyObject* option_to(const nn::layer::RecurrentResult& v);
PyObject* option_to(const nn::layer::LstmResult& v);
PyObject* option_to(const nn::AdaptiveResult& v);
template <class T> PyObject* option_to(const std::optional<T>& v) {
  return v ? option_to(*v) : Py_NewRef(Py_None);
}
inline std::string option_text(const nn::Activation& v) { return "'" + v.word + "'"; }
template <class T> std::string option_text(const T& v) {
  nb::object o = nb::steal(option_to(v));
  return nb::cast<std::string>(nb::repr(o));
}
template <class T> inline constexpr const char* option_word = "value";
template <> inline constexpr const char* option_word<bool> = "bool";
template <> inline constexpr const char* option_word<int64_t> = "int";
template <> inline constexpr const char* option_word<std::string> = "str";
template <> inline constexpr const char* option_word<Scalar> = "float";
template <> inline constexpr const char* option_word<nn::Sizes> = "int or tuple of ints";
template <> inline constexpr const char* option_word<nn::Factors> = "float or tuple of floats";
template <> inline constexpr const char* option_word<nn::Padding> = "int, tuple of ints or str";
template <> inline constexpr const char* option_word<DType> = "torch.dtype";
template <> inline constexpr const char* option_word<Device> = "torch.device";
template <> inline constexpr const char* option_word<Tensor> = "Tensor";
template <> inline constexpr const char* option_word<double> = "float";
template <> inline constexpr const char* option_word<Ref<Module>> = "Module";
template <> inline constexpr const char* option_word<nn::Activation> = "str or callable";
template <> inline constexpr const char* option_word<nn::Distance> = "callable";
template <> inline constexpr const char* option_word<nn::TensorLike> = "Tensor or numbers";
template <> inline constexpr const char* option_word<nn::TensorPair> = "tuple of two Tensors";
template <> inline constexpr const char* option_word<nn::Sequence> = "Tensor or PackedSequence";
template <class T> inline constexpr const char* option_word<std::optional<T>> = option_word<T>;

// What a layer called from C++ gave: false if it is of another form.
inline bool result_from(PyObject* o, Tensor& to) { return is_tensor(o) && option_from(o, to); }
bool result_from(PyObject* o, nn::TensorPair& to);
bool result_from(PyObject* o, nn::AttentionResult& to);
bool result_from(PyObject* o, nn::layer::RecurrentResult& to);
bool result_from(PyObject* o, nn::layer::LstmResult& to);
bool result_from(PyObject* o, nn::AdaptiveResult& to);

// ---- constructor ----

// The values of a constructor's parameters; throws TypeError with Python's texts for calls.
struct InitArguments {
  std::vector<PyObject*> values;  // borrowed; null where nothing was given
  InitArguments(const std::string& layer, std::span<const std::string_view> names, size_t required,
                PyObject* args, PyObject* kwargs, bool keyword_only = false);
};
[[noreturn]] void fail_option(const std::string& layer, std::string_view name, const char* want,
                              PyObject* got);
struct LayerMaker {
  nb::module_ module;
  nb::dict bases;
  PyTypeObject* create(const char* name, const char* base, const char* where, initproc init,
                       const std::string& doc) const;
  // Defines the Python type of the layer L as `name`, under the Python class `base`, said to come
  // from taeda.nn.modules.`where`.
  template <class L>
  PyTypeObject* add(const char* name, const char* base, const char* where, const char* doc) const;
};
void make_basic_layers(const LayerMaker& make);
void make_activation_layers(const LayerMaker& make);
void make_spatial_layers(const LayerMaker& make);
void make_resizing_layers(const LayerMaker& make);
void make_losses(const LayerMaker& make);
void make_sequence_layers(const LayerMaker& make);
bool overrides_method(PyObject* o, PyObject* name, PyObject* native);  // a Python class has its own
void call_method(PyObject* o, const char* name);

inline constexpr std::string_view hidden_options[] = {"device", "dtype"};
template <class L> bool is_hidden_option(std::string_view name) {
  for (auto h : hidden_options)
    if (h == name) return true;
  if constexpr (requires { L::init_only; })
    for (std::string_view h : L::init_only)
      if (h == name) return true;
  return false;
}

template <class L> PyObject* native_reset = nullptr;
template <class L> constexpr const char* reset_name() {
  if constexpr (requires { L::reset_name; }) return L::reset_name;
  else return "reset_parameters";
}
template <class F> void setup_or_assert(F setup) {
  try {
    setup();
  } catch (const nn::AssertionError& e) {
    PyErr_SetString(PyExc_AssertionError, e.what());
    throw nb::python_error();
  }
}

template <class L> int layer_init(PyObject* o, PyObject* args, PyObject* kwargs) {
  return guarded([&]() -> PyObject* {
    L& layer = layer_cast<L>(o);
    if constexpr (requires { L::ignores_arguments; }) {
    } else if constexpr (nn::HasOptions<L>) {
      constexpr auto names = field_names<typename L::Options>();
      bool keyword_only = false;
      if constexpr (requires { L::keyword_only; }) keyword_only = L::keyword_only;
      if constexpr (std::derived_from<L, nn::layer::Recurrent>)
        if (kwargs && std::ranges::find(names, "proj_size") == names.end() &&
            PyDict_GetItemString(kwargs, "proj_size"))
          fail<ValueError>("proj_size argument is only supported for LSTM, not RNN or GRU");
      InitArguments given(layer.type_name(), names, L::required, args, kwargs, keyword_only);
      typename L::Options options;
      constexpr bool recurrent = std::derived_from<L, nn::layer::Recurrent>;
      options.fields([&](auto&... f) {
        size_t at = 0;
        (
            [&] {
              PyObject* v = given.values[at];
              if constexpr (recurrent && std::is_same_v<std::remove_cvref_t<decltype(f)>, bool>)
                if (v && names[at] != "bidirectional" && !PyBool_Check(v))
                  fail<TypeError>(names[at], " should be of type bool, got: ", Py_TYPE(v)->tp_name);
              if (v && !option_from(v, f))
                fail_option(layer.type_name(), names[at],
                            option_word<std::remove_cvref_t<decltype(f)>>, v);
              at++;
            }(),
            ...);
      });
      layer.options = std::move(options);
    } else {
      InitArguments(layer.type_name(), {}, 0, args, kwargs);
    }
    as_module(o)->ready = true;
    layer.training = true;
    layer.show_fields();
    if constexpr (requires { layer.setup(); }) setup_or_assert([&] { layer.setup(); });
    if constexpr (requires { layer.reset_parameters(); }) {
      static PyObject* name = PyUnicode_InternFromString(reset_name<L>());
      bool given = false;
      if constexpr (requires { layer.initialized(); }) given = layer.initialized();
      if (given) {
      } else if (overrides_method(o, name, native_reset<L>)) call_method(o, reset_name<L>());
      else layer.reset_parameters();
    }
    return Py_None;
  })
             ? 0
             : -1;
}

template <class L> void add_options(LayerType& layer) {
  if constexpr (nn::HasOptions<L>) {
    using Options = typename L::Options;
    static constexpr auto names = field_names<Options>();
    [&]<size_t... i>(std::index_sequence<i...>) {
      (
          [&] {
            if (is_hidden_option<L>(names[i])) return;
            auto field = [](Module & m) -> auto& {
              return *static_cast<L&>(m).options.fields(
                  [](auto&... f) { return std::get<i>(std::tuple(&f...)); });
            };
            static constexpr auto at = field;
            layer.options.push_back({std::string(names[i]),
                                     [](Module& m) { return option_to(at(m)); },
                                     [](Module& m, PyObject* v) {
                                       auto copy = at(m);
                                       // A module is a child; the option only says None.
                                       using T = std::remove_cvref_t<decltype(copy)>;
                                       if constexpr (std::is_same_v<T, Ref<Module>>)
                                         return v == Py_None || is_module(v);
                                       if (std::is_same_v<T, nn::Activation> && is_module(v))
                                         return true;
                                       if (!option_from(v, copy)) return false;
                                       at(m) = std::move(copy);
                                       return true;
                                     }});
          }(),
          ...);
    }
    (std::make_index_sequence<names.size()>());
  }
}
template <class L> std::string init_signature() {
  std::string s = "(";
  if constexpr (nn::HasOptions<L>) {
    typename L::Options defaults;
    constexpr auto names = field_names<typename L::Options>();
    size_t at = 0;
    defaults.fields([&](auto&... f) {
      ((s += (at ? ", " : "") + std::string(names[at]) +
             (int(at) < L::required ? "" : "=" + option_text(f)),
        at++),
       ...);
    });
  }
  return s + ")";
}

// ---- forward ----

inline constexpr const char* one_input[] = {"input"};
template <class L> constexpr std::span<const char* const> input_names() {
  if constexpr (requires { L::inputs; }) return L::inputs;
  else return one_input;
}
template <class L> constexpr const char* op_name() {
  if constexpr (requires { L::op; }) return L::op;
  else return "forward";
}

template <class L>
PyObject* native_forward(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  constexpr size_t count = input_names<L>().size();
  return guarded([&]() -> PyObject* {
    L& layer = layer_cast<L>(o);
    PyObject* slots[count] = {};
    if (n == count && !names) [[likely]]
      std::copy_n(args, n, slots);
    else parse_forward(o, input_names<L>(), count, slots, args, n, names);
    const Tensor* in[count];
    PyTypeObject* as = nullptr;
    int64_t work = 0;
    for (size_t i = 0; i < count; i++) {
      in[i] = &forward_tensor(slots[i], op_name<L>(), i, input_names<L>()[i]);
      if (!is_exact(slots[i]) && Py_TYPE(slots[i]) != parameter_type && !overrides_disabled &&
          override_of(Py_TYPE(slots[i])) != Override::none)
        as = Py_TYPE(slots[i]);
      work = std::max(work, in[i]->numel());
    }
    Held held(layer, work);
    if constexpr (requires { layer.forward_with_indices(*in[0]); }) {
      if (layer.options.return_indices) {
        auto [values, indices] = layer.forward_with_indices(*in[0]);
        return nb::make_tuple(nb::steal(wrap(values, as)), nb::steal(wrap(indices, nullptr)))
            .release()
            .ptr();
      }
    }
    Tensor out = [&]<size_t... i>(std::index_sequence<i...>) {
      GilBreak gil(work);
      return layer.L::forward(*in[i]...);
    }
    (std::make_index_sequence<count>());
    return wrap(std::move(out), as);
  });
}

// A forward with Arguments: positional or by name, defaults as in C++.
template <class L>
PyObject* argument_forward(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* keywords) {
  using Arguments = typename L::Arguments;
  static constexpr auto fields = field_names<Arguments>();
  static const auto names = [] {
    std::array<const char*, fields.size()> out;
    for (size_t i = 0; i < out.size(); i++) out[i] = strdup(std::string(fields[i]).c_str());
    return out;
  }();
  return guarded([&]() -> PyObject* {
    L& layer = layer_cast<L>(o);
    PyObject* slots[fields.size()] = {};
    parse_forward(o, names, size_t(L::required_arguments), slots, args, n, keywords);
    Arguments a;
    int64_t work = 0;
    a.fields([&](auto&... f) {
      size_t at = 0;
      (
          [&] {
            if (PyObject* v = slots[at]) {
              if (!option_from(v, f) ||
                  (int(at) < L::required_arguments && v == Py_None && fields.size() > 0))
                fail_option("forward", names[at], option_word<std::remove_cvref_t<decltype(f)>>, v);
              if (is_tensor(v)) work = std::max(work, tensor_of(v).numel());
            }
            at++;
          }(),
          ...);
    });
    (void)work;  // children may be Python's: the GIL stays
    auto out = [&] {
      if constexpr (requires { typename L::Options; }) {
        std::optional<decltype(layer.L::forward(a))> result;
        setup_or_assert([&] { result = layer.L::forward(a); });
        return *result;
      }
    }();
    return option_to(out);
  });
}

// The other way: C++ calls a module that has a Python object as an L. Arguments that keep their
// default are left out, so that a module of another class needs to know only those it is given.
template <class L> void call_as_layer(PyObject* o, const void* arguments, void* result) {
  using Arguments = typename L::Arguments;
  auto& a = *static_cast<const Arguments*>(arguments);
  Arguments defaults;
  static constexpr auto names = field_names<Arguments>();
  nb::list positional;
  nb::dict named;
  auto is_default = [](const auto& v, const auto& d) {
    using T = std::remove_cvref_t<decltype(v)>;
    if constexpr (std::is_same_v<T, Tensor> || std::is_same_v<T, nn::TensorPair>)
      return !v.defined();
    else if constexpr (std::is_same_v<T, nn::TensorLike>) return !v.value.defined();
    else if constexpr (std::is_same_v<T, nn::Sequence>) return !v.data.defined();
    else return v == d;
  };
  a.fields([&](auto&... f) {
    defaults.fields([&](auto&... d) {
      size_t at = 0;
      (
          [&] {
            size_t i = at++;
            if (int(i) < L::required_arguments) positional.append(nb::steal(option_to(f)));
            else if (!is_default(f, d))
              named[nb::str(names[i].data(), names[i].size())] = nb::steal(option_to(f));
          }(),
          ...);
    });
  });
  nb::object out = nb::steal(PyObject_Call(o, nb::tuple(positional).ptr(), named.ptr()));
  if (!out.is_valid()) throw nb::python_error();
  using Result = decltype(std::declval<L&>().forward(a));
  if (!result_from(out.ptr(), *static_cast<Result*>(result)))
    fail<TypeError>("a ", Py_TYPE(o)->tp_name, " called in the place of a layer returned ",
                    Py_TYPE(out.ptr())->tp_name);
}

// A transposed convolution's forward(input, output_size=None).
template <class L>
PyObject* transposed_forward(PyObject* o, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded([&]() -> PyObject* {
    static constexpr const char* inputs[] = {"input", "output_size"};
    PyObject* slots[2] = {};
    parse_forward(o, inputs, 1, slots, args, n, names);
    if (!slots[1] || slots[1] == Py_None) return native_forward<L>(o, slots, 1, nullptr);
    nn::Sizes size;
    if (!option_from(slots[1], size))
      fail_option("forward", "output_size", "tuple of ints", slots[1]);
    L& layer = layer_cast<L>(o);
    return wrap(layer.forward_to(forward_tensor(slots[0], op_name<L>(), 0, "input"), size.values));
  });
}

template <class L> PyObject* native_reset_method(PyObject* o, PyObject*) {
  return guarded([&]() -> PyObject* {
    layer_cast<L>(o).reset_parameters();
    Py_RETURN_NONE;
  });
}

// What inspect.signature and help say of a layer's forward.
template <class L> std::string forward_doc() {
  std::string s = "forward($self, ";
  if constexpr (nn::HasArguments<L>) {
    constexpr auto names = field_names<typename L::Arguments>();
    for (size_t i = 0; i < names.size(); i++)
      s +=
          (i ? ", " : "") + std::string(names[i]) + (int(i) < L::required_arguments ? "" : "=None");
  } else {
    auto names = input_names<L>();
    for (size_t i = 0; i < names.size(); i++) s += (i ? ", " : "") + std::string(names[i]);
    if constexpr (requires { &L::forward_to; }) s += ", output_size=None";
  }
  return s + ")\n--\n\nThe result for the input.";
}

template <class L>
PyTypeObject* LayerMaker::add(const char* name, const char* base, const char* where,
                              const char* doc) const {
  LayerType& layer = add_layer(typeid(L));
  layer.make = []() -> Module* { return new L; };
  if constexpr (nn::HasArguments<L>) layer.call = call_as_layer<L>;
  layer.options.clear();
  add_options<L>(layer);
  initproc init = layer_init<L>;
  if constexpr (requires { L::any_arguments; }) init = nullptr;
  PyTypeObject* type =
      create(name, base, where, init, name + init_signature<L>() + "\n--\n\n" + doc);
  set_layer_type(layer, type);
  nb::object o = nb::borrow(type_object(type));
  if constexpr (!requires { L::no_forward; }) {
    auto* function = [] {
      if constexpr (nn::HasArguments<L>) return argument_forward<L>;
      else if constexpr (requires { &L::forward_to; }) return transposed_forward<L>;
      else return native_forward<L>;
    }();
    static const std::string text = forward_doc<L>();
    static PyMethodDef forward = {"forward", reinterpret_cast<PyCFunction>(slot(function)),
                                  METH_FASTCALL | METH_KEYWORDS, text.c_str()};
    o.attr("forward") = nb::steal(method_of(type, &forward));
  }
  if constexpr (requires(L & l) { l.reset_parameters(); }) {
    static PyMethodDef reset = {reset_name<L>(), native_reset_method<L>, METH_NOARGS,
                                "Gives the parameters new initial values."};
    native_reset<L> = method_of(type, &reset);
    o.attr(reset.ml_name) = nb::handle(native_reset<L>);
  }
  return type;
}

}  // namespace taeda::python
