// TAEDA_FIELDS(a, b): names a struct's members once more, and so makes it listable: equality,
// hashing, printing, keyword arguments and stubs all follow. The struct stays an aggregate.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <tuple>

#include "taeda/base/error.h"

// `fields` is a template so that a struct nobody visits costs nothing to compile.
#define TAEDA_FIELDS(...)                                                                  \
  static constexpr std::string_view field_text() { return #__VA_ARGS__; }                  \
  template <class V> decltype(auto) fields(V&& visit) { return visit(__VA_ARGS__); }       \
  template <class V> decltype(auto) fields(V&& visit) const { return visit(__VA_ARGS__); } \
  template <class T> bool operator==(const T& other) const {                               \
    return ::taeda::same_fields(*this, other);                                             \
  }

namespace taeda {

template <class T>
concept Fields = requires {
  T::field_text();
};
struct NoFields {
  bool operator==(const NoFields&) const = default;
};

template <class T> constexpr int field_count() {
  if constexpr (!Fields<T>) return 0;
  else return 1 + int(std::ranges::count(T::field_text(), ','));
}
template <class T> constexpr auto field_names() {
  std::array<std::string_view, field_count<T>()> names{};
  if constexpr (Fields<T>) {
    std::string_view rest = T::field_text();
    for (auto& name : names) {
      size_t comma = std::min(rest.find(','), rest.size());
      name = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 2, rest.size()));
    }
  }
  return names;
}

template <class T> bool same_fields(const T& a, const T& b) {
  auto tie = [](auto&... f) { return std::tie(f...); };
  return a.fields(tie) == b.fields(tie);
}

// An attribute that is one of a few words, such as reduction="mean". Written {"mean"}; compared by
// text. `Words` has `static constexpr std::string_view words[]` and `fail(text)`, which throws for
// others.
template <class Words> class Choice {
 public:
  Choice() = default;
  Choice(const char* word) : Choice(std::string_view(word)) {}
  Choice(std::string_view word) {
    for (auto& w : Words::words)
      if (w == word) {
        index_ = int(&w - Words::words);
        return;
      }
    Words::fail(word);
  }
  std::string_view word() const { return Words::words[index_]; }
  bool operator==(const Choice&) const = default;
  bool is(std::string_view w) const { return word() == w; }

 private:
  int index_ = 0;
};
template <class T> inline constexpr bool is_choice = false;
template <class W> inline constexpr bool is_choice<Choice<W>> = true;
template <class W> std::string text(const Choice<W>& c) {
  return "'" + std::string(c.word()) + "'";
}

template <class T> std::string fields_text(const T& value);
template <Fields T> std::string text(const T& v) { return "{" + fields_text(v) + "}"; }
template <class T> std::string text(const std::shared_ptr<T>&) { return "None"; }
template <class T> std::string fields_text(const T& value) {  // "beta=2.0, threshold=20.0"
  std::string out;
  if constexpr (Fields<T>) {
    auto names = field_names<T>();
    value.fields([&, i = size_t(0)](auto&... f) mutable {
      ((out += (i ? ", " : "") + std::string(names[i]) + "=" + text(f), i++), ...);
    });
  }
  return out;
}
template <class T> size_t fields_hash(const T& value) {
  return std::hash<std::string>{}(fields_text(value));
}

}  // namespace taeda
