// Convolutions, normalisation and pooling.
#include "module_layers.h"

namespace taeda::python {

namespace {

template <class L> PyObject* reset_stats(PyObject* o, PyObject*) {
  return guarded([&]() -> PyObject* {
    layer_cast<L>(o).reset_running_stats();
    Py_RETURN_NONE;
  });
}
template <class L> void add_batch_norm(const LayerMaker& make, const char* name, const char* doc) {
  PyTypeObject* type = make.add<L>(name, "_BatchNorm", "batchnorm", doc);
  static PyMethodDef reset = {"reset_running_stats", reset_stats<L>, METH_NOARGS,
                              "Mean 0, variance 1, no batches."};
  nb::handle(type_object(type)).attr("reset_running_stats") = nb::steal(method_of(type, &reset));
}

}  // namespace

void make_spatial_layers(const LayerMaker& make) {
  using namespace nn::layer;


}

}  // namespace taeda::python
