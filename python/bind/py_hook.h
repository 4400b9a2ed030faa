// A Python callable that C++ keeps.
#pragma once
#include "bind.h"

namespace taeda::python {

struct PyCallback {
  PyObject* f;
  explicit PyCallback(nb::object o) : f(o.release().ptr()) {}
  ~PyCallback() {
    if (!Py_IsInitialized()) return;
    Gil gil;
    Py_DECREF(f);
  }
  PyCallback(const PyCallback&) = delete;
};

}  // namespace taeda::python
