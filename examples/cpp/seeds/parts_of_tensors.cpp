// Parts of a tensor: read, written, counted.
#include "print.h"

using namespace taeda;
using namespace seeds;

// "(4, 1)"
std::string tuple(const Dims& d) {
  std::string inside = text(d).substr(1);
  inside.pop_back();
  return "(" + inside + (d.size() == 1 ? ",)" : ")");
}

int main() {
  auto x = arange(24.0).view(2, 3, 4);
  for (auto part : {x[0], x.index({Slice(), 1}), x.index({Ellipsis, -1}),
                    x.index({1, Slice(1, None), Slice(None, None, 2)}),
                    x.index({0, 0, Slice(0, 1)}), x.index({None, 0})})
    print(part.sizes(), tuple(part.strides()), part.is_contiguous());
  print(x[0][1][2], x[0][1][2].item<double>(), x[x > 20],
        x.index({tensor({0, 1}), tensor({2, 0})}));
  x[0][0] = -1;
  x.index_put_({1, Slice(), Slice(None, None, 3)}, tensor({100.0, 200.0}));
  x.index_put_({x == 13}, x[x == 13] + 0.5);
  print(x);
  print(x.sum().item<double>(), x.mean(0), x.std().item<double>(), x.argmin().item<int64_t>(),
        x[0].cumsum(0));
  print(x.reshape(4, 6).t().sizes(), tuple(x.permute(2, 0, 1).strides()),
        list(x.view(-1).slice(0, 0, 3)));
  auto y = x[0];
  y.mul_(0);
  print(x[0].abs().max(), x.unsqueeze(0).squeeze().sizes(), x.flatten(1).sizes());
  std::vector<Dims> sizes;
  for (auto& part : x.split(2, 1)) sizes.push_back(part.sizes());
  std::vector<int64_t> sums;
  for (auto& part : x[1].chunk(3)) sums.push_back(part.sum().item<int64_t>());
  print(sizes, sums);
  refused([&] { x.index({2}); });
  refused([&] { x.view(5, 5); });
  refused([&] { x.sum(3); });
  refused([&] { x + ones({5}); });
}
