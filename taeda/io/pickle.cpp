#include "taeda/io/pickle.h"

#include <bit>
#include <limits>
#include <unordered_map>

#include "taeda/base/error.h"

namespace taeda::io {

namespace {

using Value = PickleValue;
using Kind = Value::Kind;

class Parser {
 public:
  explicit Parser(ByteView in) : in_(in) {}

  Pickle run() {
    if (in_.empty() || in_[0] != 0x80) bad("it does not start as a pickle of protocol 2 or later");
    while (step(take<uint8_t>())) {}
    out_.size = at_;
    return std::move(out_);
  }

 private:
  template <class... Parts> [[noreturn]] void bad(const Parts&... parts) const {
    fail("corrupt pickle at byte ", at_ ? at_ - 1 : 0, ": ", parts...);
  }

  ByteView bytes(uint64_t n) {
    if (n > in_.size() - at_) bad("it ends early");
    ByteView out = in_.subspan(at_, size_t(n));
    at_ += size_t(n);
    return out;
  }
  template <class T> T take() { return load_little_endian<T>(bytes(sizeof(T)).data()); }
  std::string text(uint64_t n) {
    ByteView b = bytes(n);
    return {reinterpret_cast<const char*>(b.data()), b.size()};
  }
  std::string line() {
    std::string s;
    for (char c; (c = char(take<uint8_t>())) != '\n';) s += c;
    return s;
  }

