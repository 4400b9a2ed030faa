#include "taeda/tensor/tensor.h"

#include <numeric>

namespace taeda {

void (*on_python_owner_freed)(TensorImpl*) = nullptr;

void TensorImpl::set_geometry(const Dims& new_sizes, const Dims& new_strides, int64_t new_offset) {
  const int64_t *size = new_sizes.data(), *stride = new_strides.data();
  bool dense = true, too_big = false;
  int64_t n = 1;
  for (size_t i = new_sizes.size(); i-- > 0;) {
    if (size[i] != 1 && stride[i] != n) dense = false;
    too_big |= __builtin_mul_overflow(n, size[i], &n);
  }
  if (too_big) [[unlikely]] {  // an axis without elements may stand before the overflow
    if (!new_sizes.contains(0)) fail("numel: integer multiplication overflow");
    n = 0;
  }
  sizes = new_sizes, strides = new_strides, offset = new_offset;
  numel = n;
  contiguous = dense || n == 0;
}

namespace {

// ---- life ----

// What dies with the last of a tensor's handles and views.
void clean_header(TensorImpl* x) {
  if (x->marks & TensorImpl::owns_python) [[unlikely]]
    on_python_owner_freed(x);
  if (x->node) {
    forget_owner(x);
    x->node = {};
  }
}
void leave_memory(Storage* s);

void free_block(Storage* s) {  // its last user has left
  TensorImpl* x = header_of(s);
  if (x->storage && x->storage != s) leave_memory(x->storage);
  size_t bytes = s->block_bytes;
  s->free_data();
  x->~TensorImpl();
  deallocate(x, bytes);
}
void leave_memory(Storage* s) {
  uint64_t before = s->users.fetch_sub(Storage::kMemory, std::memory_order_acq_rel);
  if (uint32_t(before) == 1) free_block(s);
  // The header that allocated the data has gone on to other memory, and nobody else is left here.
  else if (before - 1 == Storage::kShare && header_of(s)->marks & TensorImpl::moved_away)
    s->free_data();
}
void leave_share(Storage* s) {
  uint64_t now = s->users.load(std::memory_order_acquire);
  while (now >> 32 > 1)  // others need the header, so nothing dies
    if (s->users.compare_exchange_weak(now, now - Storage::kShare, std::memory_order_acq_rel))
      return;
  now = s->users.fetch_sub(Storage::kHeader, std::memory_order_acq_rel) - Storage::kHeader;
  if (now >> 32 == 0) clean_header(header_of(s));
  leave_memory(s);
}

TensorImpl* new_block(size_t inline_bytes) {
  size_t bytes = sizeof(TensorImpl) + sizeof(Storage) + inline_bytes;
  auto* x = new (allocate(bytes)) TensorImpl;
  auto* s = new (x + 1) Storage;
  x->marks = TensorImpl::has_storage;
  x->storage = s;
  s->block_bytes = uint32_t(bytes);
  return x;
}
constexpr size_t kAliasBytes = sizeof(TensorImpl) + sizeof(ViewInfo);

}  // namespace

bool keep_for_graph(TensorImpl* x);

void free_impl(TensorImpl* x) {  // nobody else can reach it
  if (x->node && keep_for_graph(x)) [[unlikely]]
    return;
  clean_header(x);
  if (x->marks & TensorImpl::has_storage) return free_block(own_storage(x));
  ViewInfo* v = view_info(x);
  if (x->marks & TensorImpl::strong_base) release(v->base), leave_memory(x->storage);
  else if (v->base) leave_share(x->storage);
  else leave_memory(x->storage);
  x->~TensorImpl();
  deallocate(x, kAliasBytes);
}
void last_handle_gone(TensorImpl* x) {
  if (x->node && keep_for_graph(x)) [[unlikely]] {
    // The leaf's is a handle again; a view that has meanwhile made one has taken its own share.
    if (x->count.fetch_add(1, std::memory_order_acq_rel)) leave_share(own_storage(x));
    return;
  }
  if (x->marks & TensorImpl::has_storage) leave_share(own_storage(x));
  else free_impl(x);
}

// ---- making ----

namespace {
void allocate_data(TensorImpl* x, size_t bytes) {
  Storage* s = own_storage(x);
  s->bytes = bytes;
  if (bytes <= Storage::kInline) {
    s->data = s->inline_data();
  } else {
    s->data = static_cast<std::byte*>(allocate(bytes));
    detail::count_bytes(int64_t(bytes));
  }
}
[[noreturn, gnu::cold]] void fail_sizes(const Dims& sizes) {
  for (int64_t n : sizes)
    if (n < 0) fail("Trying to create tensor with negative dimension ", n, ": ", sizes);
  fail("Storage size calculation overflowed with sizes=", sizes);
}
// Marks of a fresh tensor; meta tensors have no memory.
void finish_new(TensorImpl* x, DType dtype, Device device) {
  x->dtype = dtype;
  x->device = device;
  if (tls.inference) [[unlikely]]
    x->marks |= TensorImpl::inference;
}
}  // namespace

Tensor empty(const Dims& sizes, DType dtype, Device device) {
  int64_t numel = 1;
  bool too_big = false;
  for (int64_t n : sizes) {
    if (n < 0) [[unlikely]]
      fail_sizes(sizes);
    too_big |= __builtin_mul_overflow(numel, n, &numel);
  }
  // A zero anywhere makes the product zero, whatever overflowed before it.
  size_t bytes = size_t(numel) * size_of(dtype);
  if (too_big || numel > (INT64_MAX >> 4)) [[unlikely]] {
    if (!sizes.contains(0)) fail_sizes(sizes);
    numel = 0, bytes = 0;
  }
  bool meta = device.type == DeviceType::meta;
  TensorImpl* x = new_block(bytes <= Storage::kInline && !meta ? bytes : 0);
  Tensor out(x);
  finish_new(x, dtype, device);
  x->sizes = sizes;
  x->strides = sizes;
  int64_t *stride = x->strides.data(), n = 1;
  const int64_t* size = x->sizes.data();
  for (size_t i = sizes.size(); i-- > 0;) {
    stride[i] = n;
    n *= std::max<int64_t>(size[i], 1);
  }
  x->numel = numel;
  if (!meta) [[likely]]
    allocate_data(x, bytes);
  else own_storage(x)->bytes = bytes;
  return out;
}
Tensor empty(const Dims& sizes) { return empty(sizes, default_dtype()); }

Tensor empty_strided(const Dims& sizes, const Dims& strides, DType dtype, Device device) {
  if (sizes.size() != strides.size()) fail("mismatch in length of strides and shape");
  int64_t extent = 1;
  bool too_big = false;
  for (size_t i = 0; i < sizes.size(); i++) {
    if (sizes[i] < 0) fail_sizes(sizes);
    if (strides[i] < 0) fail("empty_strided: Negative strides are not supported, got: ", strides);
    int64_t reach;
    too_big |= __builtin_mul_overflow(std::max<int64_t>(sizes[i] - 1, 0), strides[i], &reach);
    too_big |= __builtin_add_overflow(extent, reach, &extent);
  }
  if (too_big) fail_sizes(sizes);
  bool none = sizes.contains(0);
  Tensor flat = empty({none ? 0 : extent}, dtype, device);
  flat->set_geometry(sizes, strides, 0);
  return flat;
}

namespace {
TensorImpl* new_alias(const Tensor& x) {
  auto* out = new (allocate(kAliasBytes)) TensorImpl;
  new (out + 1) ViewInfo;
  out->dtype = x.dtype();
  out->device = x.device();
  out->marks = x->marks & TensorImpl::inference;
  out->storage = x->storage;
  return out;
}
TensorImpl* new_alias(const Tensor& x, const Geometry& g) {
  TensorImpl* out = new_alias(x);
  try {
    out->set_geometry(g.sizes, g.strides, g.offset);
  } catch (...) {  // nobody counts it yet
    out->~TensorImpl();
    deallocate(out, kAliasBytes);
    throw;
  }
  return out;
}
}  // namespace

Tensor alias(const Tensor& x) {
  TensorImpl* out = new_alias(x);
  out->contiguous = x->contiguous;
  out->offset = x->offset;
  out->numel = x->numel;
  out->sizes = x->sizes;
  out->strides = x->strides;
  out->storage->take_memory();
  return Tensor(out);
}

Tensor alias(const Tensor& x, const Geometry& g) {
  TensorImpl* out = new_alias(x, g);
  out->storage->take_memory();
  return Tensor(out);
}

Tensor view_of(const Tensor& x, const Geometry& g) {
  TensorImpl* out = new_alias(x, g);
  TensorImpl* base = x->flags & TensorImpl::is_view ? view_info(x.impl())->base : x.impl();
  if (base->marks & TensorImpl::has_storage && x->storage == own_storage(base)) [[likely]] {
    out->storage->take_share();  // one share keeps the memory and the header before it
  } else {
    out->storage->take_memory();
    retain(base);
    out->marks |= TensorImpl::strong_base;
  }
  out->flags |= TensorImpl::is_view;
  *view_info(out) = {base, x.version()};
  return Tensor(out);
}
Tensor base_of(const Tensor& view) {
  if (!(view->flags & TensorImpl::is_view)) return {};
  return Tensor(Ref<TensorImpl>::share(view_info(view.impl())->base));
}

Tensor scalar(Scalar s, DType dtype, Device device) {
  Tensor out = empty({}, dtype, device);
  if (!out.is_meta()) visit(dtype, [&]<class T>() { *out.data<T>() = s.to<T>(); });
  return out;
}

NumberTensor::NumberTensor(Scalar s, DType like, Device device) {
  DType dtype = s.beside(like);
  TensorImpl& x = block_.impl;
  x.count.store(1u << 30, std::memory_order_relaxed);
  x.dtype = dtype;
  x.device = device;
  x.marks = TensorImpl::number | TensorImpl::on_stack | TensorImpl::has_storage;
  x.storage = &block_.storage;
  block_.storage.users.store(Storage::kShare << 20, std::memory_order_relaxed);
  block_.storage.data = value_;
  block_.storage.bytes = size_of(dtype);
  if (dtype == DType::float32) *reinterpret_cast<float*>(value_) = s.to<float>();
  else visit(dtype, [&]<class T>() { *reinterpret_cast<T*>(value_) = s.to<T>(); });
  new (&handle_) Tensor(&x);
}

Tensor from_memory(void* data, const Geometry& g, DType dtype, size_t bytes, Keeper* keeper) {
  TensorImpl* x = new_block(0);
  Tensor out(x);
  finish_new(x, dtype, {});
  x->storage->data = static_cast<std::byte*>(data);
  x->storage->bytes = bytes;
  x->storage->keeper = keeper;
  x->set_geometry(g.sizes, g.strides, g.offset);
  return out;
}

void Tensor::fail_element_type(DType wanted) const {
  fail("expected scalar type ", word_of(wanted), " but found ", word_of(dtype()));
}

// ---- .data ----

namespace {
struct SharedMemory final : Keeper {
  Storage* of;
  explicit SharedMemory(Storage* s) : of(s) { s->take_memory(); }
  ~SharedMemory() override { leave_memory(of); }
};
}  // namespace

Tensor Tensor::data() const {
  Storage* s = impl_->storage;
  Tensor out = from_memory(s->data, geometry(), dtype(), s->bytes, new SharedMemory(s));
  out->device = device();
  return out;
}

void Tensor::set_data(const Tensor& other) const {
  TensorImpl* x = impl();
  if (x->flags & TensorImpl::needs_grad && !can_have_gradient(other.dtype()))
    fail("data set to a tensor that requires gradients must be floating point or complex dtype");
  uint32_t version = x->storage->version;
  Tensor window = other.data();  // its block stays behind as the home of the new storage
  Storage* next = window->storage;
  next->take_memory();
  next->version = version;
  Storage* old = x->storage;
  if (x->marks & TensorImpl::has_storage && old == own_storage(x)) {
    x->marks |= TensorImpl::moved_away;
    if (old->users.load(std::memory_order_acquire) == Storage::kShare) old->free_data();
  } else if (x->flags & TensorImpl::is_view) {
    ViewInfo* v = view_info(x);
    if (x->marks & TensorImpl::strong_base) release(v->base), leave_memory(old);
    else leave_share(old);
    v->base = nullptr;
    x->marks &= uint8_t(~TensorImpl::strong_base);
    x->flags &= uint8_t(~(TensorImpl::is_view | TensorImpl::one_of_many));
  } else {
    leave_memory(old);
  }
  x->storage = next;
  x->dtype = other.dtype();
  x->device = other.device();
  x->set_geometry(other.sizes(), other.strides(), other->offset);
}

Scalar Tensor::item() const {
  if (numel() != 1) fail("a Tensor with ", numel(), " elements cannot be converted to Scalar");
  if (is_meta()) fail("Tensor.item() cannot be called on meta tensors");
  return visit(dtype(), [&]<class T>() -> Scalar {
    if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>)
      return Scalar(float(*data<T>()));
    else return Scalar(*data<T>());
  });
}

Dims strides_like(const Tensor& x, const Dims& sizes) {
  size_t rank = sizes.size();
  if (x.is_contiguous() || x.sizes().size() != rank) return contiguous_strides(sizes);
  Dims order(rank, 0);
  std::iota(order.begin(), order.end(), 0);
  // Outermost first; axes without extent keep their place.
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return x.strides()[size_t(a)] > x.strides()[size_t(b)];
  });
  Dims out(rank, 1);
  int64_t n = 1;
  for (size_t i = rank; i-- > 0;) {
    size_t axis = size_t(order[i]);
    out[axis] = n;
    n *= std::max<int64_t>(sizes[axis], 1);
  }
  return out;
}

}  // namespace taeda
