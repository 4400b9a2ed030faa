// Attributes by position: x.sum(1, true), nn::Linear(784, 10).
#pragma once
#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

#include "taeda/base/fields.h"
#include "taeda/base/shape.h"

namespace taeda {

template <class T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool>;

namespace detail {

struct TypesOf {
  template <class... T> std::type_identity<std::tuple<T...>> operator()(const T&...) const {
    return {};
  }
};
template <Fields Attrs, size_t i>
using FieldType =
    std::tuple_element_t<i,
                         typename decltype(std::declval<const Attrs&>().fields(TypesOf{}))::type>;

// A whole number may stand for a real one and for a whole number of another width, which braces
// alone would call narrowing.
template <class Attrs, size_t i, class A> decltype(auto) as_field(A& a) {
  using F = FieldType<Attrs, i>;
  if constexpr (WholeNumber<std::remove_const_t<A>> && (std::floating_point<F> || WholeNumber<F>))
    return F(a);
  else return std::move(a);
}
template <class Attrs, size_t... i, class... A>
auto place_in_order(std::index_sequence<i...>, A&... a)
    -> decltype(Attrs{as_field<Attrs, i>(a)...}) {
  return Attrs{as_field<Attrs, i>(a)...};
}

}  // namespace detail

// The leading fields of Attrs may be these values.
template <class Attrs, class... A>
concept InOrder = Fields<Attrs> && sizeof...(A) > 0 && int(sizeof...(A)) <= field_count<Attrs>() &&
                  (!std::same_as<std::remove_cvref_t<A>, Attrs> && ...) && requires(A&... a) {
  detail::place_in_order<Attrs>(std::index_sequence_for<A...>{}, a...);
};
template <class Attrs, class... A> Attrs in_order(A... a) {
  return detail::place_in_order<Attrs>(std::index_sequence_for<A...>{}, a...);
}

}  // namespace taeda
