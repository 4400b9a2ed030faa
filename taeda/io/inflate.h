// Decompression: DEFLATE (RFC 1951) and its containers zlib (RFC 1950) and gzip (RFC 1952).
// Checksums are verified; malformed input throws taeda::Error and never reads or writes outside its
// buffers. Output is limited by the caller, because 1 KB of input may stand for 1 MB.
#pragma once
#include <cstddef>

#include "taeda/io/file.h"

namespace taeda::io {

inline constexpr size_t kDefaultOutputLimit = size_t(4) << 30;  // bytes
inline constexpr size_t kMostDeflateRatio = 1032;               // output bytes per input byte

// Appends what the raw DEFLATE stream at the start of `in` stands for to `out`; returns how many
// bytes of `in` the stream takes. Throws if more than `limit` bytes would be appended.
// `expected` is a hint of how many there will be.
TAEDA_API size_t inflate(ByteView in, Bytes& out, size_t limit = kDefaultOutputLimit,
                         size_t expected = 0);

// A whole zlib stream; bytes after it are an error.
TAEDA_API Bytes inflate_zlib(ByteView in, size_t limit = kDefaultOutputLimit, size_t expected = 0);

// A whole gzip file of one or several members; only zeros may follow the last one.
TAEDA_API Bytes inflate_gzip(ByteView in, size_t limit = kDefaultOutputLimit);
inline bool is_gzip(ByteView in) { return in.size() >= 2 && in[0] == 0x1f && in[1] == 0x8b; }

// CRC-32 (polynomial 0xEDB88320) of `bytes` after others whose CRC is `before`.
TAEDA_API uint32_t crc32(ByteView bytes, uint32_t before = 0);
// CRC-32C (Castagnoli, polynomial 0x82F63B78).
TAEDA_API uint32_t crc32c(ByteView bytes);
TAEDA_API uint32_t adler32(ByteView bytes, uint32_t before = 1);

}  // namespace taeda::io
