// Functions and methods that are no ops, bound with the tool; what does not fit is refused in
// PyTorch's words.
#pragma once
#include "bind.h"

namespace taeda::python {

// What a refusal needs to know of a parameter.
struct PlainParam {
  const char* name;
  bool required;
  bool keyword_only = false;
  const char* word = "";                // its type, in messages; empty: anything
  bool (*fits)(PyObject* o) = nullptr;  // whether an argument has that type
};
// From now on a call of f, made by the tool, that does not fit is refused in those words.
void explain_misfits(nb::object f, const char* name, bool method, std::vector<PlainParam> params);

namespace detail {
template <class T>
inline constexpr const char* word_of_type = std::is_same_v<T, Tensor>                   ? "Tensor"
                                            : std::is_same_v<T, bool>                   ? "bool"
                                            : std::is_same_v<T, int64_t>                ? "int"
                                            : std::is_same_v<T, std::optional<int64_t>> ? "int"
                                            : std::is_same_v<T, std::optional<bool>>    ? "bool"
                                            : std::is_same_v<T, double>                 ? "float"
                                            : std::is_same_v<T, std::string>            ? "str"
                                                                                        : "";
template <class T> bool fits_type(PyObject* o) {
  if constexpr (*word_of_type<T> == 0) return true;
  else if constexpr (std::is_same_v<T, Tensor>) return is_tensor(o);
  else {
    std::remove_cvref_t<T> out;
    return nb::try_cast(nb::handle(o), out, false);
  }
}

template <class F> struct TypesOf : TypesOf<decltype(&F::operator())> {};
template <class C, class R, class... A> struct TypesOf<R (C::*)(A...) const> {
  using List = std::tuple<std::remove_cvref_t<A>...>;
};
template <class R, class... A> struct TypesOf<R (*)(A...)> {
  using List = std::tuple<std::remove_cvref_t<A>...>;
};

struct ParamList {
  std::vector<PlainParam> params;
  bool keyword_only = false;
  template <class T> void add(const T& extra) {
    if constexpr (std::is_same_v<T, nb::kw_only>) keyword_only = true;
    else if constexpr (requires { extra.name_; })
      params.push_back({extra.name_, !requires { extra.value;
  }
  , keyword_only});
}  // namespace detail

template <class List> void type(size_t skip) {
  [&]<size_t... i>(std::index_sequence<i...>) {
    (
        [&] {
          using T = std::tuple_element_t<i, List>;
          if (i < skip || i - skip >= params.size()) return;
          params[i - skip].word = word_of_type<T>;
          params[i - skip].fits = fits_type<T>;
        }(),
        ...);
  }
  (std::make_index_sequence<std::tuple_size_v<List>>{});
}
};  // namespace taeda::python
}  // namespace detail

// Binds f as scope.name.
template <bool method, class F, class... Extra>
void define(nb::handle scope, const char* name, F f, const Extra&... extra) {
  detail::ParamList list;
  (list.add(extra), ...);
  list.type<typename detail::TypesOf<F>::List>(method);
  nb::object o;
  if constexpr (method)
    o = nb::cpp_function(f, nb::name(name), nb::scope(scope), nb::is_method(), extra...);
  else o = nb::cpp_function(f, nb::name(name), nb::scope(scope), extra...);
  scope.attr(name) = o;
  explain_misfits(o, name, method, std::move(list.params));
}

}  // namespace taeda::python
