// Casts and copies between layouts: rows of bytes, or one cast loop for each pair of dtypes.
#include "taeda/ops/copying.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "taeda/cpu/copying.h"
#include "taeda/cpu/pointwise.h"
#include "taeda/threads/pool.h"

namespace taeda {

namespace cpu {

namespace {

template <class To, class From> To convert(From v) {
  if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, BFloat16>)
    return convert<To>(float(v));
  else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>)
    return To(convert<float>(v));
  else if constexpr (is_complex_type<To>) {
    if constexpr (is_complex_type<From>) return To(v);
    else return To(RealOf<To>(v), 0);
  } else if constexpr (std::is_same_v<To, bool>) {
    return v != From(0);
  } else if constexpr (is_complex_type<From>) {
    return convert<To>(v.real());
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // As x86 converts: through int32 for what it holds, else through int64; what fits neither
    // becomes their smallest value, of which a smaller type keeps the low bits.
    constexpr bool narrow = sizeof(To) < 4 || std::is_same_v<To, int32_t>;
    using Wide = std::conditional_t<narrow, int32_t, int64_t>;
    constexpr double limit = narrow ? 0x1p31 : 0x1p63;
    if constexpr (std::is_same_v<To, uint64_t>)
      if (v >= From(limit)) return v < From(0x1p64) ? To(v) : To(0);
    // -limit - 1 is exact only where From is wide enough to tell it from -limit.
    if (!(v > From(-limit - 1) && v < From(limit)) && v != From(-limit))
      return To(std::numeric_limits<Wide>::min());
    return To(Wide(v));
  } else {
    return To(v);
  }
}

template <class From, class To>
void cast_plain(void* out, const void* const* in, int64_t n, const void*) {
  const From* x = static_cast<const From*>(in[0]);
  To* o = static_cast<To*>(out);
  for (int64_t i = 0; i < n; i++) o[i] = convert<To>(x[i]);
}
template <size_t size> void move_items(void* out, const void* const* in, int64_t n, const void*) {
  std::memmove(out, in[0], size_t(n) * size);
}

PointwiseFn mover(size_t size) {
  switch (size) {
  case 1: return move_items<1>;
  case 2: return move_items<2>;
  case 4: return move_items<4>;
  case 8: return move_items<8>;
  default: return move_items<16>;
  }
}
// The place of a dtype in cast_table(), or -1.
constexpr int cast_place(DType d) {
  if (d <= DType::int64) return int(d);
  if (d >= DType::float16 && d <= DType::float64) return int(d) - int(DType::float16) + 6;
  return -1;
}
PointwiseFn caster(DType from, DType to) {
  if (cast_place(from) >= 0 && cast_place(to) >= 0)
    return cast_table().fn[cast_place(from)][cast_place(to)];
  return visit(from, [&]<class From>() {
    return visit(to, []<class To>() -> PointwiseFn {
      if constexpr (cast_place(dtype_of<From>) >= 0 && cast_place(dtype_of<To>) >= 0)
        return nullptr;
      else return cast_plain<From, To>;
    });
  });
}

}  // namespace

void copy_elements(const Tensor& out, const Tensor& x) {
  if (!out.numel()) return;
  PointwiseFn fn =
      out.dtype() == x.dtype() ? mover(size_of(x.dtype())) : caster(x.dtype(), out.dtype());
  const Tensor* in[] = {&x};
  if (out.is_contiguous() && x.is_contiguous() && out.numel() == x.numel()) {
    const void* p[] = {x.raw()};
    int size[] = {int(size_of(x.dtype()))};
    return run_contiguous(fn, out.raw(), int(size_of(out.dtype())), p, size, 1, out.numel());
  }
  walk_pointwise(fn, out, {in, 1}, nullptr, 0.3);
}

Tensor dense(const Tensor& x, DType d) {
  if (!x.defined() || (x.is_contiguous() && x.dtype() == d)) return x;
  Tensor out = empty(x.sizes(), d);
  copy_elements(out, x);
  return out;
}

void gather_rows(void* to, const void* from, std::span<const int64_t> starts, const int64_t* at,
                 int64_t count, size_t bytes, size_t unit) {
  constexpr int64_t kAhead = 8;
  const int64_t rows = int64_t(starts.size()) * count;
  parallel_ranges(rows, int64_t(1 + 32768 / (bytes + 1)), [&](int64_t b, int64_t e) {
    char* d = static_cast<char*>(to) + size_t(b) * bytes;
    for (int64_t first = b % count; b < e; first = 0) {
      const char* s = static_cast<const char*>(from) + starts[size_t(b / count)] * int64_t(unit);
      const int64_t last = std::min(count, first + e - b);
      for (int64_t k = first; k < last; k++, d += bytes) {
        if (k + kAhead < last)
          for (size_t i = 0; i < std::min(bytes, size_t(256)); i += 64)
            __builtin_prefetch(s + at[k + kAhead] * int64_t(unit) + i);
        copy_bytes(d, s + at[k] * int64_t(unit), bytes);
      }
      b += last - first;
    }
  });
}

bool any_zero(const Tensor& x) {
  Tensor flat = x.contiguous();
  return visit(x.dtype(), [&]<class T>() {
    if constexpr (std::is_integral_v<T>)
      return std::find(flat.data<T>(), flat.data<T>() + flat.numel(), T(0)) !=
             flat.data<T>() + flat.numel();
    else return false;
  });
}

void walk_pointwise(PointwiseFn fn, const Tensor& out, Args in, const void* attrs, double ns) {
  if (!out.numel()) return;
  PointwiseCall call;
  call.fn = fn, call.attrs = attrs, call.ns_per_item = ns, call.inputs = int(in.size());
  call.out.data = out.raw(), call.out.itemsize = int(size_of(out.dtype()));
  for (size_t k = 0; k < in.size(); k++)
    call.in[k].data = in[k].raw(), call.in[k].itemsize = int(size_of(in[k].dtype()));
  size_t rank = out.sizes().size();
  for (size_t d = 0; d < rank; d++) {
    int64_t strides[kMaxInputs];
    for (size_t k = 0; k < in.size(); k++) {  // broadcast by stride 0
      size_t lead = rank - in[k].sizes().size();
      strides[k] = d < lead || in[k].sizes()[d - lead] == 1 ? 0 : in[k].strides()[d - lead];
    }
    call.add_dim(out.sizes()[d], out.strides()[d], strides);
  }
  run_pointwise(call);
}

}  // namespace cpu

namespace ops {
void Cast::cpu(Args in, Outs out, const Attrs&) { cpu::copy_elements(out[0], in[0]); }
void Clone::cpu(Args in, Outs out, const Attrs&) { cpu::copy_elements(out[0], in[0]); }
}  // namespace ops

template <> void pointwise_cpu<ops::Copy>(Args in, Outs out, const ops::Copy::Attrs&) {
  cpu::copy_elements(out[0], in[1]);
}

}  // namespace taeda

template struct taeda::PointwiseFamily<taeda::ops::Copying>;
