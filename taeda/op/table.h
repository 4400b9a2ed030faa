// The erased view of an op: what Python, the stubs, the tracer and the tests need to know, without
// its type. all_ops() is the one table of them.
#pragma once
#include "taeda/op/op.h"

namespace taeda {

class Generator;

// The types an attribute may have.
enum class Kind : uint8_t {
  integer,
  boolean,
  real,
  scalar,
  dims,
  reals,
  string,
  choice,
  dtype,
  device,
  generator,
  optional_integer,
  optional_boolean,
  optional_real,
  optional_scalar,
  optional_dims,
  optional_dtype,
  optional_device,
  group,  // a struct of fields: flattened into keywords
};
struct KindFacts {
  const char *word, *stub;  // in messages; in stubs
};
TAEDA_API KindFacts facts_of(Kind k);

template <class T>
inline constexpr Kind kind_of = [] {
  static_assert(!sizeof(T), "no attribute may have this type");
  return Kind{};
}();
template <> inline constexpr Kind kind_of<int64_t> = Kind::integer;
template <> inline constexpr Kind kind_of<bool> = Kind::boolean;
template <> inline constexpr Kind kind_of<double> = Kind::real;
template <> inline constexpr Kind kind_of<Scalar> = Kind::scalar;
template <> inline constexpr Kind kind_of<Dims> = Kind::dims;
template <> inline constexpr Kind kind_of<std::vector<double>> = Kind::reals;
template <> inline constexpr Kind kind_of<std::string> = Kind::string;
template <> inline constexpr Kind kind_of<DType> = Kind::dtype;
template <> inline constexpr Kind kind_of<Device> = Kind::device;
template <> inline constexpr Kind kind_of<std::shared_ptr<Generator>> = Kind::generator;
template <> inline constexpr Kind kind_of<std::optional<int64_t>> = Kind::optional_integer;
template <> inline constexpr Kind kind_of<std::optional<bool>> = Kind::optional_boolean;
template <> inline constexpr Kind kind_of<std::optional<double>> = Kind::optional_real;
template <> inline constexpr Kind kind_of<std::optional<Scalar>> = Kind::optional_scalar;
template <> inline constexpr Kind kind_of<OptionalDims> = Kind::optional_dims;
template <> inline constexpr Kind kind_of<std::optional<DType>> = Kind::optional_dtype;
template <> inline constexpr Kind kind_of<std::optional<Device>> = Kind::optional_device;
template <class W> inline constexpr Kind kind_of<Choice<W>> = Kind::choice;
template <Fields T> inline constexpr Kind kind_of<T> = Kind::group;

struct Field {
  std::string name;
  Kind kind;
  size_t offset;  // in the attributes' bytes
  std::string default_text;
  void (*set_choice)(void* field, std::string_view word) = nullptr;
  std::string_view (*get_choice)(const void* field) = nullptr;
};

struct Info {
  const char* name;
  Def def;
  std::vector<Field> fields;
  std::vector<std::string_view> results;  // names of several outputs
  bool has_gradient, composite, pointwise, view;
  size_t attrs_size;
  void (*construct)(void*);
  void (*destroy)(void*);
  std::string (*attrs_text)(const void*);
  size_t (*attrs_hash)(const void*);
  bool (*attrs_equal)(const void*, const void*);
  Tensor (*one)(Args, const void*) = nullptr;  // exactly one of `one` and `many` is set
  TensorList (*many)(Args, const void*) = nullptr;
  void (*inplace)(Args, const void*) = nullptr;
};

namespace detail {
template <class Attrs>
void add_fields(std::vector<Field>& into, const Attrs& a, const void* origin, bool inner) {
  auto names = field_names<Attrs>();
  a.fields([&, i = size_t(0)](const auto&... f) mutable {
    (
        [&] {
          using T = std::remove_cvref_t<decltype(f)>;
          if constexpr (kind_of<T> == Kind::group) {
            add_fields(into, f, origin, true);
            i++;
          } else {
            Field field{
                std::string(names[i++]), kind_of<T>,
                size_t(reinterpret_cast<const char*>(&f) - static_cast<const char*>(origin)),
                text(f)};
            if constexpr (is_choice<T>) {
              field.set_choice = [](void* p, std::string_view w) { *static_cast<T*>(p) = T(w); };
              field.get_choice = [](const void* p) { return static_cast<const T*>(p)->word(); };
            }
            if constexpr (std::is_same_v<T, std::string>)
              field.default_text = "'" + field.default_text + "'";
            into.push_back(std::move(field));
          }
        }(),
        ...);
  });
  (void)inner;
}
}  // namespace detail

// The fields of an attribute or option struct, for whoever parses them by name.
template <class Attrs> std::vector<Field> fields_of() {
  std::vector<Field> out;
  if constexpr (Fields<Attrs>) {
    Attrs a{};
    detail::add_fields(out, a, &a, false);
  }
  return out;
}

template <class Op> const Info& info_of() {
  static const Info info = [] {
    using Attrs = AttrsOf<Op>;
    using Result = ResultOf<Op>;
    Info i{.name = op_name<Op>,
           .def = Op::def,
           .fields = fields_of<Attrs>(),
           .has_gradient = HasBackward<Op>,
           .composite = IsComposite<Op>,
           .pointwise = IsPointwise<Op>,
           .view = IsView<Op>,
           .attrs_size = sizeof(Attrs),
           .construct = [](void* p) { new (p) Attrs{}; },
           .destroy = [](void* p) { static_cast<Attrs*>(p)->~Attrs(); },
           .attrs_text = [](const void* p) { return fields_text(*static_cast<const Attrs*>(p)); },
           .attrs_hash = [](const void* p) { return fields_hash(*static_cast<const Attrs*>(p)); },
           .attrs_equal =
               [](const void* p, const void* q) {
                 return *static_cast<const Attrs*>(p) == *static_cast<const Attrs*>(q);
               }};
    if constexpr (std::is_same_v<Result, Tensor>) {
      i.one = [](Args in, const void* a) { return call<Op>(in, *static_cast<const Attrs*>(a)); };
    } else if constexpr (std::is_same_v<Result, TensorList>) {
      i.many = [](Args in, const void* a) { return call<Op>(in, *static_cast<const Attrs*>(a)); };
    } else {
      auto names = field_names<Result>();
      i.results.assign(names.begin(), names.end());
      i.many = [](Args in, const void* a) {
        return call<Op>(in, *static_cast<const Attrs*>(a)).fields([](auto&... t) {
          return TensorList{t...};
        });
      };
    }
    if constexpr (HasInplace<Op>)
      i.inplace = [](Args in, const void* a) {
        call_inplace<Op>(in, *static_cast<const Attrs*>(a));
      };
    return i;
  }();
  return info;
}

// Every op, in the order of the families.
TAEDA_API const std::vector<const Info*>& all_ops();

// Sees every op called on this thread while `tls.tracer` points at it.
struct Tracer {
  virtual ~Tracer() = default;
  virtual void on_call(const Info& op, Args in, Outs out, const void* attrs) = 0;
  // An nn::Module begins its forward, or ends it.
  virtual void on_module(const void* /*module*/, bool /*begins*/) {}
};

// The families: TAEDA_FAMILY_IS(F) in each family's .cpp defines list_F.
// clang-format off
#define TAEDA_FAMILIES(X)                                                                        \
  X(Unary) X(Activation) X(Arithmetic) X(Compare) X(Copying) X(Create) X(Views) X(Join)          \
  X(Indexing) X(Reduce) X(Sampling)                                                              \
  X(Soft) X(Extreme) X(Loss) X(Margins) X(Ctc) X(Attention) X(Folding) X(Dropping) X(Tables) X(Statistics) X(LinearAlgebra) X(Scans) X(Arranging)           \
  X(Picking) X(Sorting) X(Quantiles) X(Gates) X(Padding)                                                      \
  X(ComplexParts) X(Special) X(Numeric) X(Products) X(Convolutions) X(Pooling) X(Norms)                         \
  X(Resampling)
// clang-format on

#define TAEDA_X(F) \
  namespace ops {  \
  struct F;        \
  }                \
  void list_##F(std::vector<const Info*>& into);
TAEDA_FAMILIES(TAEDA_X)
#undef TAEDA_X

}  // namespace taeda
