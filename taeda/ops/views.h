// Views: other sizes and strides on the same memory.
#pragma once
#include "taeda/op/op.h"

#define TAEDA_FAMILY Views
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda::ops {
struct Views;

struct Size {
  Dims size = {};
  TAEDA_FIELDS(size)
};
struct ShapeAttr {
  Dims shape = {};
  TAEDA_FIELDS(shape)
};
struct DimsAttr {
  Dims dims = {};
  TAEDA_FIELDS(dims)
};
struct Dim {
  int64_t dim = 0;
  TAEDA_FIELDS(dim)
};

struct View {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "The same elements under another shape; one size may be -1. Fails where "
          "only a copy could have that shape.",
      .required = 1,
      .varargs = true,
      .scope = in_tensor};
  using Attrs = Size;
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s);
};
TAEDA_OP(view, View)

struct ViewDtype {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "The same bytes read as another dtype.",
                           .differentiable = false,
                           .required = 1,
                           .scope = in_tensor};
  struct Attrs {
    DType dtype = DType::float32;
    TAEDA_FIELDS(dtype)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(view, ViewDtype)

struct Reshape {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "A view where strides allow it, else a copy.",
                           .required = 1,
                           .varargs = true};
  using Attrs = ShapeAttr;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(reshape, Reshape)

struct ViewAs {
  static constexpr Def def{
      .inputs = {"input", "other!"}, .doc = "input.view(other.size()).", .scope = in_tensor};
  static Tensor forward(const Tensor& x, const Tensor& other);
};
TAEDA_OP(view_as, ViewAs)

struct ReshapeAs {
  static constexpr Def def{
      .inputs = {"input", "other!"}, .doc = "input.reshape(other.size()).", .scope = in_tensor};
  static Tensor forward(const Tensor& x, const Tensor& other);
};
TAEDA_OP(reshape_as, ReshapeAs)

struct Ravel {
  static constexpr Def def{.inputs = {"input"}, .doc = "One dimension, in row-major order."};
  static Tensor forward(const Tensor& x);
};
TAEDA_OP(ravel, Ravel)

struct Flatten {
  static constexpr Def def{.inputs = {"input"}, .doc = "The axes start_dim to end_dim made one."};
  struct Attrs {
    int64_t start_dim = 0, end_dim = -1;
    TAEDA_FIELDS(start_dim, end_dim)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(flatten, Flatten)

struct Unflatten {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "Axis dim cut into axes of these sizes.", .required = 2};
  struct Attrs {
    int64_t dim = 0;
    Dims sizes = {};
    TAEDA_FIELDS(dim, sizes)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(unflatten, Unflatten)

struct Expand {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Axes of size 1 repeated without a copy; -1 keeps a size.",
                           .required = 1,
                           .varargs = true,
                           .scope = in_tensor};
  using Attrs = Size;
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s);
};
TAEDA_OP(expand, Expand)

struct ExpandAs {
  static constexpr Def def{
      .inputs = {"input", "other!"}, .doc = "input.expand(other.size()).", .scope = in_tensor};
  static Tensor forward(const Tensor& x, const Tensor& other);
};
TAEDA_OP(expand_as, ExpandAs)

struct BroadcastTo {
  static constexpr Def def{.inputs = {"input"}, .doc = "input expanded to size.", .required = 1};
  using Attrs = Size;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(broadcast_to, BroadcastTo)

struct SumToSize {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input summed so that it has this size: undoes expand.",
                           .required = 1,
                           .varargs = true,
                           .scope = in_tensor};
  using Attrs = Size;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(sum_to_size, SumToSize)

struct Permute {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "The axes in another order.", .required = 1, .varargs = true};
  using Attrs = DimsAttr;
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(permute, Permute)

struct Movedim {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "The axes source moved to the places destination, the others in order.",
      .required = 2};
  struct Attrs {
    Dims source = {}, destination = {};
    TAEDA_FIELDS(source, destination)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(movedim, Movedim)

struct Transpose {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "Two axes swapped.", .inplace = true, .required = 2};
  struct Attrs {
    int64_t dim0 = 0, dim1 = 1;
    TAEDA_FIELDS(dim0, dim1)
  };
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(transpose, Transpose)

struct T {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "A matrix transposed; fewer axes stay as they are.",
                           .inplace = true,
                           .backward_name = "TBackward0"};
  static Geometry view(const Tensor& x);
  static Tensor backward(Grad g);
};
TAEDA_OP(t, T)

struct Unsqueeze {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "A new axis of size 1 at dim.", .inplace = true, .required = 1};
  using Attrs = Dim;
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s);
};
TAEDA_OP(unsqueeze, Unsqueeze)

struct Squeeze {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Without its axes of size 1; or of the axes in dim, without those of "
          "size 1.",
      .inplace = true};
  struct Attrs {
    OptionalDims dim = {};
    TAEDA_FIELDS(dim)
  };
  static int overload(const Attrs& a) { return !a.dim ? 0 : a.dim->size() == 1 ? 1 : 2; }
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s);
};
TAEDA_OP(squeeze, Squeeze)

struct Select {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "What lies at index along dim; the axis disappears.",
                           .required = 2};
  struct Attrs {
    int64_t dim = 0, index = 0;
    TAEDA_FIELDS(dim, index)
  };
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, const Attrs& a);
};
TAEDA_OP(select, Select)

