// Tensor: one counted pointer to a header that says where the elements lie and how they came to be.
#pragma once
#include <span>
#include <type_traits>
#include <vector>

#include "taeda/base/error.h"
#include "taeda/base/fields.h"
#include "taeda/base/scalar.h"
#include "taeda/tensor/impl.h"
#include "taeda/tensor/positional.h"
#include "taeda/tensor/words.h"

namespace taeda {

class Tensor;
class Index;
class HookHandle;
using TensorList = std::vector<Tensor>;

// Borrowed inputs of one call.
struct Args {
  const Tensor* const* in;
  size_t n;
  size_t size() const { return n; }
  const Tensor& operator[](size_t i) const { return *in[i]; }
};

// Of a word without its op's header nothing is known, and calls of it find no function.
template <class Op>
concept Said = requires {
  sizeof(Op);
};
template <class Op> struct OpTypes;
template <Said Op> struct OpTypes<Op> {
  template <class O> static auto attrs() {
    if constexpr (requires { typename O::Attrs; }) return std::type_identity<typename O::Attrs>{};
    else return std::type_identity<NoFields>{};
  }
  template <class O> static auto result() {
    if constexpr (requires { typename O::Result; }) return std::type_identity<typename O::Result>{};
    else return std::type_identity<Tensor>{};
  }
  using Attrs = typename decltype(attrs<Op>())::type;
  using Result = typename decltype(result<Op>())::type;
};
template <class Op> using AttrsOf = typename OpTypes<Op>::Attrs;
template <class Op> using ResultOf = typename OpTypes<Op>::Result;

// Defined in op/call.h, instantiated once by the op's family.
template <class Op> TAEDA_API ResultOf<Op> call(Args in, const AttrsOf<Op>& a);
template <class Op> TAEDA_API void call_inplace(Args in, const AttrsOf<Op>& a);

// What the words of C++ ask of an op: its number of tensors, and whether its attributes may be left
// out.
template <class O, int n>
concept Takes = O::def.arity() == n && !O::def.is_list();
template <class O>
concept Optional = O::def.required == 0;
template <class O>
concept HasInplace = O::def.inplace || O::def.inplace_only ||
                     (
                         !O::def.no_inplace && !requires { &O::view; } &&
                         !requires { &O::forward; } && !requires { &O::infer; });
template <class O>
concept Varargs = O::def.varargs;
template <class O, int i>
concept TakesNumber = O::def.takes_number(i);
template <class O>
concept DimFirst = O::def.dim_first;
// `x.sum(1, true)`, and `x.view(2, 3)` where the first attribute is a list.
template <class O, class... A>
concept TakesInOrder = !requires {
  O::named_only;
}
&&(InOrder<AttrsOf<O>, A...> || (Varargs<O> && sizeof...(A) > 1 && (WholeNumber<A> && ...)));
// `x.sum({0, 1}, true)`: sizes or axes first. Not where more must follow: x.as_strided({{3}, {1}})
// lists attributes.
template <class O, class... A>
concept TakesDims = InOrder<AttrsOf<O>, Dims, A...> && O::def.required <= 1 + int(sizeof...(A));

namespace detail {
template <class O, class... A> AttrsOf<O> attrs_in_order(A... a) {
  if constexpr (Varargs<O> && sizeof...(A) > 1 && (WholeNumber<A> && ...))
    return in_order<AttrsOf<O>>(Dims{int64_t(a)...});
  else return in_order<AttrsOf<O>>(std::move(a)...);
}
}  // namespace detail

TAEDA_API Tensor empty(const Dims& sizes, DType dtype, Device device = {});
TAEDA_API Tensor empty(const Dims& sizes);
TAEDA_API Tensor empty_strided(const Dims& sizes, const Dims& strides, DType dtype, Device d = {});
TAEDA_API Tensor alias(const Tensor& x, const Geometry& g);  // shares the storage; no history
TAEDA_API Tensor alias(const Tensor& x);                     // with x's own geometry
// The same with x as its base: an in-place change of one is a change of the other, also for
// gradients.
TAEDA_API Tensor view_of(const Tensor& x, const Geometry& g);
TAEDA_API Tensor base_of(const Tensor& view);                        // undefined unless is_view
TAEDA_API Tensor scalar(Scalar s, DType dtype, Device device = {});  // 0-dim
// A tensor on memory that `keeper` owns; sizes and strides in elements.
TAEDA_API Tensor from_memory(void* data, const Geometry& g, DType dtype, size_t bytes,
                             Keeper* keeper);

class TAEDA_API Tensor {
 public:
  Tensor() = default;
  Tensor(const Tensor&) = default;
  Tensor(Tensor&&) = default;
  Tensor& operator=(const Tensor&) & = default;
  Tensor& operator=(Tensor&&) & = default;
  // x[0] = y and x[0] = 1 write into x. Error where the left side is a copy, as x[mask] is.
  const Tensor& operator=(const Tensor& values) &&;
  const Tensor& operator=(Scalar value) &&;
  explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}
  explicit Tensor(TensorImpl* adopted) : impl_(adopted) {}

