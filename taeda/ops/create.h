// Factories: tensors from sizes and numbers.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Create
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda {

// What a factory makes. Without a dtype it is the default one, or that of the example or the
// numbers.
struct TensorOptions {
  std::optional<DType> dtype = {};
  std::optional<Device> device = {};
  bool requires_grad = false;
  bool pin_memory = false;  // accepted; memory of the CPU is never pinned
  TAEDA_FIELDS(dtype, device, requires_grad, pin_memory)
};
inline TensorOptions requires_grad(bool on = true) { return {.requires_grad = on}; }
TAEDA_API Tensor finish_factory(Tensor made,
                                const TensorOptions& o);  // requires_grad, after the fill

}  // namespace taeda

namespace taeda::ops {
struct Create;

struct SizeOptions {
  Dims size = {};
  TensorOptions options = {};
  TAEDA_FIELDS(size, options)
};
#define TAEDA_SIZED(Op, word, text)                                                         \
  struct Op {                                                                               \
    static constexpr Def def{                                                               \
        .doc = text, .required = 1, .keyword_only = 4, .varargs = true, .scope = in_torch}; \
    using Attrs = SizeOptions;                                                              \
    static Tensor forward(const Attrs& a);                                                  \
  };                                                                                        \
  TAEDA_OP_WITHOUT_FUNCTIONS(word, Op)
TAEDA_SIZED(Empty, empty, "A tensor of this size whose elements are not set.")
TAEDA_SIZED(Zeros, zeros, "A tensor of zeros.")
TAEDA_SIZED(Ones, ones, "A tensor of ones.")
#undef TAEDA_SIZED

struct Full {
  static constexpr Def def{.doc = "A tensor of this size, every element fill_value.",
                           .required = 2,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    Dims size = {};
    Scalar fill_value = {};
    TensorOptions options = {};
    TAEDA_FIELDS(size, fill_value, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(full, Full)

struct EmptyStrided {
  static constexpr Def def{.doc = "A tensor of these sizes and strides whose elements are not set.",
                           .required = 2,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    Dims size = {}, stride = {};
    TensorOptions options = {};
    TAEDA_FIELDS(size, stride, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(empty_strided, EmptyStrided)

#define TAEDA_LIKE(Op, word, text)                          \
  struct Op {                                               \
    static constexpr Def def{.inputs = {"input"},           \
                             .doc = text,                   \
                             .differentiable = false,       \
                             .keyword_only = 4,             \
                             .scope = in_torch};            \
    struct Attrs {                                          \
      TensorOptions options = {};                           \
      TAEDA_FIELDS(options)                                 \
    };                                                      \
    static Tensor forward(const Tensor& x, const Attrs& a); \
  };                                                        \
  TAEDA_OP(word, Op)
TAEDA_LIKE(EmptyLike, empty_like, "An unset tensor of input's size, dtype and memory order.")
TAEDA_LIKE(ZerosLike, zeros_like, "Zeros of input's size, dtype and memory order.")
TAEDA_LIKE(OnesLike, ones_like, "Ones of input's size, dtype and memory order.")
#undef TAEDA_LIKE

struct FullLike {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "fill_value in input's size, dtype and memory order.",
                           .differentiable = false,
                           .required = 1,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    Scalar fill_value = {};
    TensorOptions options = {};
    TAEDA_FIELDS(fill_value, options)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(full_like, FullLike)

#define TAEDA_NEW(Op, word, text)                           \
  struct Op {                                               \
    static constexpr Def def{.inputs = {"input"},           \
                             .doc = text,                   \
                             .differentiable = false,       \
                             .required = 1,                 \
                             .keyword_only = 4,             \
                             .varargs = true,               \
                             .scope = in_tensor};           \
    using Attrs = SizeOptions;                              \
    static Tensor forward(const Tensor& x, const Attrs& a); \
  };                                                        \
  TAEDA_OP(word, Op)
TAEDA_NEW(NewEmpty, new_empty, "An unset tensor of this size, with input's dtype and device.")
TAEDA_NEW(NewZeros, new_zeros, "Zeros of this size, with input's dtype and device.")
TAEDA_NEW(NewOnes, new_ones, "Ones of this size, with input's dtype and device.")
#undef TAEDA_NEW

struct NewFull {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "fill_value in this size, with input's dtype and device.",
                           .differentiable = false,
                           .required = 2,
                           .keyword_only = 4,
                           .scope = in_tensor};
  using Attrs = Full::Attrs;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(new_full, NewFull)

struct NewEmptyStrided {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "An unset tensor of these sizes and strides, with input's dtype.",
                           .differentiable = false,
                           .required = 2,
                           .keyword_only = 4,
                           .scope = in_tensor};
  using Attrs = EmptyStrided::Attrs;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(new_empty_strided, NewEmptyStrided)

// ---- ranges ----

struct ArangeEnd {
  static constexpr Def def{
      .doc = "0, 1, .. below end.", .required = 1, .keyword_only = 4, .scope = in_torch};
  struct Attrs {
    Scalar end = {};
    TensorOptions options = {};
    TAEDA_FIELDS(end, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(arange, ArangeEnd)

struct Arange {
  static constexpr Def def{.doc =
                               "start, start + step, .. up to but not including end. int64 if all "
                               "three are integers.",
                           .required = 2,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    Scalar start = {}, end = {}, step = 1;
    TensorOptions options = {};
    TAEDA_FIELDS(start, end, step, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(arange, Arange)

struct Linspace {
  static constexpr Def def{.doc = "steps numbers from start to end, both included, evenly spaced.",
                           .required = 3,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    Scalar start = {}, end = {};
    int64_t steps = 0;
    TensorOptions options = {};
    TAEDA_FIELDS(start, end, steps, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(linspace, Linspace)

struct Logspace {
  static constexpr Def def{.doc = "base ** linspace(start, end, steps).",
                           .required = 3,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    Scalar start = {}, end = {};
    int64_t steps = 0;
    double base = 10;
    TensorOptions options = {};
    TAEDA_FIELDS(start, end, steps, base, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(logspace, Logspace)

struct Eye {
  static constexpr Def def{
      .doc = "An n x n identity matrix.", .required = 1, .keyword_only = 4, .scope = in_torch};
  struct Attrs {
    int64_t n = 0;
    TensorOptions options = {};
    TAEDA_FIELDS(n, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(eye, Eye)

struct EyeRectangle {
  static constexpr Def def{.doc = "An n x m matrix with ones on its diagonal.",
                           .required = 2,
                           .keyword_only = 4,
                           .scope = in_torch};
  struct Attrs {
    int64_t n = 0, m = 0;
    TensorOptions options = {};
    TAEDA_FIELDS(n, m, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(eye, EyeRectangle)

struct ScalarTensor {
  static constexpr Def def{
      .doc = "A 0-dim tensor of one number.", .required = 1, .keyword_only = 4, .scope = in_torch};
  struct Attrs {
    Scalar s = {};
    TensorOptions options = {};
    TAEDA_FIELDS(s, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(scalar_tensor, ScalarTensor)

}  // namespace taeda::ops

namespace taeda {

// The factories of C++: zeros({2, 3}, {.dtype = DType::float64}).
TAEDA_API Tensor empty(const Dims& sizes, const TensorOptions& o);
TAEDA_API Tensor full(const Dims& sizes, Scalar value, const TensorOptions& o = {});
TAEDA_API Tensor zeros(const Dims& sizes, const TensorOptions& o = {});
TAEDA_API Tensor ones(const Dims& sizes, const TensorOptions& o = {});
TAEDA_API Tensor arange(Scalar end, const TensorOptions& o = {});
TAEDA_API Tensor arange(Scalar start, Scalar end, Scalar step = 1, const TensorOptions& o = {});
TAEDA_API Tensor linspace(Scalar start, Scalar end, int64_t steps, const TensorOptions& o = {});
TAEDA_API Tensor eye(int64_t n, const TensorOptions& o = {});
// Numbers as tensor() takes them: 1.5, {1, 2}, {{0.5}, {1.5}}, to any depth, or a vector (of
// vectors). ValueError where the lengths within one axis differ.
class TAEDA_API Numbers {
 public:
  Numbers() : sizes_(0) {}
  template <class T>
  requires std::constructible_from<Scalar, const T&> Numbers(const T& number)
      : flat_{Scalar(number)} {}
  Numbers(std::initializer_list<Numbers> parts);
  template <class T> Numbers(const std::vector<T>& values) {
    if constexpr (std::constructible_from<Scalar, const T&>) {
      sizes_ = Dims(int64_t(values.size()));
      flat_.assign(values.begin(), values.end());
    } else {
      *this = joined({values.begin(), values.end()});
    }
  }
  const Dims& sizes() const { return sizes_; }
  const std::vector<Scalar>& flat() const { return flat_; }

 private:
  static Numbers joined(const std::vector<Numbers>& parts);
  Dims sizes_;
  std::vector<Scalar> flat_;
};
// A tensor of these numbers. bools give bool, integers int64, other numbers the default dtype.
TAEDA_API Tensor tensor(const Numbers& values, const TensorOptions& o = {});
// A tensor on memory that is not its own and must outlive it: row-major `sizes` of elements of
// o.dtype, by default the default dtype.
TAEDA_API Tensor from_blob(void* data, const Dims& sizes, const TensorOptions& o = {});
// From memory, copied: from_values({2, 2}, std::span(values)).
TAEDA_API Tensor from_values(const Dims& sizes, std::span<const double> values,
                             const TensorOptions& o = {});

}  // namespace taeda

#pragma GCC visibility pop
#undef TAEDA_FAMILY
