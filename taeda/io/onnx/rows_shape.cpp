// Ops that move elements without changing them: views, joins, repeats.
#include <numeric>

#include "taeda/io/onnx/rows.h"

namespace taeda::onnx {

namespace {

std::string reshape(const Call& c, const std::string& x, const Dims& sizes) {
  return c.node("Reshape", {x, c.ints(sizes)});
}
std::string transpose(const Call& c, const std::string& x, const std::vector<int64_t>& order) {
  if (std::is_sorted(order.begin(), order.end())) return x;
  return c.node("Transpose", {x}, {{"perm", order}});
}
std::vector<int64_t> axes(size_t n) {
  std::vector<int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

// A part of an axis that starts and ends anywhere.
std::string slice(const Call& c, const std::string& x, int64_t axis, int64_t start, int64_t end,
                  int64_t step = 1) {
  return c.node("Slice", {x, c.ints({start}), c.ints({end}), c.ints({axis}), c.ints({step})});
}

void slice_row(Call& c) {
  int64_t axis = c.axis("dim", c.rank());
  std::string end = c.ints({INT64_MAX});
  if (c.given("end")) end = c.b.size(c.integers("end"), c.e.in);
  std::string start = c.b.size(c.integers("start"), c.e.in);
  c.set(c.node("Slice", {c.in(0), start, end, c.ints({axis}), c.ints({c.integer("step")})}));
}

void select(Call& c) {
  int64_t axis = c.axis("dim", c.rank());
  Numbers at = c.integers("index");
  bool fixed = std::all_of(at.begin(), at.end(), [&](int64_t n) { return n == at[0]; });
  std::string index =
      fixed ? c.num(at[0], DType::int64) : c.node("Squeeze", {c.b.size(at, c.e.in)});
  c.set(c.node("Gather", {c.in(0), index}, {{"axis", axis}}));
}

void squeeze(Call& c) {
  Dims gone;
  for (size_t a = 0; a < c.rank(); a++)
    if (c.sizes()[a] == 1 && c.is_static(0, a)) gone.push_back(int64_t(a));
  if (c.given("dim")) {
    Dims asked, both;
    for (int64_t d : c.dims("dim")) asked.push_back(wrap_dim(d, int64_t(c.rank())));
    for (int64_t d : gone)
      if (asked.contains(d)) both.push_back(d);
    gone = both;
  }
  c.set(gone.empty() ? c.in(0) : c.node("Squeeze", {c.in(0), c.ints(gone)}));
}

void split(Call& c) {
  size_t axis = size_t(c.axis("dim", c.rank()));
  std::vector<Numbers> sizes;
  for (int out : c.e.out) sizes.push_back(c.b.sizes_along(out, axis));
  std::vector<std::string> in{c.in(0), c.b.join_sizes(sizes, c.e.in)};
  auto names = c.b.nodes("Split", in, {{"axis", int64_t(axis)}}, c.e.out.size());
  for (size_t k = 0; k < names.size(); k++) c.set(names[k], k);
}
void unbind(Call& c) {
  int64_t axis = c.axis("dim", c.rank());
  for (size_t k = 0; k < c.e.out.size(); k++)
    c.set(c.node("Gather", {c.in(0), c.num(int64_t(k), DType::int64)}, {{"axis", axis}}), k);
}

// Elements at fixed places of the flattened input.
void gather_places(Call& c, const std::vector<int64_t>& places) {
  for (size_t k = 0; k < c.out_sizes().size(); k++)
    for (int64_t n : c.b.sizes_along(c.e.out[0], k))
      if (n != c.out_sizes()[k]) c.fail("it is only written for fixed sizes");
  if (!c.all_static()) c.fail("it is only written for fixed sizes");
  std::string flat = reshape(c, c.in(0), {-1});
  std::string picked = c.node("Gather", {flat, c.b.ints(places)}, {{"axis", int64_t(0)}});
  c.set(reshape(c, picked, c.out_sizes()));
}
void as_strided(Call& c) {
  Dims size = c.dims("size"), stride = c.dims("stride");
  int64_t offset = c.given("storage_offset") ? c.integer("storage_offset") : 0;
  std::vector<int64_t> places{offset};
  for (size_t a = 0; a < size.size(); a++) {
    std::vector<int64_t> next;
    for (int64_t p : places)
      for (int64_t i = 0; i < size[a]; i++) next.push_back(p + i * stride[a]);
    places = std::move(next);
  }
  for (int64_t p : places)
    if (p < 0 || p >= c.sizes().product()) c.fail("it reaches outside of the tensor that it views");
  gather_places(c, places);
}

void diagonal(Call& c) {
  int64_t d1 = c.axis("dim1", c.rank()), d2 = c.axis("dim2", c.rank()),
          offset = c.integer("offset");
  if (!c.is_static(0, size_t(d1)) || !c.is_static(0, size_t(d2)))
    c.fail("it is only written for fixed sizes of these axes");
  std::vector<int64_t> order, places;
  for (int64_t a : axes(c.rank()))
    if (a != d1 && a != d2) order.push_back(a);
  order.push_back(d1), order.push_back(d2);
  int64_t columns = c.sizes()[size_t(d2)];
  for (int64_t i = 0; i < c.out_sizes().back(); i++)
    places.push_back((i + std::max<int64_t>(-offset, 0)) * columns + i +
                     std::max<int64_t>(offset, 0));
  // The two axes as one.
  Dims merged(order.size() - 1, 0);
  merged[merged.size() - 1] = c.sizes()[size_t(d1)] * columns;
  std::string flat = reshape(c, transpose(c, c.in(0), order), merged);
  c.set(c.node("Gather", {flat, c.b.ints(places)}, {{"axis", int64_t(merged.size()) - 1}}));
}

void unfold(Call& c) {
  size_t axis = size_t(c.axis("dimension", c.rank()));
  if (!c.is_static(0, axis)) c.fail("it is only written for a fixed size of this axis");
  int64_t size = c.integer("size"), step = c.integer("step"), windows = c.out_sizes()[axis];
  std::vector<int64_t> places;
  for (int64_t w = 0; w < windows; w++)
    for (int64_t i = 0; i < size; i++) places.push_back(w * step + i);
  std::string at = reshape(c, c.b.ints(places), {windows, size});
  std::string picked = c.node("Gather", {c.in(0), at}, {{"axis", int64_t(axis)}});
  std::vector<int64_t> order;
  for (int64_t a : axes(c.rank() + 1))
    if (a != int64_t(axis) + 1) order.push_back(a);
  order.push_back(int64_t(axis) + 1);
  c.set(transpose(c, picked, order));
}

void cat(Call& c) {
  std::vector<std::string> parts;
  size_t rank = c.out_sizes().size();
  for (size_t i = 0; i < c.e.in.size(); i++)  // PyTorch lets empty vectors stand among others
    if (c.rank(i) == rank) parts.push_back(c.as(i, c.out_dtype()));
  c.set(parts.size() == 1 ? parts[0] : c.node("Concat", parts, {{"axis", c.axis("dim", rank)}}));
}

void repeat(Call& c) {
  std::vector<Numbers> counts;
  size_t rank = c.out_sizes().size();
  for (size_t k = 0; k < rank; k++) {
    Numbers n;
    for (size_t r = 0; r < c.b.traces().runs.size(); r++)
      n.push_back(std::get<Dims>(c.attribute("repeats", r))[k]);
    counts.push_back(n);
  }
  std::string x = c.in(0);
  if (rank > c.rank()) {
    Dims fresh;
    for (size_t a = 0; a < rank - c.rank(); a++) fresh.push_back(int64_t(a));
    x = c.node("Unsqueeze", {x, c.ints(fresh)});
  }
  c.set(rank ? c.node("Tile", {x, c.b.join_sizes(counts, c.e.in)}) : x);
}

void flip(Call& c) {
  Dims at = c.dims("dims");
  size_t n = at.size();
  for (int64_t& d : at) d = wrap_dim(d, int64_t(c.rank()));
  if (!n) return c.set(c.in(0));
  c.set(c.node("Slice", {c.in(0), c.ints(Dims(n, -1)), c.ints(Dims(n, INT64_MIN)), c.ints(at),
                         c.ints(Dims(n, -1))}));
}

void roll(Call& c) {
  Dims shifts = c.dims("shifts"), dims = c.dims("dims");
  std::string x = c.in(0);
  bool flat = dims.empty();
  if (flat) x = reshape(c, x, {-1}), dims = {0};
  for (size_t i = 0; i < dims.size(); i++) {
    int64_t axis = wrap_dim(dims[i], flat ? 1 : int64_t(c.rank()));
    bool known = flat ? c.all_static() : c.is_static(0, size_t(axis));
    int64_t n = flat ? c.sizes().product() : c.sizes()[size_t(axis)], by = shifts[i];
    if (known && n) by = ((by % n) + n) % n;
    if (!known && std::abs(by) >= n) c.fail("it is only written for a fixed size of this axis");
    if (by == 0) continue;
    // The last `by` elements first; or, of an axis of any size, all but the first -by ones.
    x = c.node("Concat", {slice(c, x, axis, -by, INT64_MAX), slice(c, x, axis, 0, -by)},
               {{"axis", axis}});
  }
  c.set(flat ? c.reshaped(x, c.e.out[0]) : x);
}

void triangle(Call& c) {
  bool wide = c.dtype() == DType::boolean;  // runtimes lack the op for bools
  std::string x = wide ? c.as(0, DType::int64) : c.in(0);
  std::string y = c.node("Trilu", {x, c.num(c.integer("diagonal"), DType::int64)},
                         {{"upper", int64_t(c.e.op->name == std::string_view("triu"))}});
  c.set(wide ? c.cast(y, DType::boolean) : y);
}

void pad(Call& c) {
  Dims pad = c.dims("pad");
  size_t rank = c.rank();
  Dims begin(rank, 0), end(rank, 0), all;
  for (size_t i = 0; i * 2 + 1 < pad.size(); i++)
    begin[rank - 1 - i] = pad[i * 2], end[rank - 1 - i] = pad[i * 2 + 1];
  for (int64_t n : begin) all.push_back(n);
  for (int64_t n : end) all.push_back(n);
  bool wide = c.dtype() == DType::boolean;
  std::string x = wide ? c.as(0, DType::int64) : c.in(0);
  DType d = wide ? DType::int64 : c.dtype();
  std::string y = c.node("Pad", {x, c.ints(all), c.num(c.scalar("value"), d)},
                         {{"mode", std::string("constant")}});
  c.set(wide ? c.cast(y, DType::boolean) : y);
}

// Zeros in which the input is a slice.
void unslice(Call& c) {
  size_t axis = size_t(c.axis("dim", c.rank()));
  if (!c.is_static(0, axis)) c.fail("it is only written for a fixed size of this axis");
  int64_t all = c.out_sizes()[axis], start = c.integer("start"), step = c.integer("step");
  start = std::clamp<int64_t>(start < 0 ? start + all : start, 0, all);
  auto padded = [&](const std::string& x, const Dims& pads) {
    return c.node("Pad", {x, c.ints(pads), c.num(0)}, {{"mode", std::string("constant")}});
  };
  std::string x = c.in(0);
  int64_t length = c.sizes()[axis];
  if (step != 1) {  // zeros behind each element, as an axis of their own that is then joined
    Dims pads(2 * (c.rank() + 1), 0), joined(axis, 0);
    pads[c.rank() + 1 + axis + 1] = step - 1;
    length *= step;
    joined.push_back(length);
    for (size_t i = axis + 1; i < c.rank(); i++) {
      if (!c.is_static(0, i)) c.fail("with a step, the axes behind must have fixed sizes");
      joined.push_back(c.sizes()[i]);
    }
    x = padded(c.node("Unsqueeze", {x, c.ints({int64_t(axis) + 1})}), pads);
    x = c.node("Reshape", {x, c.ints(joined)});
  }
  Dims pads(2 * c.rank(), 0);
  pads[axis] = start, pads[axis + c.rank()] = all - start - length;  // below 0: a cut of zeros
  c.set(padded(x, pads));
}

constexpr Row rows[] = {
    {"unslice", unslice},
    {"view",
     [](Call& c) {
       if (c.out_dtype() != c.dtype()) c.fail("it reads the bytes of one dtype as another");
       c.set(c.reshaped(c.in(0), c.e.out[0]));
     }},
    {"expand", [](Call& c) { c.set(c.expanded(c.in(0))); }},
    {"permute",
     [](Call& c) {
       std::vector<int64_t> order;
       for (int64_t d : c.dims("dims")) order.push_back(wrap_dim(d, int64_t(c.rank())));
       c.set(transpose(c, c.in(0), order));
     }},
    {"transpose",
     [](Call& c) {
       auto order = axes(c.rank());
       if (!order.empty())
         std::swap(order[size_t(c.axis("dim0", c.rank()))],
                   order[size_t(c.axis("dim1", c.rank()))]);
       c.set(transpose(c, c.in(0), order));
     }},
    {"t",
     [](Call& c) {
       auto order = axes(c.rank());
       std::reverse(order.begin(), order.end());
       c.set(transpose(c, c.in(0), order));
     }},
    {"unsqueeze",
     [](Call& c) {
       c.set(c.node("Unsqueeze", {c.in(0), c.ints({c.axis("dim", c.rank() + 1)})}));
     }},
    {"squeeze", squeeze},
    {"select", select},
    {"slice", slice_row},
    {"as_strided", as_strided},
    {"diagonal", diagonal},
    {"unfold", unfold},
    {"unbind", unbind},
    {"split", split},
    {"cat", cat},
    {"repeat", repeat},
    {"flip", flip},
    {"roll", roll},
    {"tril", triangle},
    {"triu", triangle},
    {"constant_pad_nd", pad},
};

}  // namespace

std::span<const Row> shape_rows() { return rows; }

}  // namespace taeda::onnx
