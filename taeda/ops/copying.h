// Copies: casts, clones, fills and moves between layouts and devices.
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/functor.h"

#define TAEDA_FAMILY Copying
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Copying;

struct Cast {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "A copy in another dtype, in the same memory order.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0,
                           .backward_name = "ToCopyBackward0"};
  struct Attrs {
    DType dtype = DType::float32;
    TAEDA_FIELDS(dtype)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, Type<0> t);
};
TAEDA_OP(cast, Cast)

// How a copy's axes lie in memory.
struct MemoryFormat {
  static constexpr std::string_view words[] = {"preserve", "contiguous", "channels_last",
                                               "channels_last_3d"};
  [[noreturn]] TAEDA_API static void fail(std::string_view word);
};
TAEDA_API Dims format_strides(const Choice<MemoryFormat>& f, const Tensor& x);

struct Clone {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "A copy with memory of its own.",
                           .types = Types::own,
                           .keyword_only = 1};
  struct Attrs {
    Choice<MemoryFormat> memory_format = {};
    TAEDA_FIELDS(memory_format)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g);
};
TAEDA_OP(clone, Clone)

struct Contiguous {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input itself if its elements lie in that order, else a copy.",
                           .keyword_only = 1,
                           .scope = in_tensor};
  struct Attrs {
    Choice<MemoryFormat> memory_format = {"contiguous"};
    TAEDA_FIELDS(memory_format)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(contiguous, Contiguous)

struct Fill {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Every element becomes value.",
                           .inplace_only = true,
                           .required = 1,
                           .scope = in_tensor,
                           .backward_name = "FillBackward2"};
  struct Attrs {
    Scalar value = {};
    TAEDA_FIELDS(value)
  };
  static constexpr bool idempotent = true;  // elements that share a place may be filled
  static void check_attrs(const Tensor& self, const Attrs& a) { a.value.check_fits(self.dtype()); }
  template <class V> TAEDA_HD static V apply(V, const Attrs& a) {
    return V(a.value.to<Element<V>>());
  }
  static Tensor backward(Grad g);
};
TAEDA_OP(fill, Fill)

struct Zero {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Every element becomes 0.",
                           .inplace_only = true,
                           .scope = in_tensor};
  static constexpr bool idempotent = true;
  template <class V> TAEDA_HD static V apply(V) { return V(0); }
  static Tensor backward(Grad g);
};
TAEDA_OP(zero, Zero)

struct Copy {
  static constexpr Def def{.inputs = {"input", "src"},
                           .doc = "Every element becomes that of src, which is broadcast and cast.",
                           .inplace_only = true,
                           .scope = in_tensor,
                           .backward_name = "CopyBackwards"};
  struct Attrs {
    bool non_blocking = false;
    TAEDA_FIELDS(non_blocking)
  };
  static constexpr bool own_kernel = true;
  template <class V> TAEDA_HD static V apply(V, V y) { return y; }
  static GradsOf<2> backward(Grad g, Needs need);
};
TAEDA_OP(copy, Copy)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
