// Compression: DEFLATE (RFC 1951) in a zlib stream (RFC 1950).
#pragma once
#include "taeda/io/file.h"

namespace taeda::io {

// The zlib stream that stands for `in`. Never more than five bytes in 65535, and eleven, longer.
TAEDA_API Bytes deflate_zlib(ByteView in);

}  // namespace taeda::io
