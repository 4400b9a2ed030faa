// What an op says of itself. An op is a plain struct; which member it has decides its kind:
//   apply    pointwise functor: loops for every device, and the in-place form, are derived
//   view     an alias with another geometry
//   infer    a kernel op: outputs from input shapes; `cpu` is its kernel
//   forward  a composite of other ops, needing no gradient of its own
// `backward` is written with differentiable ops; its parameter list is what the node keeps.
#pragma once
#include <array>
#include <string_view>

#include "taeda/tensor/tensor.h"

namespace taeda {

// How the inputs' dtypes meet: promoted to a common one; to a common floating one; each left alone.
enum class Types : uint8_t { common, floating, own };

// Categories of dtype an op computes in, after promotion.
inline constexpr uint8_t accepts_bool = 1, accepts_integers = 2, accepts_floats = 4,
                         accepts_complex = 8;
inline constexpr uint8_t accepts_real = accepts_bool | accepts_integers | accepts_floats;
inline constexpr uint8_t accepts_numbers = accepts_integers | accepts_floats | accepts_complex;
inline constexpr uint8_t accepts_ordered = accepts_integers | accepts_floats;  // real, without bool
inline constexpr uint8_t accepts_whole = accepts_bool | accepts_integers;
inline constexpr uint8_t accepts_any = 15;

// Where Python finds the op.
inline constexpr uint8_t in_torch = 1, in_tensor = 2, in_functional = 4, in_special = 8;
inline constexpr uint8_t everywhere = in_torch | in_tensor;

struct Def {
  // Names of the tensors it takes. Marks behind a name: ? may be undefined, ! keeps its own dtype
  // (of a pointwise op: a mask), # may be a number, * a list of tensors (the last input only).
  std::array<const char*, 8> inputs{};
  const char* doc = "";
  Types types = Types::common;
  uint8_t accepts = accepts_any;
  const char* kernel = nullptr;  // its name in messages of missing dtypes, if not the op's
  bool differentiable = true;
  bool inplace = false;  // name_ exists (pointwise ops have it anyway)
  bool inplace_only =
      false;                // fill_, copy_: computed in the dtype of the first input, only as name_
  bool no_inplace = false;  // pointwise without name_
  int required = 0;         // leading attributes without a default
  int keyword_only = 0;     // trailing attributes that Python takes by name only
  int early = 0;            // Python takes this many attributes right after the first input
  bool numbers_alone = false;  // Python may call it on numbers only
  bool varargs = false;        // Python may pass the first attribute, a list, as x.view(2, 3)
  bool dim_first = false;      // early == 1, an axis: C++ offers x.gather(dim, index)
  uint8_t scope = everywhere;
  // "MaxBackward1", if not made from the op's name; a composite's last node goes by it, if given.
  const char* backward_name = nullptr;

