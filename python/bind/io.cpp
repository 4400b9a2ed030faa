// Files for Python: safetensors, image sets, pictures. The public functions are in
// taeda/safetensors.py and taeda/datasets; the names here take and give plain values.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "bind.h"
#include "taeda/io/idx.h"
#include "taeda/io/image_sets.h"
#include "taeda/io/safetensors.h"

namespace taeda::python {

namespace {

using io::ByteView;

// File names come as bytes, so that every name the system allows can be said.
std::string path_of(const nb::bytes& path) { return {path.c_str(), path.size()}; }
ByteView view_of_bytes(const nb::bytes& b) {
  return {reinterpret_cast<const uint8_t*>(b.c_str()), b.size()};
}

std::vector<std::string> names_of(const io::SafetensorsReader& reader) {
  std::vector<std::string> names;
  for (auto& t : reader.tensors()) names.push_back(t.name);
  return names;
}

Tensor read_named(const io::SafetensorsReader& reader, const std::string& name) {
  const io::StoredTensor* t = reader.find(name);
  if (!t) fail("File does not contain tensor ", name);
  WithoutGil released;
  return reader.read(*t);
}

// FileError becomes the OSError of its code: FileNotFoundError, PermissionError, ..
void translate(const std::exception_ptr& e, void*) {
  try {
    std::rethrow_exception(e);
  } catch (const io::FileError& error) {
    nb::object args = error.path.empty()
                          ? nb::steal(Py_BuildValue("is", error.code, error.what()))
                          : nb::steal(Py_BuildValue("isN", error.code, error.reason.c_str(),
                                                    PyUnicode_DecodeFSDefault(error.path.c_str())));
    if (args.is_valid()) PyErr_SetObject(PyExc_OSError, args.ptr());
  }
}

}  // namespace

void define_checkpoint(nb::module_& io);  // checkpoint.cpp

void define_io(nb::module_& m) {
  nb::register_exception_translator(translate);
  nb::module_ io = m.def_submodule("_io", "Reading and writing files.");

  nb::class_<io::SafetensorsReader>(io, "SafetensorsReader")
      .def("names", names_of)
      .def("read", read_named)
      .def("metadata", &io::SafetensorsReader::metadata);
  io.def("open_safetensors", [](const nb::bytes& path) {
    std::string p = path_of(path);
    WithoutGil released;
    return io::SafetensorsReader(p);
  });
  io.def(
      "parse_safetensors",
      [](const nb::bytes& data) { return io::SafetensorsReader(view_of_bytes(data)); },
      nb::keep_alive<0, 1>());
  io.def(
      "save_safetensors",
      [](const nb::bytes& path, const io::NamedTensors& tensors,
         const std::optional<io::Metadata>& metadata) {
        std::string p = path_of(path);
        WithoutGil released;
        io::save_safetensors(p, tensors, metadata);
      },
      nb::arg("path"), nb::arg("tensors"), nb::arg("metadata").none());
  io.def(
      "write_safetensors",
      [](const io::NamedTensors& tensors, const std::optional<io::Metadata>& metadata) {
        io::Bytes out = io::write_safetensors(tensors, metadata);
        return nb::bytes(out.data(), out.size());
      },
      nb::arg("tensors"), nb::arg("metadata").none());

  io.def("load_images", [](const std::string& name, const nb::bytes& root) {
    std::string r = path_of(root);
    io::ImageSet s;
    {
      WithoutGil released;
      s = io::load_images(name, r);
    }
    return nb::make_tuple(s.train_images, s.train_labels, s.test_images, s.test_labels,
                          s.class_names, s.max_value);
  });
  io.def("read_idx", [](const nb::bytes& path) {
    std::string p = path_of(path);
    WithoutGil released;
    return io::read_idx(p);
  });
  io.def("read_image", [](const nb::bytes& path) {
    std::string p = path_of(path);
    WithoutGil released;
    return io::read_image(p);
  });
  define_checkpoint(io);
}

}  // namespace taeda::python
