// Whether ops on this thread record gradients, and whether they make inference tensors.
#pragma once
#include <utility>

#include "taeda/base/thread.h"

namespace taeda {

inline bool grad_enabled() { return !tls.no_grad; }

class GradMode {
 public:
  explicit GradMode(bool on) : before_(std::exchange(tls.no_grad, !on)) {}
  ~GradMode() { tls.no_grad = before_; }
  GradMode(const GradMode&) = delete;

 private:
  bool before_;
};
struct NoGradGuard : GradMode {
  NoGradGuard() : GradMode(false) {}
};
struct EnableGradGuard : GradMode {
  EnableGradGuard() : GradMode(true) {}
};

// Like NoGradGuard, and what is made inside can never enter a graph: no version, no saving.
class InferenceMode {
 public:
  explicit InferenceMode(bool on = true)
      : grad_(!on && grad_enabled()), before_(std::exchange(tls.inference, on)) {}
  ~InferenceMode() { tls.inference = before_; }
  InferenceMode(const InferenceMode&) = delete;

 private:
  GradMode grad_;
  bool before_;
};

}  // namespace taeda
