// PNG pictures (ISO/IEC 15948): read as 8-bit gray, written with 8 bits a channel.
#pragma once
#include <string>

#include "taeda/io/file.h"

namespace taeda::io {

struct GrayImage {
  int64_t height = 0, width = 0;
  Bytes pixels;  // height * width, row by row from the top; 0 is black, 255 white
};

// Decodes every colour type and bit depth, palettes and interlaced files. Samples are scaled to
// 0..255 with rounding; colours become the luma of ITU-R BT.601, (299 R + 587 G + 114 B) / 1000;
// what is transparent (alpha channel, or the transparent colours of tRNS) lies on white paper.
// Gamma and colour profiles are ignored. All checksums are verified. Throws taeda::Error for
// damaged files, and for pictures of more than `max_pixels`.
TAEDA_API GrayImage decode_png(ByteView file, size_t max_pixels = size_t(1) << 27);

// The same for a file; errors name it.
TAEDA_API GrayImage read_png(const std::string& path, size_t max_pixels = size_t(1) << 27);

// A picture of 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGB and alpha) channels; `pixels` holds
// height * width * channels bytes, row by row from the top. Throws ValueError for other sizes.
TAEDA_API Bytes encode_png(ByteView pixels, int64_t height, int64_t width, int64_t channels);

}  // namespace taeda::io
