// Selecting and writing by index.
#include <numeric>

#include "taeda/io/onnx/rows.h"

namespace taeda::onnx {

namespace {

std::string index_of(const Call& c, size_t i) {  // ONNX takes int32 and int64
  return c.dtype(i) == DType::int32 ? c.in(i) : c.as(i, DType::int64);
}

void gather(Call& c) {
  if (c.rank(1) == 0 || c.rank() == 0) c.fail("it is not written for tensors without axes");
  c.set(c.node("GatherElements", {c.in(0), index_of(c, 1)}, {{"axis", c.axis("dim", c.rank())}}));
}
void index_select(Call& c) {
  std::string at = index_of(c, 1);
  if (c.rank(1) == 0) at = c.node("Unsqueeze", {at, c.ints({0})});
  c.set(c.node("Gather", {c.in(0), at}, {{"axis", c.axis("dim", c.rank())}}));
}

// The part of src that index names elements for.
std::string source_of(const Call& c, size_t src, size_t index) {
  if (c.sizes(src) == c.sizes(index)) return c.in(src);
  Dims zeros(c.rank(index), 0), axes;
  for (size_t a = 0; a < c.rank(index); a++) axes.push_back(int64_t(a));
  return c.node("Slice", {c.in(src), c.ints(zeros), c.shape_of(index), c.ints(axes)});
}
void scatter_elements(Call& c, const std::string& values, const std::string& reduction) {
  std::vector<Attribute> attributes{{"axis", c.axis("dim", c.rank())}};
  if (reduction != "none") attributes.push_back({"reduction", reduction});
  c.set(c.node("ScatterElements", {c.in(0), index_of(c, 1), values}, attributes));
}
std::string reduction_of(const Call& c) {
  std::string word = c.word("reduce");
  if (word == "none") return word;
  if (word == "add" || word == "sum") return "add";
  if (word == "multiply" || word == "prod") return "mul";
  if (word == "amax") return "max";
  if (word == "amin") return "min";
  c.fail("reduce='" + word + "' has no meaning in ONNX");
}
void scatter(Call& c) {
  bool value = !c.has(2);
  std::string from = value ? c.node("Expand", {c.num(c.scalar("value"), c.dtype()), c.shape_of(1)})
                           : source_of(c, 2, 1);
  scatter_elements(c, from, reduction_of(c));
}
void scatter_reduce(Call& c) {
  if (!c.flag("include_self")) c.fail("include_self=False has no meaning in ONNX");
  scatter_elements(c, source_of(c, 2, 1), reduction_of(c));
}
void index_add(Call& c) {
  int64_t axis = c.axis("dim", c.rank());
  std::string source = c.in(2), at = index_of(c, 1);
  if (!(c.scalar("alpha") == Scalar(1)))
    source = c.node("Mul", {source, c.num(c.scalar("alpha"), c.dtype())});
  Dims shape(c.rank(), 1);
  shape[size_t(axis)] = -1;
  at = c.node("Expand", {c.node("Reshape", {at, c.ints(shape)}), c.node("Shape", {source})});
  c.set(c.node("ScatterElements", {c.in(0), at, source},
               {{"axis", axis}, {"reduction", std::string("add")}}));
}

// Index tensors at axes first, first + 1, .. of input 0 from `from` on: the axes they stand at.
std::vector<size_t> indexed(const Call& c, size_t from) {
  std::vector<size_t> at;
  for (size_t i = from; i < c.e.in.size(); i++)
    if (c.has(i)) at.push_back(i - from);
  return at;
}
// The indexed axes in front; and the order that undoes it for a result whose `n` index axes stand
// in front.
struct Order {
  std::vector<int64_t> forth, back;
};
Order order_of(const Call& c, const std::vector<size_t>& at) {
  Order o;
  o.forth.assign(at.begin(), at.end());
  for (size_t a = 0; a < c.rank(); a++)
    if (std::find(at.begin(), at.end(), a) == at.end()) o.forth.push_back(int64_t(a));
  return o;
}
std::string turned(const Call& c, const std::string& x, const std::vector<int64_t>& order) {
  if (std::is_sorted(order.begin(), order.end())) return x;
  return c.node("Transpose", {x}, {{"perm", order}});
}
// [..., k]: the places the k index tensors name together.
std::string joined_places(const Call& c, size_t from, const std::vector<size_t>& at) {
  std::vector<std::string> columns;
  for (size_t a : at)
    columns.push_back(c.node("Unsqueeze", {c.as(from + a, DType::int64), c.ints({-1})}));
  if (columns.size() == 1) return columns[0];
  return c.node("Concat", columns, {{"axis", int64_t(-1)}});
}
bool neighbours(const std::vector<size_t>& at) { return at.back() - at.front() + 1 == at.size(); }

void index(Call& c) {
  auto at = indexed(c, 1);
  if (at.size() == 1)
    return c.set(
        c.node("Gather", {c.in(0), c.as(1 + at[0], DType::int64)}, {{"axis", int64_t(at[0])}}));
  std::string x = turned(c, c.in(0), order_of(c, at).forth);
  std::string y = c.node("GatherND", {x, joined_places(c, 1, at)});
  if (at[0] > 0 && neighbours(at)) {  // the result's index axes stand where the first index stood
    size_t n = c.rank(1 + at[0]);
    std::vector<int64_t> back;
    for (size_t a = 0; a < at[0]; a++) back.push_back(int64_t(n + a));
    for (size_t a = 0; a < n; a++) back.push_back(int64_t(a));
    for (size_t a = n + at[0]; a < c.out_sizes().size(); a++) back.push_back(int64_t(a));
    y = turned(c, y, back);
  }
  c.set(y);
}

void index_put(Call& c) {
  auto at = indexed(c, 2);
  auto forth = order_of(c, at).forth;
  size_t n = c.rank(2 + at[0]), lead = neighbours(at) ? at[0] : 0;
  std::string x = turned(c, c.in(0), forth), places = joined_places(c, 2, at);
  // The values in the shape of x[indices], whose index axes stand behind `lead` others.
  std::string rest = c.node("Shape", {x}, {{"start", int64_t(at.size())}});
  std::string shape = c.node("Shape", {places}, {{"end", int64_t(n)}});
  if (lead) {
    std::string before = c.node("Slice", {rest, c.ints({0}), c.ints({int64_t(lead)})});
    std::string after = c.node("Slice", {rest, c.ints({int64_t(lead)}), c.ints({INT64_MAX})});
    shape = c.node("Concat", {before, shape, after}, {{"axis", int64_t(0)}});
  } else {
    shape = c.node("Concat", {shape, rest}, {{"axis", int64_t(0)}});
  }
  std::string values = c.node("Expand", {c.as(1, c.dtype(0)), shape});
  if (lead) {
    size_t all = n + c.rank() - at.size();
    std::vector<int64_t> order;
    for (size_t a = 0; a < n; a++) order.push_back(int64_t(lead + a));
    for (size_t a = 0; a < lead; a++) order.push_back(int64_t(a));
    for (size_t a = n + lead; a < all; a++) order.push_back(int64_t(a));
    values = turned(c, values, order);
  }
  std::vector<Attribute> attributes;
  if (c.flag("accumulate")) attributes.push_back({"reduction", std::string("add")});
  std::string y = c.node("ScatterND", {x, places, values}, attributes);
  std::vector<int64_t> back(forth.size());
  for (size_t i = 0; i < forth.size(); i++) back[size_t(forth[i])] = int64_t(i);
  c.set(turned(c, y, back));
}

// Counts of what lies below (or not above) each value: a place in a sorted sequence.
void searchsorted(Call& c) {
  if (c.has(2)) c.fail("sorter is not written");
  bool right = c.flag("right") || c.word("side") == "right";
  Dims last{-1};
  std::string values = c.node("Unsqueeze", {c.in(1), c.ints(last)}), sequence = c.in(0);
  if (c.rank(0) > 1) { sequence = c.node("Unsqueeze", {sequence, c.ints({-2})}); }
  std::string below = c.node(right ? "LessOrEqual" : "Less", {sequence, values});
  std::string n =
      c.node("ReduceSum", {c.cast(below, DType::int64), c.ints(last)}, {{"keepdims", int64_t(0)}});
  c.set(c.out_dtype() == DType::int64 ? n : c.cast(n, c.out_dtype()));
}

constexpr Row rows[] = {
    {"gather", gather},
    {"index_select", index_select},
    {"scatter", scatter},
    {"scatter_add", [](Call& c) { scatter_elements(c, source_of(c, 2, 1), "add"); }},
    {"scatter_reduce", scatter_reduce},
    {"index_add", index_add},
    {"index", index},
    {"index_put", index_put},
    {"embedding",
     [](Call& c) {
       c.set(c.node("Gather", {c.in(0), index_of(c, 1)}, {{"axis", int64_t(0)}}));
     }},
    {"nonzero",
     [](Call& c) {
       c.set(c.node("Transpose", {c.node("NonZero", {c.in(0)})},
                    {{"perm", std::vector<int64_t>{1, 0}}}));
     }},
    {"searchsorted", searchsorted},
};

}  // namespace

std::span<const Row> index_rows() { return rows; }

}  // namespace taeda::onnx
