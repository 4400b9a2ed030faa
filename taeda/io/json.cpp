#include "taeda/io/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace taeda::io {

namespace {

void append_utf8(std::string& to, uint32_t code) {
  if (code < 0x80) {
    to += char(code);
  } else if (code < 0x800) {
    to += {char(0xc0 | code >> 6), char(0x80 | (code & 63))};
  } else if (code < 0x10000) {
    to += {char(0xe0 | code >> 12), char(0x80 | (code >> 6 & 63)), char(0x80 | (code & 63))};
  } else {
    to += {char(0xf0 | code >> 18), char(0x80 | (code >> 12 & 63)), char(0x80 | (code >> 6 & 63)),
           char(0x80 | (code & 63))};
  }
}

// Recursive descent; the depth limit bounds the stack.
class Parser {
 public:
  Parser(std::string_view text, JsonLimits limits) : text_(text), limits_(limits) {}

  Json document() {
    if (size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
      at_ = bad;
      bad_json("invalid UTF-8");
    }
    Json v = value(0);
    blanks();
    if (at_ != text_.size()) bad_json("text after the value");
    return v;
  }

 private:
  [[noreturn]] void bad_json(std::string_view what) const {
    fail("invalid JSON at byte ", at_, ": ", what);
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') at_++;
  }
  bool accept(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  void word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) bad_json("a value was expected");
    at_ += w.size();
  }

  Json value(int depth) {
    blanks();
    switch (peek()) {
    case '{': return {object(depth)};
    case '[': return {array(depth)};
    case '"': return {string()};
    case 't': return word("true"), Json{true};
    case 'f': return word("false"), Json{false};
    case 'n': return word("null"), Json{nullptr};
    default: return number();
    }
  }

  void open(int depth) {
    if (depth >= limits_.depth) bad_json("values are nested too deep");
    at_++;
    blanks();
  }

  Json::Array array(int depth) {
    open(depth);
    Json::Array out;
    if (accept(']')) return out;
    do {
      out.push_back(value(depth + 1));
      blanks();
    } while (accept(','));
    if (!accept(']')) bad_json("',' or ']' was expected");
    return out;
  }

  Json::Object object(int depth) {
    open(depth);
    Json::Object out;
    if (accept('}')) return out;
    do {
      blanks();
      if (peek() != '"') bad_json("a name in quotes was expected");
      std::string name = string();
      blanks();
      if (!accept(':')) bad_json("':' was expected");
      out.push_back({std::move(name), value(depth + 1)});
      blanks();
    } while (accept(','));
    if (!accept('}')) bad_json("',' or '}' was expected");

    std::vector<std::string_view> names;
    names.reserve(out.size());
    for (auto& member : out) names.push_back(member.name);
    std::sort(names.begin(), names.end());
    auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) bad_json("the name \"" + std::string(*twice) + "\" occurs twice");
    return out;
  }

  uint32_t hex4() {
    uint32_t code = 0;
    std::string_view digits = text_.substr(at_, 4);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || end != digits.data() + 4) bad_json("four hex digits were expected");
    at_ += 4;
    return code;
  }

  void escape(std::string& out) {
    char c = peek();
    at_++;
    switch (c) {
    case '"':
    case '\\':
    case '/': out += c; return;
    case 'b': out += '\b'; return;
    case 'f': out += '\f'; return;
    case 'n': out += '\n'; return;
    case 'r': out += '\r'; return;
    case 't': out += '\t'; return;
    case 'u': break;
    default: at_--, bad_json("unknown escape");
    }
    uint32_t code = hex4();
    if (code >= 0xd800 && code < 0xdc00) {  // the first half of a pair
      if (!accept('\\') || !accept('u')) bad_json("half of a surrogate pair");
      uint32_t low = hex4();
      if (low < 0xdc00 || low > 0xdfff) bad_json("half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    } else if (code >= 0xdc00 && code < 0xe000) {
      bad_json("half of a surrogate pair");
    }
    append_utf8(out, code);
  }

  std::string string() {
    at_++;
    std::string out;
    for (;;) {
      size_t from = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             uint8_t(text_[at_]) >= 0x20)
        at_++;
      out.append(text_, from, at_ - from);
      if (at_ == text_.size()) bad_json("a string does not end");
      if (accept('"')) return out;
      if (!accept('\\')) bad_json("a control character in a string");
      escape(out);
    }
  }

  bool digits() {
    size_t from = at_;
    while (peek() >= '0' && peek() <= '9') at_++;
    return at_ != from;
  }
  Json number() {
    size_t from = at_;
    accept('-');
    bool whole = true, zero = peek() == '0';
    size_t first = at_;
    if (!digits()) bad_json(at_ == from ? "a value was expected" : "a digit was expected");
    if (zero && at_ - first > 1) bad_json("a number with a leading zero");
    if (accept('.')) {
      whole = false;
      if (!digits()) bad_json("a digit was expected");
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      at_++;
      if (!accept('+')) accept('-');
      if (!digits()) bad_json("a digit was expected");
    }
    const char *begin = text_.data() + from, *end = text_.data() + at_;
    int64_t i;
    if (whole && std::from_chars(begin, end, i).ec == std::errc()) return {i};
    double d;
    if (std::from_chars(begin, end, d).ec != std::errc()) bad_json("a number out of range");
    return {d};
  }

  std::string_view text_;
  JsonLimits limits_;
  size_t at_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  if (auto* members = as<Object>())
    for (auto& [key, v] : *members)
      if (key == name) return &v;
  return nullptr;
}

Json parse_json(std::string_view text, JsonLimits limits) {
  return Parser(text, limits).document();
}

std::string json_quoted(std::string_view s) {
  if (size_t bad = find_invalid_utf8(s); bad != std::string_view::npos)
    fail<ValueError>("byte ", bad, " of a string for a JSON text is not valid UTF-8");
  std::string out = "\"";
  for (char c : s) {
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      if (uint8_t(c) >= 0x20) {
        out += c;
      } else {
        constexpr char hex[] = "0123456789abcdef";
        out += {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
      }
    }
  }
  return out + '"';
}

size_t find_invalid_utf8(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    uint8_t b = uint8_t(s[i]);
    if (b < 0x80) {
      i++;
      continue;
    }
    // Lead byte: how many bytes follow, and the least code that needs so many.
    int more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : 1;
    uint32_t least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    uint32_t code = b & (0x3f >> more);
    if (b < 0xc0 || b > 0xf7) return i;
    for (int k = 1; k <= more; k++) {
      if (i + k >= s.size() || (uint8_t(s[i + k]) & 0xc0) != 0x80) return i;
      code = code << 6 | (uint8_t(s[i + k]) & 0x3f);
    }
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return i;
    i += size_t(more) + 1;
  }
  return std::string_view::npos;
}

}  // namespace taeda::io
