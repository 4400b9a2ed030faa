// How samples become a batch: tensors are stacked along a new first dimension, numbers become a
// tensor, containers and field lists keep their shape with batches inside.
#pragma once
#include <array>
#include <concepts>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "taeda/base/fields.h"
#include "taeda/tensor/tensor.h"

namespace taeda::data {

// The batch of samples of type T. The samples may be moved from; there is at least one.
//   Tensor [..]            -> Tensor [B, ..]; Error unless all have one size
//   bool, integers         -> Tensor [B] of bool, int64
//   float, double          -> Tensor [B] of float32, float64
//   std::string            -> std::vector<std::string>
//   array, pair, tuple     -> the same of the members' batches
//   std::vector            -> std::vector of the elements' batches; Error unless all have one
//   length std::map               -> std::map of the values' batches; Error for a key that is
//   missing a struct with TAEDA_FIELDS, all of them Tensors -> that struct
template <class T> auto default_collate(std::vector<T> batch);

TAEDA_API Tensor collate_tensors(const TensorList& batch);
TAEDA_API Tensor collate_numbers(const std::vector<int64_t>& batch);
TAEDA_API Tensor collate_numbers(const std::vector<float>& batch);
TAEDA_API Tensor collate_numbers(const std::vector<double>& batch);
TAEDA_API Tensor collate_numbers(const std::vector<bool>& batch);

namespace detail {

template <class T, template <class...> class Of> inline constexpr bool is_a = false;
template <template <class...> class Of, class... A> inline constexpr bool is_a<Of<A...>, Of> = true;
template <class T> inline constexpr bool is_array = false;
template <class T, size_t n> inline constexpr bool is_array<std::array<T, n>> = true;

template <class T> auto member(std::vector<T>& batch, auto&& get) {
  std::vector<std::remove_cvref_t<decltype(get(batch[0]))>> column;
  column.reserve(batch.size());
  for (auto& sample : batch) column.push_back(std::move(get(sample)));
  return default_collate(std::move(column));
}

template <class T, size_t... i>
auto collate_members(std::vector<T>& batch, std::index_sequence<i...>) {
  auto column = [&]<size_t k>() {
    return member(
        batch, [](T & s) -> auto& { return std::get<k>(s); });
  };
  if constexpr (is_array<T>) return std::array{column.template operator()<i>()...};
  else if constexpr (is_a<T, std::pair>) return std::pair{column.template operator()<i>()...};
  else return std::tuple{column.template operator()<i>()...};
}

template <class T> auto collate_vectors(std::vector<T>& batch) {
  for (const auto& sample : batch)
    if (sample.size() != batch[0].size())
      fail("each element in list of batch should be of equal size");
  std::vector<decltype(member(
      batch, [](T & s) -> auto& { return s[0]; }))>
      out;
  for (size_t k = 0; k < batch[0].size(); k++)
    out.push_back(member(
        batch, [k](T & s) -> auto& { return s[k]; }));
  return out;
}

template <class T> auto collate_maps(std::vector<T>& batch) {
  std::map<typename T::key_type, decltype(member(
                                     batch, [](T & s) -> auto& { return s.begin()->second; }))>
      out;
  for (const auto& first : batch[0]) {
    const auto& key = first.first;
    out.emplace(key, member(
                         batch, [&](T & s) -> auto& {
                           auto at = s.find(key);
                           if (at == s.end())
                             fail<IndexError>("a sample of the batch lacks a key of the first one");
                           return at->second;
                         }));
  }
  return out;
}

template <class T> T collate_fields(std::vector<T>& batch) {
  std::vector<TensorList> columns;
  for (const T& sample : batch)
    sample.fields([&](const auto&... member) {
      static_assert((std::same_as<std::remove_cvref_t<decltype(member)>, Tensor> && ...),
                    "a sample with fields other than Tensors needs a collate function of its own");
      columns.resize(sizeof...(member));
      size_t k = 0;
      (columns[k++].push_back(member), ...);
    });
  T out = batch[0];
  out.fields([&, k = size_t{0}](auto&... member) mutable {
    ((member = collate_tensors(columns[k++])), ...);
  });
  return out;
}

}  // namespace detail

template <class T> auto default_collate(std::vector<T> batch) {
  using namespace detail;
  if constexpr (std::same_as<T, Tensor>) return collate_tensors(batch);
  else if constexpr (std::same_as<T, bool> || std::floating_point<T>) return collate_numbers(batch);
  else if constexpr (std::integral<T>)
    return collate_numbers(std::vector<int64_t>(batch.begin(), batch.end()));
  else if constexpr (std::same_as<T, std::string>) return batch;
  else if constexpr (is_array<T> || is_a<T, std::pair> || is_a<T, std::tuple>)
    return collate_members(batch, std::make_index_sequence<std::tuple_size_v<T>>());
  else if constexpr (is_a<T, std::vector>) return collate_vectors(batch);
  else if constexpr (is_a<T, std::map>) return collate_maps(batch);
  else {
    static_assert(Fields<T>,
                  "default_collate does not know this sample type: give a collate function");
    return collate_fields(batch);
  }
}

struct DefaultCollate {
  template <class T> auto operator()(std::vector<T> batch) const {
    return default_collate(std::move(batch));
  }
};

}  // namespace taeda::data
