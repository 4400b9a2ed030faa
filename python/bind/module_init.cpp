// Initial values, for nn.init.
#include <nanobind/stl/shared_ptr.h>

#include "module.h"
#include "taeda/nn/init.h"

namespace taeda::python {

void define_init(nb::module_& m) {
  using namespace nn::init;
  m.def("fans", [](const Tensor& t) {
    auto [in, out] = fans(t);
    return nb::make_tuple(in, out);
  });
  m.def(
      "calculate_gain",
      [](const std::string& nonlinearity, std::optional<double> param) {
        return calculate_gain(nonlinearity, param);
      },
      nb::arg("nonlinearity"), nb::arg("param").none());
  m.def("eye_", [](nb::object t) {
    eye_(nb::cast<Tensor>(t));
    return t;
  });
  m.def("dirac_", [](nb::object t, int64_t groups) {
    dirac_(nb::cast<Tensor>(t), groups);
    return t;
  });
  m.def(
      "trunc_normal_",
      [](nb::object t, double mean, double std, double a, double b, Source generator) {
        trunc_normal_(nb::cast<Tensor>(t), mean, std, a, b, generator);
        return t;
      },
      nb::arg("tensor"), nb::arg("mean"), nb::arg("std"), nb::arg("a"), nb::arg("b"),
      nb::arg("generator").none());
}

}  // namespace taeda::python
