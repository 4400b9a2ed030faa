// einsum: the equation is parsed into labels; every operand is seen with one axis for each label,
// of size 1 where it has none; then operands are multiplied in order, summing each label at its
// last operand. A sum of products of two is one batched matrix product.
#include "taeda/ops/arithmetic.h"
#include "taeda/ops/matmul.h"
#include "taeda/ops/operators.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"

namespace taeda::ops {

namespace {

constexpr int kLabels = 52, kEllipsis = 52;

int label_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  return -1;
}
char letter_of(int label) { return char(label < 26 ? 'A' + label : 'a' + label - 26); }

struct Equation {
  std::vector<std::vector<int>> inputs{{}};
  std::vector<int> output;
  bool explicit_output = false;
};

Equation parse(const std::string& text, size_t operands) {
  Equation e;
  bool ellipsis = false;
  std::vector<int>* side = &e.inputs[0];
  bool seen[kLabels] = {};
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == ' ') continue;
    if (c == '.') {
      bool three = text.compare(i, 3, "...") == 0;
      if (e.explicit_output) {
        if (ellipsis)
          fail("einsum(): found '.' for output but an ellipsis (...) was already found");
        if (!three) fail("einsum(): found '.' for output that is not part of any ellipsis (...)");
      } else {
        size_t k = e.inputs.size() - 1;
        if (ellipsis)
          fail("einsum(): found '.' for operand ", k, " for which an ellipsis was already found");
        if (!three)
          fail("einsum(): found '.' for operand ", k, " that is not part of any ellipsis");
      }
      ellipsis = true;
      side->push_back(kEllipsis);
      i += 2;
    } else if (c == ',' && !e.explicit_output) {
      e.inputs.emplace_back();
      if (e.inputs.size() > operands)
        fail("einsum(): fewer operands were provided than specified in the equation");
      side = &e.inputs.back();
      ellipsis = false;
    } else if (c == '-' && !e.explicit_output && i + 1 < text.size() && text[i + 1] == '>') {
      e.explicit_output = true;
      side = &e.output;
      ellipsis = false;
      i++;
    } else {
      int label = label_of(c);
      if (label < 0)
        fail("einsum(): invalid subscript given at index ", i,
             " in the equation string, subscripts must be in [a-zA-Z]");
      if (e.explicit_output) {
        if (seen[label])
          fail("einsum(): output subscript ", std::string(1, c),
               " appears more than once in the output");
        seen[label] = true;
      }
      side->push_back(label);
    }
  }
  if (e.inputs.size() < operands)
    fail("einsum(): more operands were provided than specified in the equation");
  return e;
}

// Labels as axes of one common order: those of the output first, then those that are summed.
struct Plan {
  int axis[kLabels + 1];  // of a label; of the ellipsis: its first axis
  int rank = 0, output_rank = 0;
  int ellipsis = 0;  // axes the ellipsis stands for
};

Plan plan(Equation& e, Args in) {
  Plan p;
  std::fill(std::begin(p.axis), std::end(p.axis), -1);
  int count[kLabels] = {};
  for (size_t k = 0; k < in.size(); k++) {
    const auto& labels = e.inputs[k];
    int64_t named = 0;
    bool ellipsis = false;
    for (int l : labels) {
      if (l == kEllipsis) ellipsis = true;
      else named++, count[l]++;
    }
    int64_t rank = in[k].dim();
    if (ellipsis ? named > rank : named != rank)
      fail("einsum(): the number of subscripts in the equation (", named, ") ",
           ellipsis ? "is more than the number of dimensions ("
                    : "does not match the number of dimensions (",
           rank, ") for operand ", k, ellipsis ? "" : " and no ellipsis was given");
    if (ellipsis) p.ellipsis = std::max(p.ellipsis, int(rank - named));
  }
  if (!e.explicit_output) {
    e.output.push_back(kEllipsis);
    for (int l = 0; l < kLabels; l++)
      if (count[l] == 1) e.output.push_back(l);
  }
  for (int l : e.output) {
    if (l != kEllipsis && !count[l])
      fail("einsum(): output subscript ", std::string(1, letter_of(l)),
           " does not appear in the equation for any input operand");
    p.axis[l] = p.rank;
    p.rank += l == kEllipsis ? p.ellipsis : 1;
  }
  p.output_rank = p.rank;
  if (p.axis[kEllipsis] < 0) p.axis[kEllipsis] = p.rank, p.rank += p.ellipsis;
  for (int l = 0; l < kLabels; l++)
    if (count[l] && p.axis[l] < 0) p.axis[l] = p.rank++;
  return p;
}

