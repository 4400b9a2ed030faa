// Generators for Python, and normal() of a tensor and a number.
#include "taeda/ops/random.h"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include "bind.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/random/thread_generator.h"

namespace taeda::python {

namespace {

// A seed of 64 bits, signed or not.
uint64_t seed_of(nb::handle seed) {
  PyObject* o = seed.ptr();
  if (PyBool_Check(o) || !PyIndex_Check(o))
    fail("manual_seed expected a long, but got ", std::string_view(Py_TYPE(o)->tp_name));
  nb::object number = nb::steal(PyNumber_Index(o));
  if (!number.is_valid()) throw nb::python_error();
  int overflow = 0;
  long long v = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (!overflow) return uint64_t(v);
  unsigned long long u = overflow > 0 ? PyLong_AsUnsignedLongLong(number.ptr()) : 0;
  if (overflow < 0 || PyErr_Occurred()) {
    PyErr_Clear();
    fail<ValueError>("Overflow when unpacking long long");
  }
  return u;
}

void check_device(nb::handle device) {
  std::optional<Device> d = device_of_object(device.ptr());
  if (!d)
    fail<TypeError>("Generator(): argument 'device' must be torch.device, not ",
                    std::string_view(Py_TYPE(device.ptr())->tp_name));
  if (d->type == DeviceType::cuda) fail("Cannot access accelerator device when none is available.");
  if (d->type != DeviceType::cpu) fail("there are no generators for device ", *d);
}

Tensor state_of(const Generator& g) {
  Tensor out = empty({Generator::state_bytes}, DType::uint8);
  g.get_state(out.data<uint8_t>());
  return out;
}
void set_state(Generator& g, nb::handle state) {
  if (!is_tensor(state.ptr()))
    fail<TypeError>("expected a torch.ByteTensor, but got ",
                    std::string_view(Py_TYPE(state.ptr())->tp_name));
  const Tensor& t = tensor_of(state.ptr());
  if (t.dtype() != DType::uint8 || t.device().type != DeviceType::cpu)
    fail<TypeError>("RNG state must be a torch.ByteTensor");
  Tensor bytes = t.contiguous();
  g.set_state(bytes.data<uint8_t>(), bytes.numel());
}

}  // namespace

bool generator_from(PyObject* o, std::byte* to) {
  return nb::try_cast(nb::handle(o), *reinterpret_cast<std::shared_ptr<Generator>*>(to));
}

void define_random(nb::module_& m) {
  nb::class_<Generator>(m, "Generator", nb::is_weak_referenceable(),
                        "A stream of random numbers: MT19937, with PyTorch's numbers for one seed.")
      .def(
          "__init__",
          [](Generator* self, nb::handle device) {
            check_device(device);
            new (self) Generator();
          },
          nb::arg("device") = "cpu")
      .def_prop_ro("device",
                   [](const Generator& g) { return nb::steal(device_object(g.device())); })
      .def(
          "manual_seed",
          [](nb::handle self, nb::handle seed) {
            nb::cast<Generator&>(self).manual_seed(seed_of(seed));
            return nb::borrow(self);
          },
          nb::arg("seed"), "Starts again from this seed, of 64 bits. Returns the generator.")
      .def("seed", &Generator::seed, "Starts again from a number of the system's; returns it.")
      .def("initial_seed", &Generator::initial_seed, "The seed it started from.")
      .def("get_state", state_of, "The whole state, as a uint8 tensor of 5056 elements.")
      .def(
          "set_state",
          [](nb::handle self, nb::handle state) {
            set_state(nb::cast<Generator&>(self), state);
            return nb::borrow(self);
          },
          nb::arg("new_state"), "Goes on from a state that get_state() gave.")
      .def("clone_state", &Generator::clone_state, "A generator of its own in the same state.")
      .def("graphsafe_get_state",
           [](const Generator&) {
             fail<NotImplementedError>("graphsafe_get_state is not supported in this Generator");
           })
      .def(
          "graphsafe_set_state",
          [](const Generator&, nb::handle) {
            fail<NotImplementedError>("graphsafe_set_state is not supported in this Generator");
          },
          nb::arg("state"))
      .def("get_offset", [](const Generator&) { fail("CPU Generator does not use offset"); })
      .def(
          "set_offset",
          [](const Generator&, nb::handle) { fail("CPU Generator does not use offset"); },
          nb::arg("offset"));

  m.attr("default_generator") = nb::cast(default_generator());
  m.def("_thread_generator", []() -> std::shared_ptr<Generator> {
    const auto* own = thread_generator();
    return own ? *own : nullptr;
  });
  m.def("_seed_this_thread", [](nb::handle seed) { seed_this_thread(seed_of(seed)); });
  m.def(
      "_normal",
      [](const Tensor& mean, const Tensor& std, double mean_number, double std_number,
         const std::shared_ptr<Generator>& g) {
        if (mean.defined() && std.defined()) return normal(mean, std, g);
        return mean.defined() ? normal(mean, std_number, g) : normal(mean_number, std, g);
      },
      nb::arg("mean").none(), nb::arg("std").none(), nb::arg("mean_number"), nb::arg("std_number"),
      nb::arg("generator").none());
}

}  // namespace taeda::python
