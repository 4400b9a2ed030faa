// Gray pictures: tensors [N, height, width] of numbers from 0 (white) to 1 (black).
#pragma once
#include <taeda/taeda.h>

#include <algorithm>
#include <cstdio>
#include <string>

// In characters, side by side.
inline void print_pictures(const taeda::Tensor& pictures) {
  auto shade = (pictures * 10).to(taeda::DType::int64).clamp_max(9).contiguous();
  const int64_t n = shade.size(0), height = shade.size(1), width = shade.size(2);
  for (int64_t y = 0; y < height; y++) {
    std::string line;
    for (int64_t i = 0; i < n; i++) {
      if (i > 0) line += " | ";
      const int64_t* row = shade.data<int64_t>() + (i * height + y) * width;
      for (int64_t x = 0; x < width; x++) line += std::string(2, " .:-=+*#%@"[row[x]]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::printf("%s\n", line.c_str());
  }
}

// As one PNG, `columns` of them in a row, every pixel a square.
inline void save_pictures(const std::string& path, const taeda::Tensor& pictures, int64_t columns,
                          int64_t zoom = 4) {
  const int64_t n = pictures.size(0), height = pictures.size(1), width = pictures.size(2);
  const int64_t rows = (n + columns - 1) / columns;
  auto page = taeda::zeros({rows * (height + 1), columns * (width + 1)});
  for (int64_t i = 0; i < n; i++)
    page.narrow(0, i / columns * (height + 1), height)
        .narrow(1, i % columns * (width + 1), width)
        .copy_(pictures[i]);
  auto ink = (page * 255 + 0.5).to(taeda::DType::uint8);
  auto gray = (255 - ink).repeat_interleave(zoom, 0).repeat_interleave(zoom, 1).contiguous();
  taeda::io::AtomicFile file(path);
  file.write(taeda::io::encode_png({gray.data<uint8_t>(), size_t(gray.numel())}, gray.size(0),
                                   gray.size(1), 1));
  file.commit();
}
