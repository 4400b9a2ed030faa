// Where factories that are told no device, and new layers, put their tensors.
#pragma once
#include <utility>

#include "taeda/base/api.h"
#include "taeda/base/dtype.h"

namespace taeda {

// Of this thread; the CPU unless set.
TAEDA_API Device default_device();
TAEDA_API void set_default_device(Device device);

// While it lives, `device` is the default.
class DefaultDeviceGuard {
 public:
  explicit DefaultDeviceGuard(Device device) : before_(default_device()) {
    set_default_device(device);
  }
  ~DefaultDeviceGuard() { set_default_device(before_); }
  DefaultDeviceGuard(const DefaultDeviceGuard&) = delete;

 private:
  Device before_;
};

}  // namespace taeda