  bool defined() const { return bool(impl_); }
  TensorImpl* impl() const { return impl_.get(); }
  TensorImpl* operator->() const { return impl_.get(); }
  bool is(const Tensor& o) const { return impl() == o.impl(); }
  TensorImpl* release_impl() { return impl_.detach(); }

  const Dims& sizes() const { return impl_->sizes; }
  const Dims& strides() const { return impl_->strides; }
  int64_t size(int64_t dim) const { return sizes()[axis_place(dim, this->dim())]; }
  int64_t stride(int64_t dim) const { return strides()[axis_place(dim, this->dim())]; }
  int64_t dim() const { return int64_t(sizes().size()); }
  int64_t numel() const { return impl_->numel; }
  DType dtype() const { return impl_->dtype; }
  Device device() const { return impl_->device; }
  bool is_contiguous() const { return impl_->contiguous; }
  bool is_meta() const { return impl_->device.type == DeviceType::meta; }
  bool is_floating_point() const { return is_floating(dtype()); }
  bool is_complex() const { return taeda::is_complex(dtype()); }
  int64_t element_size() const { return int64_t(size_of(dtype())); }  // bytes
  int64_t nbytes() const { return numel() * element_size(); }
  uint32_t version() const { return impl_->storage->version; }
  Geometry geometry() const { return {sizes(), strides(), impl_->offset}; }

  template <class T> T* data() const {
    return reinterpret_cast<T*>(impl_->storage->data) + impl_->offset;
  }
  // The first element; Error unless T is the dtype's type.
  template <class T> T* data_ptr() const {
    if (dtype() != dtype_of<std::remove_const_t<T>>)
      fail_element_type(dtype_of<std::remove_const_t<T>>);
    return data<T>();
  }
  void* raw() const {
    return impl_->storage->data + impl_->offset * int64_t(size_of(impl_->dtype));
  }
  Scalar item() const;  // the only element
  template <class T> T item() const { return item().to<T>(); }

  bool requires_grad() const;
  Tensor& requires_grad_(bool on = true);
  bool is_leaf() const;
  Tensor grad() const;
  void set_grad(const Tensor& g) const;
  Tensor data() const;  // the same memory, outside the graph and with a version of its own
  void set_data(const Tensor& other) const;
  const Tensor& detach_() const;
  // Other sizes over the same memory, which grows if it must; new elements are undefined. The order
  // is row-major, unless the sizes are those it has. Refused where the graph needs this tensor.
  const Tensor& resize_(const Dims& sizes) const;
  struct BackwardOptions {
    bool retain_graph = false, create_graph = false;
  };
  // Gradients of the leaves this tensor was made from, added into their .grad. A tensor of one
  // element needs no `gradient`.
  void backward(const Tensor& gradient, BackwardOptions o) const;
  void backward(const Tensor& gradient) const { backward(gradient, BackwardOptions{}); }
  void backward(const Tensor& gradient, bool retain_graph, bool create_graph = false) const {
    backward(gradient, BackwardOptions{retain_graph, create_graph});
  }
  void backward(BackwardOptions o) const { backward(Tensor(), o); }
  void backward() const { backward(Tensor()); }
  Ref<Node> grad_fn() const;  // null for a leaf
  void retain_grad() const;   // .grad is kept although this is no leaf
  bool retains_grad() const;
  // f(gradient) runs whenever this tensor's gradient is known; a Tensor it returns replaces the
  // gradient. Error unless this requires one.
  template <class F> HookHandle register_hook(F f) const;
  // f(tensor) runs after .grad of this leaf has changed.
  template <class F> HookHandle register_post_accumulate_grad_hook(F f) const;

  // The same sizes and elements; NaN equals nothing. Error where the dtypes differ.
  bool equal(const Tensor& other) const;
  // |this - other| <= atol + rtol * |other| everywhere.
  bool allclose(const Tensor& other, double rtol = 1e-5, double atol = 1e-8,
                bool equal_nan = false) const;

