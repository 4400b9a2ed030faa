// The text of tensors: as PyTorch prints them.
#include <gtest/gtest.h>

#include <sstream>

#include "taeda/taeda.h"
#include "taeda/tensor/print.h"

using namespace taeda;

namespace {

std::string printed(const auto& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}
Tensor of(std::initializer_list<float> v, const Dims& sizes) {
  Tensor t = empty(sizes, DType::float32);
  std::copy(v.begin(), v.end(), t.data<float>());
  return t;
}
Tensor counting(const Dims& sizes) {
  Tensor t = empty(sizes, DType::int64);
  for (int64_t i = 0; i < t.numel(); i++) t.data<int64_t>()[i] = i;
  return t;
}

TEST(Print, Numbers) {
  EXPECT_EQ(printed(of({1, 2}, {2})), "tensor([1., 2.])");
  EXPECT_EQ(printed(of({1.5, -2}, {2})), "tensor([ 1.5000, -2.0000])");
  EXPECT_EQ(printed(of({1e-5f, 1}, {2})), "tensor([1.0000e-05, 1.0000e+00])");
  EXPECT_EQ(printed(of({NAN, INFINITY, -0.f}, {3})), "tensor([nan, inf, -0.])");
  EXPECT_EQ(printed(of({3}, {})), "tensor(3.)");
  EXPECT_EQ(printed(counting({2, 2})), "tensor([[0, 1],\n        [2, 3]])");
  EXPECT_EQ(printed(zeros({2}, {.dtype = DType::boolean})), "tensor([False, False])");
  EXPECT_EQ(printed(zeros({1}, {.dtype = DType::complex128})),
            "tensor([0.+0.j], dtype=torch.complex128)");
}

TEST(Print, Layout) {
  EXPECT_EQ(printed(counting({2, 1, 2})), "tensor([[[0, 1]],\n\n        [[2, 3]]])");
  EXPECT_EQ(printed(counting({2000})), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])");
  EXPECT_EQ(to_text(counting({4}), {.linewidth = 14}), "tensor([0, 1,\n        2, 3])");
  EXPECT_EQ(to_text(counting({9}), {.threshold = 8, .edgeitems = 1}), "tensor([0,  ..., 8])");
  EXPECT_EQ(to_text(counting({9}), {.threshold = 8, .edgeitems = 0}), "tensor([...], size=(9,))");
  EXPECT_EQ(to_text(of({1.25}, {1}), {.precision = 2}, "Named"), "Named([1.25])");
}

TEST(Print, Suffixes) {
  EXPECT_EQ(printed(zeros({0, 3})), "tensor([], size=(0, 3))");
  EXPECT_EQ(printed(empty({2}, DType::int8, Device{DeviceType::meta})),
            "tensor(..., device='meta', size=(2,), dtype=torch.int8)");
  Tensor x = ones({1});
  x.requires_grad_();
  EXPECT_EQ(printed(x), "tensor([1.], requires_grad=True)");
  EXPECT_EQ(printed(x + x), "tensor([2.], grad_fn=<AddBackward0>)");
  EXPECT_EQ(printed((x + x).detach()), "tensor([2.])");
}

TEST(Print, OnlyShownElementsAreRead) {
  // An element's memory, stretched to 10^12 of them: reading all would not end.
  Tensor x = counting({1}).expand({1000000, 1000000});
  EXPECT_EQ(to_text(x, {.edgeitems = 1}),
            "tensor([[0,  ..., 0],\n        ...,\n        [0,  ..., 0]])");
}

TEST(Print, OptionsOfTheProcess) {
  PrintOptions before = print_options(), o = before;
  o.precision = 1;
  set_print_options(o);
  EXPECT_EQ(printed(of({1.25}, {1})), "tensor([1.2])");
  set_print_options(before);
  EXPECT_EQ(printed(of({1.25}, {1})), "tensor([1.2500])");
}

TEST(Print, SmallValues) {
  EXPECT_EQ(printed(Dims{2, 3}), "[2, 3]");
  EXPECT_EQ(printed(DType::bfloat16), "torch.bfloat16");
  EXPECT_EQ(printed(Device{}), "cpu");
}

}  // namespace
