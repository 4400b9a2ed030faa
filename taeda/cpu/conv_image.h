// What the convolutions share: which input items an output item meets along an axis, and images
// laid out for the kernels.
#pragma once
#include <algorithm>
#include <vector>

#include "taeda/cpu/kernels.h"
#include "taeda/cpu/scratch.h"
#include "taeda/threads/pool.h"

namespace taeda::cpu::conv {

struct InputTag {};

inline int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

template <class T>
void transpose_plane(T* to, int64_t to_stride, const T* from, int64_t from_stride, int64_t rows,
                     int64_t cols) {
  const auto copy = sizeof(T) == 4 ? row_table().transpose4 : row_table().transpose8;
  copy(to, to_stride, from, from_stride, rows, cols, false);
}

// ---- one axis: which input items an output item meets ----

struct Tap {
  int64_t offset;  // input index under output position 0
  int64_t index;   // in the kernel
};
// Output item first + t out_step, t < count, is the sum over taps of weight[index] input[t step +
// offset].
struct Axis {
  int64_t count, step, first, out_step;
  std::vector<Tap> taps;  // by rising offset

  bool touching() const {  // neighbouring taps read neighbouring items
    for (size_t i = 1; i < taps.size(); ++i)
      if (taps[i].offset != taps[i - 1].offset + 1) return false;
    return true;
  }
};
// Zeros an image needs around it for all of the axes.
struct Margin {
  int64_t before = 0, after = 0;
};
inline Margin margin_of(const std::vector<Axis>& axes, int64_t input_size) {
  Margin m;
  for (const Axis& a : axes)
    for (const Tap& t : a.taps) {
      m.before = std::max(m.before, -t.offset);
      m.after = std::max(m.after, (a.count - 1) * a.step + t.offset + 1 - input_size);
    }
  return m;
}

inline std::vector<Axis> forward_axis(int64_t out, int64_t k, int64_t s, int64_t p, int64_t d) {
  Axis a{out, s, 0, 1, {}};
  for (int64_t i = 0; i < k; ++i) a.taps.push_back({i * d - p, i});
  return {a};
}
// The gradient of an axis: input item y meets output item (y + p - i d) / s where that is whole.
// Items of one remainder modulo s share their taps, so each remainder is a convolution of stride 1.
inline std::vector<Axis> backward_axis(int64_t in, int64_t k, int64_t s, int64_t p, int64_t d) {
  std::vector<Axis> axes;
  for (int64_t rest = 0; rest < std::min(s, in); ++rest) {
    Axis a{ceil_div(in - rest, s), 1, rest, s, {}};
    for (int64_t i = k - 1; i >= 0; --i)
      if ((rest + p - i * d) % s == 0) a.taps.push_back({(rest + p - i * d) / s, i});
    axes.push_back(a);
  }
  return axes;
}

// ---- images ----

// One image [C, H, W] or [H, W, C] to [top + H + bottom, left + W + right, C] with zeros around.
template <class T>
void pad_image(T* to, const T* from, int64_t c, int64_t h, int64_t w, Margin rows, Margin cols,
               bool channels_last) {
  const int64_t wp = cols.before + w + cols.after;
  parallel_ranges(rows.before + h + rows.after, 1 + 16384 / (wp * c + 1),
                  [&](int64_t b, int64_t e) {
                    for (int64_t q = b; q < e; ++q) {
                      T* row = to + q * wp * c;
                      const int64_t r = q - rows.before;
                      if (r < 0 || r >= h) {
                        std::fill_n(row, wp * c, T(0));
                        continue;
                      }
                      std::fill_n(row, cols.before * c, T(0));
                      std::fill_n(row + (cols.before + w) * c, cols.after * c, T(0));
                      row += cols.before * c;
                      if (channels_last) std::copy_n(from + r * w * c, w * c, row);
                      else transpose_plane(row, c, from + r * w, h * w, c, w);
                    }
                  });
}

// Images as the kernels read them: channels last, with zeros around; the plain image where it is
// that already.
template <class T> struct Images {
  const T* data;
  int64_t c, h, w;
  bool channels_last;
  Margin rows, cols;

  int64_t row_step() const { return width() * c; }
  int64_t width() const { return cols.before + w + cols.after; }
  int64_t plane() const { return (rows.before + h + rows.after) * width(); }
  bool as_they_lie() const {
    return channels_last && !rows.before && !rows.after && !cols.before && !cols.after;
  }
  int64_t image_step() const { return as_they_lie() ? c * h * w : plane() * c; }
  // `count` images from n on, valid until the next call on this thread. Item (row, col) of the
  // image, margins included, counted from (0, 0) of the image proper, is at get(n)[row * row_step()
  // + col * c + channel]; images are image_step() apart.
  const T* get(int64_t n, int64_t count = 1) const {
    const T* from = data + n * c * h * w;
    if (as_they_lie()) return from;
    T* to = scratch<T, InputTag>(size_t(count * image_step()));
    for (int64_t i = 0; i < count; ++i)
      pad_image(to + i * image_step(), from + i * c * h * w, c, h, w, rows, cols, channels_last);
    return to + rows.before * row_step() + cols.before * c;
  }
  // The same by planes, for images that are not channels last: get_planes(n)[channel * plane() +
  // row * width() + col].
  const T* get_planes(int64_t n) const {
    const T* from = data + n * c * h * w;
    if (plane() == h * w) return from;
    T* to = scratch<T, InputTag>(size_t(c * plane()));
    parallel_ranges(c, 1 + 16384 / (plane() + 1), [&](int64_t b, int64_t e) {
      for (int64_t q = b; q < e; ++q) {
        T* row = to + q * plane();
        std::fill_n(row, rows.before * width(), T(0));
        row += rows.before * width();
        for (int64_t r = 0; r < h; ++r, row += width()) {
          std::fill_n(row, cols.before, T(0));
          std::copy_n(from + (q * h + r) * w, w, row + cols.before);
          std::fill_n(row + cols.before + w, cols.after, T(0));
        }
        std::fill_n(row, rows.after * width(), T(0));
      }
    });
    return to + rows.before * width() + cols.before;
  }
};

}  // namespace taeda::cpu::conv
