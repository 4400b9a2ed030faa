// ONNX for Python. The public functions are in taeda/onnx; here are its two halves, the export of a
// function of tensors and the running of a file.
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bind.h"
#include "module.h"
#include "taeda/io/onnx/export.h"
#include "taeda/io/onnx/trace.h"

namespace taeda::python {

namespace {

using Axes = std::map<std::string, std::map<int64_t, std::string>>;

nb::dict export_function(nb::handle module, nb::callable forward, const TensorList& inputs,
                         const nb::bytes& path, std::vector<std::string> input_names,
                         std::vector<std::string> output_names, std::optional<Axes> dynamic_axes,
                         bool declare_dynamic, int64_t opset, bool export_params,
                         bool keep_initializers) {
  onnx::ExportOptions o{.input_names = std::move(input_names),
                        .output_names = std::move(output_names),
                        .dynamic_axes = std::move(dynamic_axes),
                        .declare_dynamic = declare_dynamic,
                        .opset_version = opset,
                        .export_params = export_params,
                        .keep_initializers_as_inputs = keep_initializers};
  auto run = [&](const TensorList& x) { return nb::cast<TensorList>(forward(x)); };
  onnx::Exported e =
      onnx::export_model(module_of(module.ptr()), run, inputs, {path.c_str(), path.size()}, o);
  nb::dict out;
  out["bytes"] = nb::bytes(e.bytes.data(), e.bytes.size());
  out["max_difference"] = e.max_difference;
  out["fixed_because"] = e.fixed_because;
  out["text"] = onnx::text(e.model);
  return out;
}

std::vector<std::string> names_of(const std::vector<onnx::ValueInfo>& values) {
  std::vector<std::string> names;
  for (auto& v : values) names.push_back(v.name);
  return names;
}

}  // namespace

void define_onnx(nb::module_& m) {
  nb::module_ sub = m.def_submodule("_onnx", "ONNX files.");
  nb::exception<onnx::ExportError>(sub, "OnnxExporterError", PyExc_RuntimeError);
  sub.def("export_function", export_function, nb::arg(), nb::arg(), nb::arg(), nb::arg(),
          nb::arg("input_names"), nb::arg("output_names"), nb::arg("dynamic_axes").none(),
          nb::arg("declare_dynamic"), nb::arg("opset"), nb::arg("export_params"),
          nb::arg("keep_initializers"));
  sub.def("note_module", [](nb::handle module, bool begins) {
    if (onnx::Recorder* r = onnx::Recorder::current())
      r->on_module(&module_of(module.ptr()), begins);
  });
  sub.def("recording", [] { return onnx::Recorder::current() != nullptr; });
  sub.def("fuse", [](const std::string& mode, int64_t hidden_size, int64_t num_layers, bool bias,
                     bool batch_first, bool bidirectional, const TensorList& inputs,
                     const TensorList& outputs) {
    if (onnx::Recorder* r = onnx::Recorder::current())
      r->fuse({mode, hidden_size, num_layers, bias, batch_first, bidirectional}, inputs, outputs);
  });
  nb::class_<onnx::Session>(sub, "Session")
      .def("__init__",
           [](onnx::Session* self, const nb::bytes& data, const std::string& name) {
             io::ByteView bytes{reinterpret_cast<const uint8_t*>(data.c_str()), data.size()};
             new (self) onnx::Session(onnx::decode(bytes, name));
           })
      .def("run", &onnx::Session::run)
      .def("inputs", [](const onnx::Session& s) { return names_of(s.model().graph.inputs); })
      .def("outputs", [](const onnx::Session& s) { return names_of(s.model().graph.outputs); })
      .def("text", [](const onnx::Session& s) { return onnx::text(s.model()); });
}

}  // namespace taeda::python
