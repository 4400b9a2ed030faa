// Products of matrices and vectors, shapes, the seed.
#include "print.h"

using namespace taeda;
using namespace seeds;

int main() {
  manual_seed(11);
  auto a = rand({3, 3}), b = rand({3});
  print(a.mm(a), a.mv(b), a.t(), dot(b, b), a * b, a * a);
  refused([&] { dot(a, b); });
  refused([&] { a.mm(rand({2, 3})); });

  auto v = arange(1.0, 13.0).view(3, 4);
  print(v, v.view(-1), v.view(2, -1), v.view(6, 2).t());
  refused([&] { v.t().view(-1); }, 60);
  print(cat({v, v}, 0).sizes(), stack({b, b}).sum(1));
  auto [values, indices] = v.max(1);
  print(values, indices, v.sort({.dim = 1, .descending = true}).values);
  auto one_more = b.add(1);
  b.add_(1);
  print(one_more, b, add(b, b, {.alpha = 2}), b.unsqueeze(0).expand({2, 3}), v.sum(0), v.norm());

  manual_seed(5);
  auto first = randn({3});
  manual_seed(5);
  print(equal(first, randn({3})), first);
}
