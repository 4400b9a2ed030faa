// The extension module: types first, then ops, then what is built of them.
#include "bind.h"

NB_MODULE(_C, m) {
  nb::set_leak_warnings(false);  // the types live as long as the process
  nb::register_exception_translator([](const std::exception_ptr& e, void*) {
    try {
      std::rethrow_exception(e);
    } catch (const taeda::Error&) { taeda::python::set_python_error(); }
  });
  taeda::python::define_dtypes(m);
  taeda::python::define_tensor(m);
  taeda::python::define_methods(m);
  taeda::python::define_values(m);
  taeda::python::define_autograd(m);
  taeda::python::define_function(m);
  taeda::python::define_random(m);
  taeda::python::define_module(m);
  taeda::python::define_optim(m);
  taeda::python::define_io(m);
  taeda::python::define_tensorboard(m);
  taeda::python::define_storage(m);
  taeda::python::define_dlpack(m);
  taeda::python::define_print(m);
}
