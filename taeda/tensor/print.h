// The text of tensors: what Python's repr() gives, for both languages.
#pragma once
#include <iosfwd>
#include <limits>
#include <optional>
#include <string>

#include "taeda/tensor/tensor.h"

namespace taeda {

struct PrintOptions {
  static constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

  int64_t precision = 4;              // digits after the point
  int64_t threshold = 1000;           // with more elements than this, only the edges are shown
  int64_t edgeitems = 3;              // shown at each end of an axis then
  int64_t linewidth = 80;             // columns
  std::optional<bool> sci_mode = {};  // scientific notation; none: where the values need it
};
// The options of this process; set as one, from any thread.
TAEDA_API PrintOptions print_options();
TAEDA_API void set_print_options(const PrintOptions& o);

// "tensor([1., 2.], requires_grad=True)": reads only the elements that are shown. `prefix` is what
// stands before the parenthesis.
TAEDA_API std::string to_text(const Tensor& x, const PrintOptions& o,
                              std::string_view prefix = "tensor");
TAEDA_API std::string to_text(const Tensor& x);
std::string graph_suffix(const Tensor& x);  // "grad_fn=<AddBackward0>", or empty

TAEDA_API std::ostream& operator<<(std::ostream& out, const Tensor& x);
TAEDA_API std::ostream& operator<<(std::ostream& out, const Dims& d);    // [2, 3]
TAEDA_API std::ostream& operator<<(std::ostream& out, DType d);          // torch.float32
TAEDA_API std::ostream& operator<<(std::ostream& out, const Device& d);  // cpu
TAEDA_API std::ostream& operator<<(std::ostream& out, const Scalar& s);

}  // namespace taeda
