// Keys taken apart: views first, then index tensors on what is left.
#include "taeda/ops/index_key.h"

#include "taeda/ops/arithmetic.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"

namespace taeda {

namespace {

bool is_mask(const Tensor& t) { return t.dtype() == DType::boolean || t.dtype() == DType::uint8; }

// How many axes of the tensor an item stands for.
int64_t axes_of(const Index& item) {
  if (item.get<int64_t>() || item.get<Slice>()) return 1;
  const Tensor* t = item.get<Tensor>();
  return !t ? 0 : is_mask(*t) ? t->dim() : 1;
}

struct Key {
  Tensor view;         // what integers, slices, None and Ellipsis leave
  TensorList indices;  // per axis of the view, up to the last index tensor
  bool lone_mask = false;
};

class KeyWalk {
 public:
  KeyWalk(const Tensor& x, std::span<const Index> key) : x_(x), key_(key) { out_.view = x; }

  Key walk() {
    int64_t named = 0;
    for (const Index& item : key_) named += axes_of(item);
    if (x_.dim() == 0 && key_.size() == 1 && key_[0].get<int64_t>())
      fail<IndexError>(
          "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
          "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
    if (named > x_.dim()) fail<IndexError>("too many indices for tensor of dimension ", x_.dim());
    missing_ = x_.dim() - named;
    for (const Index& item : key_) {
      if (auto* i = item.get<int64_t>()) select(*i);
      else if (auto* s = item.get<Slice>()) slice(*s);
      else if (item.get<EllipsisType>()) axis_ += missing_, given_ += missing_;
      else if (item.get<NoneType>()) out_.view = out_.view.unsqueeze(axis_++);
      else if (auto* b = item.get<bool>()) flag(*b);
      else tensor(*item.get<Tensor>());
    }
    const Tensor* only = key_.size() == 1 ? key_[0].get<Tensor>() : nullptr;
    out_.lone_mask = only && is_mask(*only);
    return std::move(out_);
  }

 private:
  void select(int64_t i) {
    int64_t n = out_.view.size(axis_);
    if (i < -n || i >= n)
      fail<IndexError>("index ", i, " is out of bounds for dimension ", given_, " with size ", n);
    out_.view = out_.view.select(ops::Select::Attrs{axis_, i});
    given_++;
  }
  void slice(const Slice& s) {
    if (s.step && *s.step <= 0) fail<ValueError>("step must be greater than zero");
    int64_t n = out_.view.size(axis_);
    if (s.start.value_or(0) != 0 || (s.end && *s.end < n) || s.step.value_or(1) != 1)
      out_.view = out_.view.slice(
          {.dim = axis_, .start = s.start.value_or(0), .end = s.end, .step = s.step.value_or(1)});
    axis_++, given_++;
  }
  void flag(bool on) {  // a new axis of size 1 or 0
    out_.view = out_.view.unsqueeze(axis_);
    note(zeros(Dims(on ? 1 : 0), {.dtype = DType::int64}));
    axis_++;
  }
  void tensor(const Tensor& t) {
    bool integral = !can_have_gradient(t.dtype());
    if (t.dim() == 0 && integral) {
      if (is_mask(t)) flag(t.item<bool>());
      else select(t.item<int64_t>());
      return;
    }
    note(t);
    int64_t n = is_mask(t) ? t.dim() : 1;
    axis_ += n, given_ += n;
  }
  void note(const Tensor& t) {
    // A mask stands for several axes, but for one entry of the list.
    while (covered_ < axis_) out_.indices.push_back(Tensor()), covered_++;
    out_.indices.push_back(t);
    covered_ += is_mask(t) ? t.dim() : 1;
  }

  const Tensor& x_;
  std::span<const Index> key_;
  Key out_;
  int64_t axis_ = 0;     // of the view
  int64_t given_ = 0;    // of x
  int64_t covered_ = 0;  // axes of the view that the list of index tensors covers
  int64_t missing_ = 0;  // axes that an Ellipsis stands for
};

// Leading axes of size 1 do not count.
Tensor without_leading_ones(const Tensor& v) {
  size_t skip = 0;
  while (skip < v.sizes().size() && v.sizes()[skip] == 1) skip++;
  if (!skip) return v;
  return v.reshape({Dims(std::span(v.sizes().data() + skip, v.sizes().size() - skip))});
}

}  // namespace

Tensor index_tensor(const Tensor& x, std::span<const Index> key) {
  Key k = KeyWalk(x, key).walk();
  return k.indices.empty() ? k.view : index(k.view, k.indices);
}

void index_assign(const Tensor& x, std::span<const Index> key, const Tensor& value) {
  if (key.size() == 1 && key[0].get<bool>() && !*key[0].get<bool>()) return;
  Key k = KeyWalk(x, key).walk();
  if (k.indices.empty()) {
    Tensor v = value;
    if (v.dim() && !(v.sizes() == k.view.sizes()))
      v = without_leading_ones(v).expand({k.view.sizes()});
    k.view.copy_(v);
    return;
  }
  bool cast = value->marks & TensorImpl::number || (k.lone_mask && value.dim() == 0);
  Tensor v = without_leading_ones(cast ? value.to(x.dtype()) : value);
  index_put_(k.view, k.indices, v);
}

Tensor Tensor::index(std::initializer_list<Index> at) const {
  return index_tensor(*this, std::span(at.begin(), at.size()));
}
const Tensor& Tensor::index_put_(std::initializer_list<Index> at, const Tensor& value) const {
  index_assign(*this, std::span(at.begin(), at.size()), value);
  return *this;
}
const Tensor& Tensor::index_put_(std::initializer_list<Index> at, Scalar value) const {
  value.check_fits(dtype());
  index_assign(*this, std::span(at.begin(), at.size()), scalar(value, dtype(), device()));
  return *this;
}
Tensor Tensor::operator[](const Tensor& i) const {
  Index key[] = {i};
  return index_tensor(*this, key);
}
Tensor Tensor::operator[](const Index& i) const { return index_tensor(*this, {&i, 1}); }

namespace {
// Nobody else has the memory of a copy that was just made.
void check_assignable(const Tensor& x) {
  if (!x.defined())
    fail(
        "assignment to an undefined tensor that is about to vanish; to set a gradient use "
        "set_grad");
  if (x->count == 1 && !(x->flags & TensorImpl::is_view) &&
      (x->storage->users & (Storage::kHeader - 1)) == 1)
    fail(
        "assignment to a copy that is about to vanish: x[mask] and x[indices] copy; write "
        "x.index_put_({mask}, value)");
}
}  // namespace
const Tensor& Tensor::operator=(const Tensor& values) && {
  check_assignable(*this);
  return copy_(values);
}
const Tensor& Tensor::operator=(Scalar value) && {
  check_assignable(*this);
  return fill_({.value = value});
}
void Index::check_dots(std::string_view dots) {
  if (dots != "...") fail<IndexError>("a string in an index must be \"...\", not \"", dots, "\"");
}

}  // namespace taeda
