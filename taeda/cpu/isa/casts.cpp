// Conversions between the real dtypes: the table of one instruction set.
#include "taeda/cpu/isa/vec_memory.h"
#include "taeda/cpu/kernels.h"

namespace taeda::cpu {
inline namespace TAEDA_ISA {

template <class T> inline constexpr bool is_float_item = Compute<T>(0.5f) != Compute<T>(0);

// Floats become integers as x86 converts: through int32 for what it holds, else through int64; what
// fits neither becomes their smallest value, of which a smaller type keeps the low bits.
template <class D, class C, int N> TAEDA_INLINE Vec<D, N> convert_item(Vec<C, N> x) {
  if constexpr (is_float_item<C> && !is_float_item<D>) {
    using Wide = typename IntOf<(sizeof(D) < 4 ? 4 : sizeof(D))>::type;
    return convert<D>(convert<Wide>(x));
  } else {
    return convert<D>(x);
  }
}

template <class T> struct ByteOfBool { using type = T; };
template <> struct ByteOfBool<bool> { using type = uint8_t; };

// A bool is a byte that is 0 or 1.
template <class From, class To>
void cast_items(void* out, const void* const* in, int64_t n, const void*) {
  using S = typename ByteOfBool<From>::type;
  using C = Compute<S>;
  using D = Compute<typename ByteOfBool<To>::type>;
  constexpr int N = kBytes / int(sizeof(C) > sizeof(D) ? sizeof(C) : sizeof(D));
  auto step = [&](int64_t i, int k) TAEDA_INLINE_LAMBDA {
    const Vec<C, N> x = load<S, N>(static_cast<const S*>(in[0]) + i, k);
    if constexpr (__is_same(To, bool)) store(static_cast<bool*>(out) + i, x != Vec<C, N>(C(0)), k);
    else store<To, N>(static_cast<To*>(out) + i, convert_item<D>(x), k);
  };
  int64_t i = 0;
  for (; i + N <= n; i += N) step(i, N);
  if (i < n) step(i, int(n - i));
}

template <class... T> struct CastTypes {
  template <class From> static constexpr void row(PointwiseFn* to) {
    int k = 0;
    ((to[k++] = &cast_items<From, T>), ...);
  }
  static constexpr CastTable table() {
    CastTable t{};
    int k = 0;
    (row<T>(t.fn[k++]), ...);
    return t;
  }
};

}  // namespace TAEDA_ISA

constinit const CastTable TAEDA_ISA_TABLE(cast_table) = CastTypes<
    bool, uint8_t, int8_t, int16_t, int32_t, int64_t, Half, BFloat16, float, double>::table();

}  // namespace taeda::cpu