struct Slice {
  static constexpr Def def{.inputs = {"input"}, .doc = "start:end:step along dim.", .scope = 0};
  struct Attrs {
    int64_t dim = 0, start = 0;
    std::optional<int64_t> end = {};
    int64_t step = 1;
    TAEDA_FIELDS(dim, start, end, step)
  };
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, const Attrs& a);
};
TAEDA_OP(slice, Slice)

struct Unslice {  // the gradient of slice, and slice is its gradient
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Zeros of shape size whose slice is input.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0};
  struct Attrs {
    Dims size = {};
    Slice::Attrs at;
    TAEDA_FIELDS(size, at)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(unslice, Unslice)

struct Narrow {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "The length elements from start along dim.", .required = 3};
  struct Attrs {
    int64_t dim = 0, start = 0, length = 0;
    TAEDA_FIELDS(dim, start, length)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(narrow, Narrow)

struct NarrowTensor {
  static constexpr Def def{.inputs = {"input", "start!"},
                           .doc = "narrow with start as a 0-dim tensor.",
                           .required = 2,
                           .early = 1};
  struct Attrs {
    int64_t dim = 0, length = 0;
    TAEDA_FIELDS(dim, length)
  };
  static Tensor forward(const Tensor& x, const Tensor& start, const Attrs& a);
};
TAEDA_OP(narrow, NarrowTensor)

struct Alias {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "input itself, as a view.",
                           .scope = 0,
                           .backward_name = "AliasBackward0"};
  static Geometry view(const Tensor& x) { return x.geometry(); }
  static Tensor backward(Grad g);
};
TAEDA_OP(same_view, Alias)

struct AsStrided {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Any sizes, strides and offset on the input's memory.",
                           .inplace = true,
                           .required = 2};
  struct Attrs {
    Dims size = {}, stride = {};
    std::optional<int64_t> storage_offset = {};
    TAEDA_FIELDS(size, stride, storage_offset)
  };
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Layout<0> x, const Attrs& a);
};
TAEDA_OP(as_strided, AsStrided)

struct Diagonal {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "The diagonal of axes dim1 and dim2 as the last axis; offset moves it "
          "right, or down where negative."};
  struct Attrs {
    int64_t offset = 0, dim1 = 0, dim2 = 1;
    TAEDA_FIELDS(offset, dim1, dim2)
  };
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Shape<0> s, const Attrs& a);
};
TAEDA_OP(diagonal, Diagonal)

struct Undiagonal {  // the gradient of diagonal
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Zeros of shape size whose diagonal is input.",
                           .types = Types::own,
                           .required = 1,
                           .scope = 0};
  struct Attrs {
    Dims size = {};
    Diagonal::Attrs at;
    TAEDA_FIELDS(size, at)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, const Attrs& a);
};
TAEDA_OP(undiagonal, Undiagonal)

struct Unfold {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Windows of size elements along dimension, step apart, as a new last "
          "axis.",
      .required = 3,
      .scope = in_tensor};
  struct Attrs {
    int64_t dimension = 0, size = 1, step = 1;
    TAEDA_FIELDS(dimension, size, step)
  };
  static Geometry view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grad g, Layout<0> x, Shape<0> s, const Attrs& a);
};
TAEDA_OP(unfold, Unfold)

struct Detach {
  static constexpr Def def{
      .inputs = {"input"}, .doc = "The same elements outside the graph.", .differentiable = false};
  static Geometry view(const Tensor& x);
};
TAEDA_OP(detach, Detach)

struct Unbind {
  static constexpr Def def{.inputs = {"input"}, .doc = "The slices along dim, the axis removed."};
  using Attrs = Dim;
  using Result = TensorList;
  static std::vector<Geometry> view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grads g, Shape<0> s, Type<0> t, const Attrs& a);
};
TAEDA_OP(unbind, Unbind)

struct Split {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Pieces of split_size along dim; the last may be smaller.",
                           .required = 1};
  struct Attrs {
    int64_t split_size = 1, dim = 0;
    TAEDA_FIELDS(split_size, dim)
  };
  using Result = TensorList;
  static std::vector<Geometry> view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grads g, Shape<0> s, Type<0> t, const Attrs& a);
};
TAEDA_OP(split, Split)

struct SplitSizes {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Pieces of these sizes along dim.",
                           .required = 1,
                           .backward_name = "SplitWithSizesBackward0"};
  struct Attrs {
    Dims split_size = {};
    int64_t dim = 0;
    TAEDA_FIELDS(split_size, dim)
  };
  using Result = TensorList;
  static constexpr bool named_only = true;  // x.split(2) is the other one
  static std::vector<Geometry> view(const Tensor& x, const Attrs& a);
  static Tensor backward(Grads g, Shape<0> s, Type<0> t, const Attrs& a);
};
TAEDA_OP(split, SplitSizes)

struct Chunk {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "At most `chunks` pieces of equal size along dim.",
                           .required = 1};
  struct Attrs {
    int64_t chunks = 1, dim = 0;
    TAEDA_FIELDS(chunks, dim)
  };
  using Result = TensorList;
  static TensorList forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(chunk, Chunk)

// The strides with which x can be seen under these sizes; none if only a copy can.
TAEDA_API std::optional<Dims> view_strides(const Tensor& x, const Dims& sizes);
TAEDA_API Tensor sum_to(const Tensor& g, const Dims& sizes);  // undoes expand

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY
