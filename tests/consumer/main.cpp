// A program against an installed Taeda: values, gradients and errors cross the border.
#include <taeda/taeda.h>

#include <cstdio>
#include <string_view>

int main() {
  taeda::Tensor x = taeda::ones({2, 3});
  x.requires_grad_();
  taeda::Tensor loss = (x * x + x).sum();
  loss.backward();
  if (loss.item<float>() != 12 || x.grad().sum().item<float>() != 18) {
    std::puts("wrong numbers");
    return 1;
  }
  try {
    taeda::mm(x, x);
  } catch (const taeda::Error& e) {
    if (std::string_view(e.what()).find("cannot be multiplied") != std::string_view::npos) return 0;
    std::puts(e.what());
  }
  std::puts("mm of wrong shapes was not refused as it should be");
  return 1;
}
