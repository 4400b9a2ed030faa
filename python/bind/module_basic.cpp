// Layers without spatial axes, and the containers.
#include "module_layers.h"

namespace taeda::python {

void make_basic_layers(const LayerMaker& make) {
  using namespace nn::layer;
  make.add<Identity>("Identity", "Module", "linear",
                     "Its input. Arguments are accepted and ignored.");
  make.add<Flatten>("Flatten", "Module", "flatten", "The axes start_dim to end_dim become one.");
  make.add<Unflatten>("Unflatten", "Module", "flatten", "One axis becomes several.");

  PyTypeObject* type =
      make.add<Sequential>("Sequential", "Module", "container", "Children in a row.");
  static PyMethodDef forward = {"forward", reinterpret_cast<PyCFunction>(slot(sequential_forward)),
                                METH_FASTCALL | METH_KEYWORDS, "The last child's result."};
  nb::handle(type_object(type)).attr("forward") = nb::steal(method_of(type, &forward));
  make.add<ModuleList>("ModuleList", "Module", "container", "A list of modules.");
  make.add<ModuleDict>("ModuleDict", "Module", "container", "Modules by name.");
}

}  // namespace taeda::python
