// Recurrent layers, attention and transformers, and the values that only they take and give.
#include "module_layers.h"

namespace taeda::python {

namespace {

PyObject* packed_sequence = nullptr;  // the class nn.utils.rnn.PackedSequence

// A Python callable as a C++ function of tensors; the GIL is taken where it is called or freed.
struct Callable {
  std::shared_ptr<void> object;
  explicit Callable(PyObject* o)
      : object(Py_NewRef(o), [](void* p) {
          Gil gil;
          Py_DECREF(static_cast<PyObject*>(p));
        }) {}
  template <class... T> Tensor operator()(const T&... x) const {
    Gil gil;
    nb::object in[] = {nb::steal(wrap(x))...};
    PyObject* args[sizeof...(T)];
    for (size_t i = 0; i < sizeof...(T); i++) args[i] = in[i].ptr();
    nb::object out = nb::steal(
        PyObject_Vectorcall(static_cast<PyObject*>(object.get()), args, sizeof...(T), nullptr));
    if (!out.is_valid()) throw nb::python_error();
    if (!is_tensor(out.ptr()))
      fail<TypeError>("a function between layers must return a Tensor, not ",
                      Py_TYPE(out.ptr())->tp_name);
    return tensor_of(out.ptr());
  }
};

nb::object functional(const char* name) {
  return nb::module_::import_("taeda.nn.functional").attr(name);
}
// A pair of values from a tuple or list of two.
bool is_pair(PyObject* o) {
  return (PyTuple_Check(o) || PyList_Check(o)) && PySequence_Fast_GET_SIZE(o) == 2;
}
PyObject* item(PyObject* o, Py_ssize_t i) { return PySequence_Fast_GET_ITEM(o, i); }
PyObject* pair_of(PyObject* first, PyObject* second) {
  nb::object a = nb::steal(first), b = nb::steal(second);
  return nb::make_tuple(a, b).release().ptr();
}

}  // namespace

bool option_from(PyObject* o, double& to) {
  to = PyFloat_AsDouble(o);
  if (to == -1 && PyErr_Occurred()) return PyErr_Clear(), false;
  return true;
}
bool option_from(PyObject* o, Ref<Module>& to) {
  if (o != Py_None && !is_module(o)) return false;
  to = o == Py_None ? Ref<Module>() : module_ref(o);
  return true;
}
bool option_from(PyObject* o, nn::Activation& to) {
  to = {};
  if (is_module(o)) return to.module = module_ref(o), true;
  if (PyUnicode_Check(o)) return option_from(o, to.word);
  if (!PyCallable_Check(o)) return false;
  for (const char* word : {"relu", "gelu"})
    if (functional(word).is(nb::handle(o))) return to.word = word, true;
  Callable f(o);
  to.python = f.object, to.function = f, to.word.clear();
  return true;
}
bool option_from(PyObject* o, nn::Distance& to) {
  to = {};
  if (o == Py_None) return true;
  if (!PyCallable_Check(o)) return false;
  Callable f(o);
  to.python = f.object, to.function = f;
  return true;
}
bool option_from(PyObject* o, nn::TensorLike& to) {
  if (o == Py_None) return false;
  to.value = is_tensor(o) ? tensor_of(o) : tensor_from(o, {}, {});
  return true;
}
bool option_from(PyObject* o, nn::TensorPair& to) {
  if (o == Py_None) return to = {}, true;
  return is_pair(o) && is_tensor(item(o, 0)) && is_tensor(item(o, 1)) &&
         option_from(item(o, 0), to.first) && option_from(item(o, 1), to.second);
}
bool option_from(PyObject* o, nn::Sequence& to) {
  to = {};
  if (is_tensor(o)) return option_from(o, to.data);
  if (!packed_sequence || PyObject_IsInstance(o, packed_sequence) != 1) return false;
  Tensor* parts[] = {&to.data, &to.batch_sizes, &to.sorted_indices, &to.unsorted_indices};
  for (Py_ssize_t i = 0; i < 4; i++)
    if (!option_from(item(o, i), *parts[i])) return false;
  return true;
}

PyObject* option_to(double v) { return PyFloat_FromDouble(v); }
PyObject* option_to(const Ref<Module>& v) { return v ? wrap_module(*v) : Py_NewRef(Py_None); }
PyObject* option_to(const nn::Activation& v) {
  if (v.module) return wrap_module(*v.module);
  if (v.python) return Py_NewRef(static_cast<PyObject*>(v.python.get()));
  return functional(v.word.c_str()).release().ptr();
}
PyObject* option_to(const nn::Distance& v) {
  return Py_NewRef(v.python ? static_cast<PyObject*>(v.python.get()) : Py_None);
}
PyObject* option_to(const nn::TensorLike& v) { return wrap(v.value); }
PyObject* option_to(const nn::TensorPair& v) {
  return v.defined() ? pair_of(wrap(v.first), wrap(v.second)) : Py_NewRef(Py_None);
}
PyObject* option_to(const nn::Sequence& v) {
  if (!v.packed()) return wrap(v.data);
  nb::object parts[] = {nb::steal(wrap(v.data)), nb::steal(wrap(v.batch_sizes)),
                        nb::steal(wrap(v.sorted_indices)), nb::steal(wrap(v.unsorted_indices))};
  return nb::handle(packed_sequence)(parts[0], parts[1], parts[2], parts[3]).release().ptr();
}
PyObject* option_to(const nn::AttentionResult& v) {
  return pair_of(wrap(v.output), wrap(v.weights));
}
PyObject* option_to(const nn::layer::RecurrentResult& v) {
  return pair_of(option_to(v.output), wrap(v.h));
}
PyObject* option_to(const nn::layer::LstmResult& v) {
  return pair_of(option_to(v.output), option_to(v.state));
}

bool result_from(PyObject* o, nn::TensorPair& to) { return o != Py_None && option_from(o, to); }
bool result_from(PyObject* o, nn::AttentionResult& to) {
  if (is_tensor(o)) return to.weights = {}, option_from(o, to.output);
  return is_pair(o) && result_from(item(o, 0), to.output) && option_from(item(o, 1), to.weights);
}
bool result_from(PyObject* o, nn::layer::RecurrentResult& to) {
  return is_pair(o) && option_from(item(o, 0), to.output) && result_from(item(o, 1), to.h);
}
bool result_from(PyObject* o, nn::layer::LstmResult& to) {
  return is_pair(o) && option_from(item(o, 0), to.output) && result_from(item(o, 1), to.state);
}

// nn.utils.rnn, whose Python side makes lists and tensors of what it is given.
static void define_packing(nb::module_& m) {
  namespace rnn = nn::utils::rnn;
  auto list = [](const nb::list& sequences) {
    TensorList out;
    for (nb::handle s : sequences)
      out.push_back(forward_tensor(s.ptr(), "pad_sequence", out.size(), "sequences"));
    return out;
  };
  auto packed = [](nb::handle o) {
    nn::Sequence sequence;
    if (!option_from(o.ptr(), sequence) || !sequence.packed())
      fail<TypeError>("expected a PackedSequence, but got ", Py_TYPE(o.ptr())->tp_name);
    return sequence;
  };
  m.def("pad_sequence",
        [list](const nb::list& sequences, bool batch_first, double value, const std::string& side) {
          return nb::steal(
              wrap(rnn::pad_sequence(list(sequences), batch_first, value, std::string_view(side))));
        });
  m.def("pack_padded_sequence",
        [](nb::handle input, nb::handle lengths, bool batch_first, bool enforce_sorted) {
          const Tensor& x = forward_tensor(input.ptr(), "pack_padded_sequence", 0, "input");
          return nb::steal(option_to(
              rnn::pack_padded_sequence(x, tensor_of(lengths.ptr()), batch_first, enforce_sorted)));
        });
  m.def(
      "pad_packed_sequence",
      [packed](nb::handle sequence, bool batch_first, double value, nb::handle total_length) {
        std::optional<int64_t> total;
        if (!total_length.is_none()) total = nb::cast<int64_t>(total_length);
        auto [data, lengths] =
            rnn::pad_packed_sequence(packed(sequence), batch_first, value, total);
        return nb::steal(pair_of(wrap(data), wrap(lengths)));
      },
      nb::arg("sequence"), nb::arg("batch_first"), nb::arg("padding_value"),
      nb::arg("total_length").none());
  m.def("invert_permutation", [](nb::handle p) {
    return nb::steal(wrap(
        rnn::invert_permutation(forward_tensor(p.ptr(), "invert_permutation", 0, "permutation"))));
  });
}

void make_sequence_layers(const LayerMaker& make) {
  using namespace nn::layer;
  nb::module_ m = make.module;
  m.def("set_packed_sequence",
        [](nb::handle cls) { packed_sequence = nb::object(nb::borrow(cls)).release().ptr(); });
  define_packing(m);
  // The arguments of nn.functional.multi_head_attention_forward, all of them, in order.
  m.def("multi_head_attention_forward", [](nb::args args) {
    nn::MultiHead call;
    auto names = field_names<nn::MultiHead>();
    call.fields([&](auto&... f) {
      size_t at = 0;
      (
          [&] {
            nb::handle v = args[at];
            if (!option_from(v.ptr(), f))
              fail_option("multi_head_attention_forward", names[at],
                          option_word<std::remove_cvref_t<decltype(f)>>, v.ptr());
            at++;
          }(),
          ...);
    });
    nn::AttentionResult r;
    setup_or_assert([&] { r = nn::multi_head_attention_forward(call); });
    return nb::steal(option_to(r));
  });

  const char* rnn = "rnn";
  make.add<RNN>("RNN", "RNNBase", rnn,
                "h = tanh or relu of W_ih x + b_ih + W_hh h + b_hh (Elman).\n\n"
                "forward(input, h_0) gives output, h_n.");
  make.add<LSTM>("LSTM", "RNNBase", rnn,
                 "Long short-term memory: forward(input, (h_0, c_0)) gives output, (h_n, c_n).");
  make.add<GRU>("GRU", "RNNBase", rnn,
                "Gated recurrent unit: forward(input, h_0) gives output, h_n.");
  make.add<RNNCell>("RNNCell", "RNNCellBase", rnn, "One step of RNN.");
  make.add<LSTMCell>("LSTMCell", "RNNCellBase", rnn,
                     "One step of LSTM: forward(input, (h, c)) gives (h, c).");
  make.add<GRUCell>("GRUCell", "RNNCellBase", rnn, "One step of GRU.");

  LayerMaker below = make;
  below.bases["Linear"] = m.attr("Linear");
  below.add<NonDynamicallyQuantizableLinear>(
      "NonDynamicallyQuantizableLinear", "Linear", "linear",
      "A Linear under the name that attention's output projection has.");
  make.add<MultiheadAttention>("MultiheadAttention", "Module", "activation",
                               "Attention of several heads (Vaswani et al. 2017).\n\n"
                               "Gives the output like query, and the weights (N, L, S).");
  const char* where = "transformer";
  make.add<TransformerEncoderLayer>("TransformerEncoderLayer", "Module", where,
                                    "Self-attention and a network of two layers.");
  make.add<TransformerDecoderLayer>(
      "TransformerDecoderLayer", "Module", where,
      "Self-attention, attention to the encoder's output, and a network of two layers.");
  make.add<TransformerEncoder>("TransformerEncoder", "Module", where,
                               "Copies of an encoder layer, one after the other.");
  make.add<TransformerDecoder>("TransformerDecoder", "Module", where,
                               "Copies of a decoder layer, one after the other.");
  make.add<Transformer>("Transformer", "Module", where, "An encoder and a decoder.");
}

}  // namespace taeda::python
