// JSON (RFC 8259): a strict reader into values, and the quoting of strings for writers.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "taeda/base/error.h"

namespace taeda::io {

// One value. Members of an object keep the order of the text. A number without fraction and
// exponent that fits is an int64_t, every other one a double.
struct Json {
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, Array, Object> value;

  bool is_null() const { return value.index() == 0; }
  // The value as one kind; null if it is another kind.
  template <class T> const T* as() const { return std::get_if<T>(&value); }
  // An object's member; null if this is no object or has no such member.
  TAEDA_API const Json* find(std::string_view name) const;
};

struct Json::Member {
  std::string name;
  Json value;
};

struct JsonLimits {
  int depth = 64;  // of arrays and objects in each other
};

// The one value in `text`, which may be surrounded by blanks. Throws taeda::Error, naming the byte,
// for anything the standard does not allow and for invalid UTF-8, a name that occurs twice in an
// object, numbers beyond the range of double, and values nested too deep.
TAEDA_API Json parse_json(std::string_view text, JsonLimits limits = {});

// `s` in quotes, escaped. Throws ValueError if `s` is not UTF-8.
TAEDA_API std::string json_quoted(std::string_view s);

// The first byte of `s` that no valid UTF-8 sequence explains; npos if there is none.
TAEDA_API size_t find_invalid_utf8(std::string_view s);

}  // namespace taeda::io
