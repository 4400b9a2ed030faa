// The tensor's header. One block holds it together with the storage it allocated and that storage's
// small data; a view's block holds it together with what the view needs to know of its base.
#pragma once
#include "taeda/base/ref.h"
#include "taeda/base/shape.h"
#include "taeda/memory/storage.h"

namespace taeda {

struct Node;
struct TensorImpl;
// Of the gradient graph, which lies above: a tensor only holds on to its node.
TAEDA_API void retain_node(Node* node);
TAEDA_API void release_node(Node* node);
void forget_owner(TensorImpl* impl);
inline void retain(Node* node) { retain_node(node); }
inline void release(Node* node) { release_node(node); }

struct TensorImpl {
  // An input with no flag set needs no gradient, whatever happened to it: the call path tests one
  // byte.
  enum Flag : uint8_t { needs_grad = 1, is_view = 2, one_of_many = 4, made_without_grad = 8 };
  enum Mark : uint8_t {
    has_storage = 1,    // a Storage follows this header; else a ViewInfo
    owns_python = 2,    // the Python object lives on only because this tensor does
    number = 4,         // a Python number: gives way in promotion to every tensor
    on_stack = 8,       // must be cloned to be kept
    inference = 16,     // made in inference mode
    strong_base = 32,   // views: ViewInfo::base is held by a handle of its own
    moved_away = 64,    // `storage` is no longer the one that follows
    for_binding = 128,  // means what a binding says: python/bind/old_data.h
  };

  Count count{1};
  DType dtype;
  uint8_t flags = 0;
  uint8_t marks = 0;
  bool contiguous = true;
  Device device;
  uint32_t output = 0;  // which output of `node` this tensor is
  int64_t offset = 0;   // in elements
  int64_t numel = 1;
  Storage* storage = nullptr;  // held by a share of its users
  Ref<Node> node;              // the gradient function, or the Leaf that owns .grad
  void* python = nullptr;      // the living Python object, if there is one
  Dims sizes, strides;

  TAEDA_API void set_geometry(const Dims& sizes, const Dims& strides, int64_t offset);
};

struct ViewInfo {
  TensorImpl* base = nullptr;  // the tensor whose history an in-place change rewrites; never a view
  uint32_t node_version = 0;   // the storage version for which `node` is right
};

inline Storage* own_storage(TensorImpl* x) { return reinterpret_cast<Storage*>(x + 1); }
inline ViewInfo* view_info(TensorImpl* x) { return reinterpret_cast<ViewInfo*>(x + 1); }
inline TensorImpl* header_of(Storage* s) { return reinterpret_cast<TensorImpl*>(s) - 1; }
static_assert(sizeof(TensorImpl) + sizeof(Storage) <= 192, "small tensors take three cache lines");

TAEDA_API void free_impl(TensorImpl* x);
TAEDA_API void last_handle_gone(TensorImpl* x);

inline void retain(TensorImpl* x) {
  if (x->count.fetch_add(1, std::memory_order_relaxed) == 0) [[unlikely]]
    own_storage(x)->take_share();  // a view brings its base back
}
inline void release(TensorImpl* x) {
  // Only a handle or a view can make handles: without others, no locked instruction is needed.
  if (x->count.load(std::memory_order_acquire) == 1 &&
      (!(x->marks & TensorImpl::has_storage) ||
       own_storage(x)->users.load(std::memory_order_acquire) == Storage::kShare))
    free_impl(x);
  else if (x->count.fetch_sub(1, std::memory_order_acq_rel) == 1) last_handle_gone(x);
}

extern TAEDA_API void (*on_python_owner_freed)(TensorImpl*);  // set by the binding

}  // namespace taeda
