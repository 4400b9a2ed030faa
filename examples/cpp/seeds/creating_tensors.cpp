// Tensors from sizes, lists and random numbers, and how they are printed.
#include "print.h"

using namespace taeda;
using namespace seeds;

int main() {
  const double inf = INFINITY;
  manual_seed(3);
  print(empty({2, 4}).sizes(), empty({3}).sizes(), empty({2, 3, 4}).sizes());
  print(tensor({{1.0, 2.0}, {3.0, 4.0}}), tensor({5.0, 6.0}), tensor({7, 8}));
  print(tensor(2.5), tensor({true, false}), tensor({{1.5, NAN}, {inf, 0.0}}));
  print(zeros({2, 3}), ones({2}, {.dtype = int64}), eye(2), full({2}, 9.0));
  auto uniform = rand({2, 2}), normal = randn({2, 2}), whole = randint(0, 10, {4});
  print(uniform, normal, whole, randperm(5));
  auto clamped = empty({2, 3}).uniform_(-2, 2).clamp(-1, 1);
  print(clamped, empty({4}).normal_());
  print(arange(1.0, 7.0), arange(0.0, 1.25, 0.25), arange(6), linspace(0, 1, 5));
  print(tensor({{0.25, 4e9}}), arange(3, {.dtype = int16}));
  print(tensor({1e-8, 1.0}), tensor({123456.0, 0.5}), arange(2000));
  using C = std::complex<double>;
  print(zeros({0}), zeros({0, 3}), tensor({C(1, 2), C(-0.0, -0.5)}));
  set_print_options({.precision = 2});
  print(tensor({3.14159, 100.0}));
}