  Tensor index(std::initializer_list<Index> at) const;  // x[1, :, mask], see ops/index.h
  // x[at] = value
  const Tensor& index_put_(std::initializer_list<Index> at, const Tensor& value) const;
  const Tensor& index_put_(std::initializer_list<Index> at, Scalar value) const;
  Tensor operator[](int64_t i) const;
  Tensor operator[](const Tensor& i) const;
  Tensor operator[](const Index& i) const;
  Tensor to(DType dtype) const;
  Tensor to(Device device) const;
  Tensor cpu() const { return to(Device{}); }
  Tensor type_as(const Tensor& other) const { return to(other.dtype()); }
  Tensor T() const;   // all axes reversed
  Tensor mT() const;  // the last two axes swapped

// The words of the ops. O is always the op; it is a parameter so that the op's header is needed
// only where the word is used, and constrained so that words with several ops overload.
#define TAEDA_X(name, Op)                                                                        \
  template <std::same_as<ops::Op> O = ops::Op>                                                   \
  requires Takes<O, 1> ResultOf<O> name(const AttrsOf<O>& a)                                     \
  const { return run<O>(a, *this); }                                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                   \
  requires(Takes<O, 1> && Optional<O>) ResultOf<O> name()                                        \
  const { return run<O>(AttrsOf<O>{}, *this); }                                                  \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                       \
  requires(Takes<O, 1> && TakesInOrder<O, A...>) ResultOf<O> name(A... a)                        \
  const { return run<O>(detail::attrs_in_order<O>(std::move(a)...), *this); }                    \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                       \
  requires(Takes<O, 1> && TakesDims<O, A...>) ResultOf<O> name(std::initializer_list<int64_t> v, \
                                                               A... a)                           \
  const { return run<O>(in_order<AttrsOf<O>>(Dims(v), std::move(a)...), *this); }                \
  template <std::same_as<ops::Op> O = ops::Op>                                                   \
  requires(Takes<O, 1> && HasInplace<O>) const Tensor& name##_(const AttrsOf<O>& a) const {      \
    return run_inplace<O>(a, *this), *this;                                                      \
  }                                                                                              \
  template <std::same_as<ops::Op> O = ops::Op>                                                   \
  requires(Takes<O, 1> && HasInplace<O> && Optional<O>) const Tensor& name##_() const {          \
    return run_inplace<O>(AttrsOf<O>{}, *this), *this;                                           \
  }                                                                                              \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                       \
  requires(Takes<O, 1> && HasInplace<O> && TakesInOrder<O, A...>) const Tensor& name##_(A... a)  \
      const {                                                                                    \
    return run_inplace<O>(detail::attrs_in_order<O>(std::move(a)...), *this), *this;             \
  }
  TAEDA_WORDS_1(TAEDA_X)
#undef TAEDA_X
#define TAEDA_X(name, Op)                                                                      \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires Takes<O, 2> ResultOf<O> name(const Tensor& y, const AttrsOf<O>& a)                  \
  const { return run<O>(a, *this, y); }                                                        \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && Optional<O>) ResultOf<O> name(const Tensor& y)                       \
  const { return run<O>(AttrsOf<O>{}, *this, y); }                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && TakesNumber<O, 1>) ResultOf<O> name(Scalar y, const AttrsOf<O>& a)   \
  const { return run<O>(a, *this, y); }                                                        \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && TakesNumber<O, 1> && Optional<O>) ResultOf<O> name(Scalar y)         \
  const { return run<O>(AttrsOf<O>{}, *this, y); }                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && DimFirst<O>) ResultOf<O> name(int64_t dim, const Tensor& y)          \
  const { return run<O>(AttrsOf<O>{dim}, *this, y); }                                          \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && HasInplace<O>)                                                       \
      const Tensor& name##_(const Tensor& y, const AttrsOf<O>& a) const {                      \
    return run_inplace<O>(a, *this, y), *this;                                                 \
  }                                                                                            \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && HasInplace<O> && Optional<O>) const Tensor& name##_(const Tensor& y) \
      const {                                                                                  \
    return run_inplace<O>(AttrsOf<O>{}, *this, y), *this;                                      \
  }                                                                                            \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && HasInplace<O> && TakesNumber<O, 1>)                                  \
      const Tensor& name##_(Scalar y, const AttrsOf<O>& a) const {                             \
    return run_inplace<O>(a, *this, y), *this;                                                 \
  }                                                                                            \
  template <std::same_as<ops::Op> O = ops::Op>                                                 \
  requires(Takes<O, 2> && HasInplace<O> && TakesNumber<O, 1> && Optional<O>)                   \
      const Tensor& name##_(Scalar y) const {                                                  \
    return run_inplace<O>(AttrsOf<O>{}, *this, y), *this;                                      \
  }
  TAEDA_WORDS_2(TAEDA_X)
