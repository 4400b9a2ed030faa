#include "taeda/data/collate.h"

#include "taeda/ops/join.h"

namespace taeda::data {

namespace {
template <class T> Tensor row(const std::vector<T>& values) {
  Tensor out = empty({int64_t(values.size())}, dtype_of<T>);
  std::copy(values.begin(), values.end(), out.data<T>());
  return out;
}
}  // namespace

Tensor collate_tensors(const TensorList& batch) { return stack(batch); }
Tensor collate_numbers(const std::vector<int64_t>& batch) { return row(batch); }
Tensor collate_numbers(const std::vector<float>& batch) { return row(batch); }
Tensor collate_numbers(const std::vector<double>& batch) { return row(batch); }
Tensor collate_numbers(const std::vector<bool>& batch) { return row(batch); }

}  // namespace taeda::data