  Value* make(Kind kind) {
    if (out_.values.size() >= std::numeric_limits<uint32_t>::max()) bad("too many values");
    Value& v = out_.values.emplace_back();
    v.kind = kind;
    v.number = uint32_t(out_.values.size() - 1);
    return &v;
  }
  void push(Value* v) { stack_.push_back(v); }
  void push_text(Kind kind, std::string s) {
    Value* v = make(kind);
    v->text = std::move(s);
    push(v);
  }
  void push_integer(Kind kind, int64_t i) {
    Value* v = make(kind);
    v->integer = i;
    push(v);
  }
  size_t bottom() const { return marks_.empty() ? 0 : marks_.back(); }
  Value* top() {
    if (stack_.size() <= bottom()) bad("nothing is on its stack");
    return stack_.back();
  }
  Value* pop() {
    Value* v = top();
    stack_.pop_back();
    return v;
  }
  std::vector<Value*> pop_to_mark() {
    if (marks_.empty()) bad("no mark is on its stack");
    std::vector<Value*> out(stack_.begin() + std::ptrdiff_t(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return out;
  }
  void push_items(Kind kind, std::vector<Value*> items) {
    if (kind == Kind::dict && items.size() % 2) bad("a key without a value");
    Value* v = make(kind);
    v->items = std::move(items);
    push(v);
  }
  void push_tuple(size_t n) {
    std::vector<Value*> items(n);
    for (size_t i = n; i-- > 0;) items[i] = pop();
    push_items(Kind::tuple, std::move(items));
  }

  static void add(std::vector<Value*>& to, const std::vector<Value*>& items) {
    to.insert(to.end(), items.begin(), items.end());
  }
  Value::After& after(Value* v, const char* what) {
    if (v->kind != Kind::call && v->kind != Kind::make) bad("nothing can be ", what);
    if (!v->after) v->after = std::make_unique<Value::After>();
    return *v->after;
  }
  void append(const std::vector<Value*>& items) {
    Value* to = top();
    add(to->kind == Kind::list ? to->items : after(to, "appended to it").appended, items);
  }
  void set_items(const std::vector<Value*>& items) {
    if (items.size() % 2) bad("a key without a value");
    Value* to = top();
    add(to->kind == Kind::dict ? to->items : after(to, "stored in it by key").entries, items);
  }
  void call(Kind kind) {
    Value *args = pop(), *callable = pop();
    if (args->kind != Kind::tuple) bad("arguments that are no tuple");
    push_items(kind, {callable, args});
  }
  void global(std::string module, std::string name) {
    if (module.find(' ') != std::string::npos || name.empty()) bad("a global without a name");
    push_text(Kind::global, std::move(module) + " " + std::move(name));
  }

  void get(uint64_t index) {
    auto it = memo_.find(index);
    if (it == memo_.end()) bad("its memo has no entry ", index);
    push(it->second);
  }

  bool step(uint8_t op) {
    switch (op) {
    case 0x80:  // PROTO
      out_.protocol = take<uint8_t>();
      if (out_.protocol < 2 || out_.protocol > 5) bad("the protocol ", out_.protocol);
      break;
    case 0x95: take<uint64_t>(); break;  // FRAME
    case '.':
      out_.root = pop();
      if (!stack_.empty()) bad("more than one value is left");
      return false;
    case '(': marks_.push_back(stack_.size()); break;
    case '0':  // POP
      if (!marks_.empty() && stack_.size() == marks_.back()) marks_.pop_back();
      else pop();
      break;
    case '1': pop_to_mark(); break;  // POP_MARK
    case '2': push(top()); break;    // DUP

    case 'N': push(make(Kind::none)); break;
    case 0x88: push_integer(Kind::boolean, 1); break;
    case 0x89: push_integer(Kind::boolean, 0); break;
    case 'J': push_integer(Kind::integer, take<uint32_t>() << 0), sign(); break;
    case 'K': push_integer(Kind::integer, take<uint8_t>()); break;
    case 'M': push_integer(Kind::integer, take<uint16_t>()); break;
    case 0x8a: big_integer(take<uint8_t>()); break;
    case 0x8b: big_integer(take<uint32_t>()); break;
    case 'G': {
      Value* v = make(Kind::real);
      v->real = std::bit_cast<double>(load_big_endian<uint64_t>(bytes(8).data()));
      push(v);
      break;
    }
    case 'X': push_text(Kind::string, text(take<uint32_t>())); break;
    case 0x8c: push_text(Kind::string, text(take<uint8_t>())); break;
    case 0x8d: push_text(Kind::string, text(take<uint64_t>())); break;
    case 'T': push_text(Kind::string, text(take<uint32_t>())); break;  // Python 2's str
    case 'U': push_text(Kind::string, text(take<uint8_t>())); break;
    case 'B': push_text(Kind::bytes, text(take<uint32_t>())); break;
    case 'C': push_text(Kind::bytes, text(take<uint8_t>())); break;
    case 0x8e: push_text(Kind::bytes, text(take<uint64_t>())); break;
    case 0x96: push_text(Kind::bytearray, text(take<uint64_t>())); break;

    case ')': push_items(Kind::tuple, {}); break;
    case 't': push_items(Kind::tuple, pop_to_mark()); break;
    case 0x85: push_tuple(1); break;
    case 0x86: push_tuple(2); break;
    case 0x87: push_tuple(3); break;
    case ']': push_items(Kind::list, {}); break;
    case 'l': push_items(Kind::list, pop_to_mark()); break;
    case '}': push_items(Kind::dict, {}); break;
    case 'd': push_items(Kind::dict, pop_to_mark()); break;
    case 0x8f: push_items(Kind::set, {}); break;
    case 0x91: push_items(Kind::frozenset, pop_to_mark()); break;
    case 'a': {
      Value* item = pop();
      append({item});
      break;
    }
    case 'e': append(pop_to_mark()); break;
    case 's': {
      Value *value = pop(), *key = pop();
      set_items({key, value});
      break;
    }
    case 'u': set_items(pop_to_mark()); break;
    case 0x90: {  // ADDITEMS
      std::vector<Value*> items = pop_to_mark();
      if (top()->kind != Kind::set) bad("nothing can be added to it");
      add(top()->items, items);
      break;
    }

    case 'c': {
      std::string module = line();
      global(std::move(module), line());
      break;
    }
    case 0x93: {  // STACK_GLOBAL
      Value *name = pop(), *module = pop();
      if (name->kind != Kind::string || module->kind != Kind::string)
        bad("a global whose name is no string");
      global(module->text, name->text);
      break;
    }
    case 'R': call(Kind::call); break;
    case 0x81: call(Kind::make); break;
    case 'b': {
      Value* state = pop();
      after(top(), "set on it").states.push_back(state);
      break;
    }
    case 'Q': {
      Value* id = pop();
      push_items(Kind::persistent, {id});
      break;
    }

    case 'q': memo_[take<uint8_t>()] = top(); break;
    case 'r': memo_[take<uint32_t>()] = top(); break;
    case 0x94: {
      Value* v = top();
      memo_[memo_.size()] = v;
      break;
    }
    case 'h': get(take<uint8_t>()); break;
    case 'j': get(take<uint32_t>()); break;
    default: bad("the opcode ", int(op), " is not one that data needs");
    }
    return true;
  }

  void sign() { stack_.back()->integer = int32_t(uint32_t(stack_.back()->integer)); }
  void big_integer(uint64_t n) {
    std::string s = text(n);
    if (n > 8) return push_text(Kind::big_integer, std::move(s));
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) v |= uint64_t(uint8_t(s[i])) << 8 * i;
    if (n && n < 8 && s[n - 1] & 0x80) v |= ~uint64_t(0) << 8 * n;
    push_integer(Kind::integer, int64_t(v));
  }

  ByteView in_;
  size_t at_ = 0;
  Pickle out_;
  std::vector<Value*> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, Value*> memo_;
};

}  // namespace

Pickle parse_pickle(ByteView in) { return Parser(in).run(); }

void PickleWriter::integer(int64_t v) {
  auto put = [&](uint64_t x, int n) {
    for (int i = 0; i < n; i++) out_.push_back(uint8_t(x >> 8 * i));
  };
  if (v >= 0 && v < 256) op('K'), put(uint64_t(v), 1);
  else if (v >= 0 && v < 65536) op('M'), put(uint64_t(v), 2);
  else if (v == int32_t(v)) op('J'), put(uint64_t(v), 4);
  else op('\x8a'), put(8, 1), put(uint64_t(v), 8);
}
void PickleWriter::string(std::string_view s) {
  op('X');
  for (int i = 0; i < 4; i++) out_.push_back(uint8_t(s.size() >> 8 * i));
  out_.insert(out_.end(), s.begin(), s.end());
}
void PickleWriter::global(std::string_view module, std::string_view name) {
  op('c');
  for (std::string_view part : {module, name}) {
    out_.insert(out_.end(), part.begin(), part.end());
    op('\n');
  }
}

}  // namespace taeda::io
