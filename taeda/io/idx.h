// The IDX format of the MNIST family: a big-endian array of up to 255 dimensions.
#pragma once
#include <string>

#include "taeda/io/file.h"
#include "taeda/tensor/tensor.h"

namespace taeda::io {

// The array in `bytes`, an IDX file or a gzipped one (told by content). Element types uint8, int8,
// int16, int32, float32 and float64. Throws taeda::Error for a wrong magic number, an unknown
// element type, missing or superfluous bytes and wrong checksums.
TAEDA_API Tensor parse_idx(ByteView bytes);

// The same for a file; errors name it, FileError if it cannot be opened.
TAEDA_API Tensor read_idx(const std::string& path);

}  // namespace taeda::io
