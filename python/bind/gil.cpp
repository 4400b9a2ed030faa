// Taking the GIL while the interpreter may be ending.
#include <unistd.h>

#include "bind.h"

namespace taeda::python {

namespace {
[[noreturn]] void sleep_until_exit() {
  for (;;) pause();
}
}  // namespace

// The handlers see the forced unwinding of pthread_exit, and never end: ending one would end the
// process.
PyGILState_STATE ensure_gil() noexcept {
  try {
    return PyGILState_Ensure();
  } catch (...) { sleep_until_exit(); }
}
void take_gil(PyThreadState* state) noexcept {
  try {
    PyEval_RestoreThread(state);
  } catch (...) { sleep_until_exit(); }
}

}  // namespace taeda::python