// The operand with its axes in the common order.
Tensor arrange(const Tensor& operand, const std::vector<int>& labels, const Plan& p, size_t k) {
  Tensor x = operand;
  Dims place;  // axis of x -> common axis
  int named = 0;
  for (int l : labels) named += l != kEllipsis;
  for (int l : labels) {
    if (l == kEllipsis) {
      int n = int(operand.dim()) - named;
      for (int i = 0; i < n; i++) place.push_back(p.axis[l] + p.ellipsis - n + i);
      continue;
    }
    int64_t at = int64_t(place.size());
    int64_t before = std::find(place.begin(), place.end(), p.axis[l]) - place.begin();
    if (before == at) {
      place.push_back(p.axis[l]);
      continue;
    }
    if (x.size(before) != x.size(at))
      fail("einsum(): subscript ", std::string(1, letter_of(l)), " is repeated for operand ", k,
           " but the sizes don't match, ", x.size(at), " != ", x.size(before));
    x = x.diagonal({.offset = 0, .dim1 = before, .dim2 = at}).movedim({Dims(-1), Dims(before)});
  }
  Dims order;
  for (int a = 0; a < p.rank; a++) {
    int64_t at = std::find(place.begin(), place.end(), a) - place.begin();
    if (at == int64_t(place.size())) x = x.unsqueeze(-1), place.push_back(a);
    order.push_back(at);
  }
  return x.permute({order});
}

// The product of a and b summed over the axes in `sum`, which stay with size 1.
Tensor sum_of_products(Tensor a, Tensor b, const Dims& sum) {
  Dims batch, left, right, both, sizes, only_a, only_b;
  int64_t n_batch = 1, n_left = 1, n_right = 1, n_both = 1;
  int64_t rank = a.dim();
  for (int64_t d = 0; d < rank; d++) {
    bool in_a = a.size(d) != 1, in_b = b.size(d) != 1;
    if (sum.contains(d)) {
      if (in_a && in_b) both.push_back(d), n_both *= a.size(d);
      else if (in_a) only_a.push_back(d);
      else if (in_b) only_b.push_back(d);
    } else if (in_a && in_b) {
      batch.push_back(d), n_batch *= a.size(d);
    } else if (in_a) {
      left.push_back(d), n_left *= a.size(d);
    } else {
      right.push_back(d), n_right *= b.size(d);
    }
  }
  if (!only_a.empty()) a = a.sum({.dim = only_a, .keepdim = true});
  if (!only_b.empty()) b = b.sum({.dim = only_b, .keepdim = true});
  auto order = [&](std::initializer_list<const Dims*> groups) {
    Dims out;
    for (const Dims* g : groups)
      for (int64_t d : *g) out.push_back(d);
    for (int64_t d = 0; d < rank; d++)  // axes of size 1
      if (!out.contains(d)) out.push_back(d);
    return out;
  };
  Dims from = order({&batch, &left, &both}), to = order({&batch, &both, &right});
  Tensor x = a.permute({from}).reshape({Dims{n_batch, n_left, n_both}});
  Tensor y = b.permute({to}).reshape({Dims{n_batch, n_both, n_right}});
  Tensor out = x.bmm(y);
  Dims placed = order({&batch, &left, &right});
  for (int64_t d : placed) sizes.push_back(sum.contains(d) ? 1 : std::max(a.size(d), b.size(d)));
  for (size_t i = 0; i < placed.size(); i++) {
    int64_t d = placed[i];
    if (!sum.contains(d) && (a.size(d) == 0 || b.size(d) == 0)) sizes[i] = 0;
  }
  Dims back(size_t(rank), 0);
  for (size_t i = 0; i < placed.size(); i++) back[size_t(placed[i])] = int64_t(i);
  return out.reshape({sizes}).permute({back});
}

}  // namespace

Tensor Einsum::forward(Args in, const Attrs& a) {
  if (in.size() == 0) fail("einsum(): must provide at least one operand");
  Equation e = parse(a.equation, in.size());
  Plan p = plan(e, in);
  std::vector<Tensor> x;
  for (size_t k = 0; k < in.size(); k++) x.push_back(arrange(in[k], e.inputs[k], p, k));

  // Sizes must agree or be 1; each summed axis is summed at the last operand that has it.
  std::vector<size_t> last(size_t(p.rank), 0);
  for (int d = 0; d < p.rank; d++) {
    int64_t size = 1;
    for (size_t k = 0; k < x.size(); k++) {
      int64_t own = x[k].size(d);
      if (own != 1 && size != 1 && own != size) {
        std::string name = "...";
        for (int l = 0; l < kLabels; l++)
          if (p.axis[l] == d) name = std::string(1, letter_of(l));
        fail("einsum(): subscript ", name, " has size ", own, " for operand ", k,
             " which does not broadcast with previously seen size ", size);
      }
      if (own != 1) size = own, last[size_t(d)] = k;
    }
  }
  auto ending = [&](size_t k) {
    Dims axes;
    for (int d = p.output_rank; d < p.rank; d++)
      if (last[size_t(d)] == k) axes.push_back(d);
    return axes;
  };
  Tensor out = x[0];
  if (Dims axes = ending(0); !axes.empty()) out = out.sum({.dim = axes, .keepdim = true});
  for (size_t k = 1; k < x.size(); k++) {
    Dims axes = ending(k);
    out = axes.empty() ? out * x[k] : sum_of_products(out, x[k], axes);
  }
  if (p.rank > p.output_rank) {
    Dims sizes(std::span(out.sizes().begin(), size_t(p.output_rank)));
    out = out.reshape({sizes});
  }
  return out;
}

}  // namespace taeda::ops