  static constexpr bool marked(const char* input, char mark) {
    std::string_view s(input);
    while (!s.empty() && std::string_view("?!#*").find(s.back()) != s.npos) {
      if (s.back() == mark) return true;
      s.remove_suffix(1);
    }
    return false;
  }
  constexpr int arity() const {
    int n = 0;
    while (n < 8 && inputs[size_t(n)]) n++;
    return n;
  }
  constexpr bool is_list() const {
    int n = arity();
    return n > 0 && marked(inputs[size_t(n - 1)], '*');
  }
  // Inputs of a list op beyond the fixed ones all belong to the list.
  constexpr size_t slot(size_t i) const {
    size_t n = size_t(arity());
    return i < n ? i : n - 1;
  }
  constexpr bool optional(size_t i) const { return marked(inputs[slot(i)], '?'); }
  constexpr bool promotes(size_t i) const { return !marked(inputs[slot(i)], '!'); }
  constexpr bool takes_number(size_t i) const { return marked(inputs[slot(i)], '#'); }
  constexpr std::string_view input_name(size_t i) const {
    std::string_view s(inputs[slot(i)]);
    return s.substr(0, s.find_first_of("?!#*"));
  }
  constexpr int leader() const {  // the first input that takes part in promotion
    int i = 0;
    while (i < arity() - 1 && !promotes(size_t(i))) i++;
    return i;
  }
};

template <class Op>
concept IsView = requires {
  &Op::view;
};
template <class Op>
concept IsComposite = requires {
  &Op::forward;
};
template <class Op>
concept IsKernel = requires {
  &Op::infer;
};
template <class Op>
concept IsPointwise = !IsView<Op> && !IsComposite<Op> && !IsKernel<Op>;

// What the call path asks of a Def, as constants: a constexpr function called at run time would
// search strings there.
template <class Op> inline constexpr int leader_of = Op::def.leader();
template <class Op> inline constexpr size_t arity_of = size_t(Op::def.arity());
template <class Op>
inline constexpr auto promotes_of = [] {
  std::array<bool, 8> p{};
  for (size_t i = 0; i < arity_of<Op>; i++) p[i] = Op::def.promotes(i);
  return p;
}();

// The word of an op, set by TAEDA_OP.
template <class Op> inline constexpr const char* op_name = nullptr;
template <class Op> struct FamilyOfOp;  // the family an op is said in
template <class Op> using FamilyOf = typename FamilyOfOp<Op>::type;
// The ops of a family: Entry<Family, line> is the op said on that line of the family's header.
template <class Family, int line> struct Entry { using type = void; };
template <class... Op> struct OpList { static constexpr int size = sizeof...(Op); };

namespace detail {
template <class... A, class... B> OpList<A..., B...> operator+(OpList<A...>, OpList<B...>);
template <class T> struct ListOf { using type = OpList<T>; };
template <> struct ListOf<void> { using type = OpList<>; };
// In blocks: one fold over all lines nests deeper than clang accepts.
inline constexpr int block_lines = 40, blocks = 20;
template <class Family, int from, int... line>
auto collect_block(std::integer_sequence<int, line...>)
    -> decltype((OpList<>{} + ... +
                 typename ListOf<typename Entry<Family, from + line>::type>::type{}));
template <class Family, int... block>
auto collect(std::integer_sequence<int, block...>) -> decltype((
    OpList<>{} + ... +
    collect_block<Family, block * block_lines>(std::make_integer_sequence<int, block_lines>{})));

template <class Op, class List> inline constexpr int index_in = -1;
template <class Op, class... Rest> inline constexpr int index_in<Op, OpList<Op, Rest...>> = 0;
template <class Op, class First, class... Rest>
inline constexpr int index_in<Op, OpList<First, Rest...>> = 1 + index_in<Op, OpList<Rest...>>;
}  // namespace detail

template <class Family>
using OpsOf = decltype(detail::collect<Family>(std::make_integer_sequence<int, detail::blocks>{}));

template <class F, class... X> decltype(auto) with_attrs(F f, const auto& a, const X&... x) {
  if constexpr (requires { f(x..., a); }) return f(x..., a);
  else return f(x...);
}

// ---- the words as functions ----

namespace detail {
TAEDA_API std::vector<const Tensor*> addresses(std::span<const Tensor> fixed,
                                               std::span<const Tensor> list);
template <class O> ResultOf<O> run_list(const AttrsOf<O>& a, std::span<const Tensor> list) {
  auto in = addresses({}, list);
  return call<O>({in.data(), in.size()}, a);
}
}  // namespace detail

// Declares the functions of one op, in namespace taeda. They are templates so that an op's header
// stays light, and functions, not function objects: exp(x) must overload with math.h's.
#define TAEDA_FUNCTIONS(name, Op)                                                                  \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires Takes<O, 1> ResultOf<O> name(const Tensor& x, const AttrsOf<O>& a) {                    \
    return detail::run<O>(a, x);                                                                   \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 1> && Optional<O>) ResultOf<O> name(const Tensor& x) {                         \
    return detail::run<O>(AttrsOf<O>{}, x);                                                        \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                         \
  requires(Takes<O, 1> && TakesInOrder<O, A...>) ResultOf<O> name(const Tensor& x, A... a) {       \
    return detail::run<O>(detail::attrs_in_order<O>(std::move(a)...), x);                          \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                         \
  requires(Takes<O, 1> && TakesDims<O, A...>) ResultOf<O> name(                                    \
      const Tensor& x, std::initializer_list<int64_t> v, A... a) {                                 \
    return detail::run<O>(in_order<AttrsOf<O>>(Dims(v), std::move(a)...), x);                      \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires Takes<O, 2> ResultOf<O> name(const Tensor& x, const Tensor& y, const AttrsOf<O>& a) {   \
    return detail::run<O>(a, x, y);                                                                \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 2> && Optional<O>) ResultOf<O> name(const Tensor& x, const Tensor& y) {        \
    return detail::run<O>(AttrsOf<O>{}, x, y);                                                     \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 2> && TakesNumber<O, 1>) ResultOf<O> name(const Tensor& x, Scalar y,           \
                                                              const AttrsOf<O>& a) {               \
    return detail::run<O>(a, x, y);                                                                \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 2> && TakesNumber<O, 1> && Optional<O>) ResultOf<O> name(const Tensor& x,      \
                                                                             Scalar y) {           \
    return detail::run<O>(AttrsOf<O>{}, x, y);                                                     \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 2> && TakesNumber<O, 0>) ResultOf<O> name(Scalar x, const Tensor& y,           \
                                                              const AttrsOf<O>& a) {               \
    return detail::run<O>(a, x, y);                                                                \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 2> && TakesNumber<O, 0> && Optional<O>) ResultOf<O> name(Scalar x,             \
                                                                             const Tensor& y) {    \
    return detail::run<O>(AttrsOf<O>{}, x, y);                                                     \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 2> && DimFirst<O>) ResultOf<O> name(const Tensor& x, int64_t dim,              \
                                                        const Tensor& y) {                         \
    return detail::run<O>(AttrsOf<O>{dim}, x, y);                                                  \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3>) ResultOf<O> name(const Tensor& x, const Tensor& y, const Tensor& z,        \
                                         const AttrsOf<O>& a) {                                    \
    return detail::run<O>(a, x, y, z);                                                             \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3> && Optional<O>) ResultOf<O> name(const Tensor& x, const Tensor& y,          \
                                                        const Tensor& z) {                         \
    return detail::run<O>(AttrsOf<O>{}, x, y, z);                                                  \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3> && TakesNumber<O, 2>) ResultOf<O> name(const Tensor& x, const Tensor& y,    \
                                                              Scalar z, const AttrsOf<O>& a) {     \
    return detail::run<O>(a, x, y, z);                                                             \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3> && TakesNumber<O, 2> && Optional<O>) ResultOf<O> name(                      \
      const Tensor& x, const Tensor& y, Scalar z) {                                                \
    return detail::run<O>(AttrsOf<O>{}, x, y, z);                                                  \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3> && TakesNumber<O, 1>) ResultOf<O> name(                                     \
      const Tensor& x, Scalar y, const Tensor& z, const AttrsOf<O>& a) {                           \
    return detail::run_with<O>(a, x, detail::as_tensor(y, z), z);                                  \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3> && TakesNumber<O, 1> && Optional<O>) ResultOf<O> name(                      \
      const Tensor& x, Scalar y, const Tensor& z) {                                                \
    return detail::run_with<O>(AttrsOf<O>{}, x, detail::as_tensor(y, z), z);                       \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 3> && DimFirst<O>) ResultOf<O> name(const Tensor& x, int64_t dim,              \
                                                        const Tensor& y, const Tensor& z) {        \
    return detail::run<O>(AttrsOf<O>{dim}, x, y, z);                                               \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 4>) ResultOf<O> name(const Tensor& x, const Tensor& y, const Tensor& z,        \
                                         const Tensor& w, const AttrsOf<O>& a) {                   \
    return detail::run<O>(a, x, y, z, w);                                                          \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 4> && Optional<O>) ResultOf<O> name(const Tensor& x, const Tensor& y,          \
                                                        const Tensor& z, const Tensor& w) {        \
    return detail::run<O>(AttrsOf<O>{}, x, y, z, w);                                               \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 5>) ResultOf<O> name(const Tensor& x, const Tensor& y, const Tensor& z,        \
                                         const Tensor& v, const Tensor& w, const AttrsOf<O>& a) {  \
    return detail::run<O>(a, x, y, z, v, w);                                                       \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(Takes<O, 5> && Optional<O>) ResultOf<O> name(                                           \
      const Tensor& x, const Tensor& y, const Tensor& z, const Tensor& v, const Tensor& w) {       \
    return detail::run<O>(AttrsOf<O>{}, x, y, z, v, w);                                            \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(O::def.arity() == 1 && O::def.is_list()) ResultOf<O> name(std::span<const Tensor> list, \
                                                                     const AttrsOf<O>& a = {}) {   \
    return detail::run_list<O>(a, list);                                                           \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op>                                                     \
  requires(O::def.arity() == 1 && O::def.is_list()) ResultOf<O> name(                              \
      std::initializer_list<Tensor> list, const AttrsOf<O>& a = {}) {                              \
    return detail::run_list<O>(a, std::span(list.begin(), list.size()));                           \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                         \
  requires(O::def.arity() == 1 && O::def.is_list() && TakesInOrder<O, A...>) ResultOf<O> name(     \
      std::span<const Tensor> list, A... a) {                                                      \
    return detail::run_list<O>(detail::attrs_in_order<O>(std::move(a)...), list);                  \
  }                                                                                                \
  template <std::same_as<ops::Op> O = ops::Op, class... A>                                         \
  requires(O::def.arity() == 1 && O::def.is_list() && TakesInOrder<O, A...>) ResultOf<O> name(     \
      std::initializer_list<Tensor> list, A... a) {                                                \
    return detail::run_list<O>(detail::attrs_in_order<O>(std::move(a)...),                         \
                               std::span(list.begin(), list.size()));                              \
  }

// Stands after an op's struct, in namespace taeda::ops of its family's header, which defines
// TAEDA_FAMILY (the family's tag): gives the op its word, its place in the family and its
// functions.
#define TAEDA_OP(name, Op)                                                         \
  }                                                                                \
  namespace taeda {                                                                \
  template <> struct Entry<ops::TAEDA_FAMILY, __LINE__> { using type = ops::Op; }; \
  template <> struct FamilyOfOp<ops::Op> { using type = ops::TAEDA_FAMILY; };      \
  template <> inline constexpr const char* op_name<ops::Op> = #name;               \
  TAEDA_FUNCTIONS(name, Op)                                                        \
  }                                                                                \
  namespace taeda::ops {

// The same without C++ functions: factories, whose C++ forms are declared by hand.
#define TAEDA_OP_WITHOUT_FUNCTIONS(name, Op)                                       \
  }                                                                                \
  namespace taeda {                                                                \
  template <> struct Entry<ops::TAEDA_FAMILY, __LINE__> { using type = ops::Op; }; \
  template <> struct FamilyOfOp<ops::Op> { using type = ops::TAEDA_FAMILY; };      \
  template <> inline constexpr const char* op_name<ops::Op> = #name;               \
  }                                                                                \
  namespace taeda::ops {

}  // namespace taeda