#undef TAEDA_X
#define TAEDA_X(name, Op)                                                                       \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3>) ResultOf<O> name(const Tensor& y, const Tensor& z, const AttrsOf<O>& a) \
  const { return run<O>(a, *this, y, z); }                                                      \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && Optional<O>) ResultOf<O> name(const Tensor& y, const Tensor& z)       \
  const { return run<O>(AttrsOf<O>{}, *this, y, z); }                                           \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && TakesNumber<O, 2>) ResultOf<O> name(const Tensor& y, Scalar z,        \
                                                              const AttrsOf<O>& a)              \
  const { return run<O>(a, *this, y, z); }                                                      \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && TakesNumber<O, 2> && Optional<O>) ResultOf<O> name(const Tensor& y,   \
                                                                             Scalar z)          \
  const { return run<O>(AttrsOf<O>{}, *this, y, z); }                                           \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && DimFirst<O>) ResultOf<O> name(int64_t dim, const Tensor& y,           \
                                                        const Tensor& z)                        \
  const { return run<O>(AttrsOf<O>{dim}, *this, y, z); }                                        \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && HasInplace<O>)                                                        \
      const Tensor& name##_(const Tensor& y, const Tensor& z, const AttrsOf<O>& a) const {      \
    return run_inplace<O>(a, *this, y, z), *this;                                               \
  }                                                                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && HasInplace<O> && Optional<O>)                                         \
      const Tensor& name##_(const Tensor& y, const Tensor& z) const {                           \
    return run_inplace<O>(AttrsOf<O>{}, *this, y, z), *this;                                    \
  }                                                                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && HasInplace<O> && TakesNumber<O, 2>)                                   \
      const Tensor& name##_(const Tensor& y, Scalar z, const AttrsOf<O>& a) const {             \
    return run_inplace<O>(a, *this, y, z), *this;                                               \
  }                                                                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && HasInplace<O> && TakesNumber<O, 2> && Optional<O>)                    \
      const Tensor& name##_(const Tensor& y, Scalar z) const {                                  \
    return run_inplace<O>(AttrsOf<O>{}, *this, y, z), *this;                                    \
  }                                                                                             \
  template <std::same_as<ops::Op> O = ops::Op>                                                  \
  requires(Takes<O, 3> && HasInplace<O> && DimFirst<O>)                                         \
      const Tensor& name##_(int64_t dim, const Tensor& y, const Tensor& z) const {              \
    return run_inplace<O>(AttrsOf<O>{dim}, *this, y, z), *this;                                 \
  }
  TAEDA_WORDS_3(TAEDA_X)
#undef TAEDA_X

 private:
  [[noreturn]] void fail_element_type(DType wanted) const;
  template <class O, class... X> static ResultOf<O> run(const AttrsOf<O>& a, const X&... x);
  template <class O, class... X> static void run_inplace(const AttrsOf<O>& a, const X&... x);

  Ref<TensorImpl> impl_;
};

// A number as a 0-dim tensor beside tensors of dtype `like`, made on the stack: it costs no
// allocation, and whoever keeps it clones it.
class TAEDA_API NumberTensor {
 public:
  NumberTensor(Scalar s, DType like, Device device = {});
  ~NumberTensor() {}
  NumberTensor(const NumberTensor&) = delete;
  const Tensor& tensor() const { return handle_; }

 private:
  struct {
    TensorImpl impl;
    Storage storage;
  } block_;
  alignas(16) std::byte value_[16];
  union {
    Tensor handle_;
  };
};

namespace detail {
inline const Tensor& as_tensor(const Tensor& x, const Tensor&) { return x; }
inline NumberTensor as_tensor(Scalar s, const Tensor& beside) {
  return NumberTensor(s, beside.dtype(), beside.device());
}
inline const Tensor* address(const Tensor& x) { return &x; }
inline const Tensor* address(const NumberTensor& x) { return &x.tensor(); }
inline const Tensor& first_tensor(const Tensor& x, const auto&...) { return x; }
inline const Tensor& first_tensor(Scalar, const auto&... rest) { return first_tensor(rest...); }

template <class O, class... X> ResultOf<O> run_with(const AttrsOf<O>& a, const X&... x) {
  const Tensor* in[] = {address(x)...};
  return call<O>({in, sizeof...(X)}, a);
}
template <class O, class... X> void run_inplace_with(const AttrsOf<O>& a, const X&... x) {
  const Tensor* in[] = {address(x)...};
  call_inplace<O>({in, sizeof...(X)}, a);
}
// Runs an op on tensors and numbers; a number takes its dtype from the first tensor.
template <class O, class... X> ResultOf<O> run(const AttrsOf<O>& a, const X&... x) {
  const Tensor& beside = first_tensor(x...);
  return run_with<O>(a, as_tensor(x, beside)...);
}
}  // namespace detail

template <class O, class... X> ResultOf<O> Tensor::run(const AttrsOf<O>& a, const X&... x) {
  return detail::run<O>(a, x...);
}
template <class O, class... X> void Tensor::run_inplace(const AttrsOf<O>& a, const X&... x) {
  const Tensor& beside = detail::first_tensor(x...);
  detail::run_inplace_with<O>(a, detail::as_tensor(x, beside)...);
}

// Strides of a dense tensor of these sizes whose axes lie in memory in the order of x's.
TAEDA_API Dims strides_like(const Tensor& x, const Dims& sizes);

}  // namespace taeda
