// Functions with a gradient of one's own.
#include "print.h"

using namespace taeda;
using namespace seeds;

struct Square : autograd::Function<Square> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, double scale) {
    ctx->save_for_backward({x});
    ctx->saved_data["scale"] = scale;
    return x * x * scale;
  }
  static TensorList backward(AutogradContext* ctx, const TensorList& grads) {
    auto x = ctx->saved_tensors()[0];
    return {2 * std::any_cast<double>(ctx->saved_data["scale"]) * x * grads[0]};
  }
};

struct Rows : autograd::Function<Rows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x) {
    ctx->saved_data["shape"] = x.sizes();
    return x.sum(1);
  }
  static Tensor backward(AutogradContext* ctx, const TensorList& grads) {
    return grads[0].unsqueeze(1).expand(std::any_cast<Dims>(ctx->saved_data["shape"]));
  }
};

int main() {
  auto x = tensor({{1.0, 2.0}, {3.0, -4.0}}, requires_grad());
  auto y = Square::apply(x, 0.5);
  print(y, y.grad_fn()->name());
  auto total = Rows::apply(y);
  print(total, y.size(0));
  total.sum().backward();
  print(x.grad());
  for (auto node = total.grad_fn(); node;
       node = node->edges.empty() ? Ref<Node>() : node->edges[0].node)
    print(node->name());
  auto point = rand({3}, {.dtype = float64, .requires_grad = true});
  print(gradcheck([](const Tensor& t) { return Square::apply(t, 2.0); }, {point}));
}
