// Walks of pointwise loops over operands of any strides.
#include <algorithm>

#include "taeda/cpu/tile_walk.h"
#include "tests/cpp/engine_check.h"

using namespace taeda;
using namespace taeda::test;
using namespace taeda::cpu;

namespace {

// out = x - 2 y + 3 z over the inputs there are; a plain loop stands in for a vector one.
template <class T, int inputs>
void combine(void* out, const void* const* in, int64_t n, const void* attrs) {
  const double factor = attrs ? *static_cast<const double*>(attrs) : 1;
  for (int64_t i = 0; i < n; ++i) {
    double v = double(static_cast<const T*>(in[0])[i]) * factor;
    if (inputs > 1) v -= 2 * double(static_cast<const T*>(in[1])[i]);
    if (inputs > 2) v += 3 * double(static_cast<const uint8_t*>(in[2])[i]);
    static_cast<T*>(out)[i] = T(v);
  }
}

struct View {  // sizes with strides into a buffer
  std::vector<int64_t> strides;
  int64_t extent = 1;
};
// A layout of `sizes`: dimensions in a random order of storage, some repeated (stride 0), gaps
// between items.
View random_view(const std::vector<int64_t>& sizes, bool repeat, bool gaps) {
  View v{std::vector<int64_t>(sizes.size()), 1};
  std::vector<size_t> order(sizes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), rng);
  for (size_t d : order) {
    if (repeat && rng() % 3 == 0) continue;
    if (gaps && d < 3 && rng() % 2) v.extent *= 2;
    v.strides[d] = v.extent;
    v.extent *= std::max<int64_t>(sizes[d], 1);
  }
  return v;
}

template <class T, int inputs> void check_walk(const std::vector<int64_t>& sizes) {
  const View views[] = {random_view(sizes, false, rng() % 2), random_view(sizes, true, rng() % 2),
                        random_view(sizes, true, true), random_view(sizes, true, false)};
  auto out = random_values<T>(views[0].extent), x = random_values<T>(views[1].extent, -99, 99);
  auto y = random_values<T>(views[2].extent, -99, 99);
  std::vector<uint8_t> z(size_t(views[3].extent));
  for (auto& m : z) m = uint8_t(rng() % 2);
  auto want = out;
  std::vector<int64_t> index(sizes.size());
  int64_t total = 1;
  for (int64_t s : sizes) total *= s;
  for (int64_t i = 0; i < total; ++i) {
    int64_t rest = i, at[4] = {};
    for (size_t d = sizes.size(); d-- > 0; rest /= sizes[d])
      for (int k = 0; k < 4; ++k) at[k] += rest % sizes[d] * views[k].strides[d];
    const void* in[] = {&x[size_t(at[1])], &y[size_t(at[2])], &z[size_t(at[3])]};
    const double factor = 2;
    combine<T, inputs>(&want[size_t(at[0])], in, 1, &factor);
  }
  PointwiseCall c;
  const double factor = 2;
  c.fn = combine<T, inputs>, c.attrs = &factor, c.inputs = inputs, c.ns_per_item = 1;
  c.out.data = out.data(), c.out.itemsize = sizeof(T);
  void* data[] = {x.data(), y.data(), z.data()};
  for (int k = 0; k < inputs; ++k)
    c.in[k].data = data[k], c.in[k].itemsize = k == 2 ? 1 : int(sizeof(T));
  for (size_t d = 0; d < sizes.size(); ++d) {
    const int64_t strides[] = {views[1].strides[d], views[2].strides[d], views[3].strides[d]};
    c.add_dim(sizes[d], views[0].strides[d], strides);
  }
  run_pointwise(c);
  ASSERT_EQ(0, std::memcmp(out.data(), want.data(), out.size() * sizeof(T)))
      << "rank " << sizes.size();
}

TEST(TileWalk, AnyStrides) {
  const std::vector<std::vector<int64_t>> shapes = {
      {},           {1},          {5},
      {0},          {3, 0, 2},    {4, 5},
      {1, 1, 7, 1}, {100, 3},     {3, 100},
      {50, 40, 2},  {2, 3, 4, 5}, {200, 300},
      {2, 20000},   {20000, 2},   {5000, 7},
      {1, 9000},    {33, 1, 333}, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}};
  for (int threads : {1, 3}) {
    ThreadCount guard(threads);
    for (auto& s : shapes)
      for (int round = 0; round < (s.size() < 10 ? 6 : 1); ++round) {
        check_walk<float, 1>(s);
        check_walk<float, 2>(s);
        check_walk<double, 3>(s);
        check_walk<int16_t, 2>(s);
        check_walk<int8_t, 3>(s);
      }
  }
}

TEST(TileWalk, ManyDimensions) {
  std::vector<int64_t> sizes(200, 1);  // ones take no room
  sizes[3] = 4, sizes[150] = 6;
  check_walk<float, 2>(sizes);
}

struct Wide {
  double a, b;
};
void copy_wide(void* out, const void* const* in, int64_t n, const void*) {
  std::memcpy(out, in[0], size_t(n) * sizeof(Wide));
}
TEST(TileWalk, ItemsOf16Bytes) {
  const int64_t rows = 300, cols = 40;
  std::vector<Wide> x(size_t(rows * cols)), y(x.size());
  for (size_t i = 0; i < x.size(); ++i) x[i] = {double(i), -double(i)};
  PointwiseCall c;
  c.fn = copy_wide;
  c.out.data = y.data(), c.in[0].data = x.data(), c.out.itemsize = c.in[0].itemsize = 16;
  const int64_t in_strides[] = {1, rows};  // transposed
  c.add_dim(rows, cols, in_strides), c.add_dim(cols, 1, in_strides + 1);
  run_pointwise(c);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t q = 0; q < cols; ++q) ASSERT_EQ(y[size_t(r * cols + q)].b, -double(q * rows + r));
}

TEST(TileWalk, InPlace) {
  for (int64_t n : {10, 100000}) {
    auto x = random_values<float>(2 * n), want = x;
    for (int64_t i = 0; i < n; ++i) want[size_t(2 * i)] *= 2;
    PointwiseCall c;
    const double factor = 2;
    const int64_t stride = 2;
    c.fn = combine<float, 1>, c.attrs = &factor;
    c.out.data = c.in[0].data = x.data(), c.out.itemsize = c.in[0].itemsize = 4;
    c.add_dim(n, 2, &stride);
    run_pointwise(c);
    EXPECT_EQ(x, want);
  }
}

TEST(TileWalk, ContiguousAndNumbers) {
  for (int64_t n : {0, 1, 4, 63, 64, 65, 1000, 3000000}) {  // the last streams past the caches
    auto x = random_values<double>(n);
    const double number = 3;
    std::vector<double> y(x.size());
    const void* in[] = {x.data(), &number};
    const int sizes[] = {8, 8};
    run_contiguous(combine<double, 2>, y.data(), 8, in, sizes, 2, n, nullptr, 0.5, 2);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], x[i] - 6);
    in[1] = x.data();
    run_contiguous(combine<double, 2>, y.data(), 8, in, sizes, 2, n, nullptr, 0.5);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], -x[i]);
  }
}

}  // namespace
