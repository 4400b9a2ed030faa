// Python pickles as data: what a stream builds, without building it. Nothing is imported or called,
// so reading a stranger's pickle runs no code; who uses the values decides what each call means.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "taeda/io/file.h"

namespace taeda::io {

struct PickleValue {
  enum class Kind : uint8_t {
    none,
    boolean,      // integer
    integer,      // integer
    big_integer,  // text: two's complement, little-endian
    real,         // real
    string,       // text: UTF-8 (lone surrogates too)
    bytes,        // text
    bytearray,    // text
    list,         // items
    tuple,        // items
    set,          // items
    frozenset,    // items
    dict,         // items: keys and values in turn
    global,       // text: "module name"
    persistent,   // items: the id
    call,         // items: a callable and its arguments, a tuple
    make,         // the same, by the class's __new__
  };
  Kind kind = Kind::none;
  int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<PickleValue*> items;
  // What happened to the result of a call.
  struct After {
    std::vector<PickleValue*> appended, entries, states;
  };
  std::unique_ptr<After> after;
  uint32_t number = 0;  // its place among the values of the stream

  bool is_global(std::string_view name) const { return kind == Kind::global && text == name; }
};

struct Pickle {
  std::deque<PickleValue> values;  // in the order they were made; they point at each other
  PickleValue* root = nullptr;
  size_t size = 0;  // bytes of the stream
  int protocol = 0;
};

// The pickle at the start of `in`, of any protocol but 0's text forms. Throws taeda::Error where
// the stream is damaged or uses an opcode that data does not need. Takes memory in proportion to
// `in.size()`.
TAEDA_API Pickle parse_pickle(ByteView in);

// Writes protocol 2, for what checkpoints of C++ hold.
class TAEDA_API PickleWriter {
 public:
  PickleWriter() { out_ = {0x80, 2}; }
  void op(char c) { out_.push_back(uint8_t(c)); }
  void none() { op('N'); }
  void boolean(bool v) { op(v ? '\x88' : '\x89'); }
  void integer(int64_t v);
  void string(std::string_view s);
  void global(std::string_view module, std::string_view name);
  void mark() { op('('); }
  void tuple() { op('t'); }  // of all since mark()
  void reduce() { op('R'); }
  Bytes finish() {
    op('.');
    return std::move(out_);
  }

 private:
  Bytes out_;
};

}  // namespace taeda::io
