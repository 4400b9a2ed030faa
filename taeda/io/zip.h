// ZIP archives (APPNOTE 6.3): read whatever its members' compression and size, written as PyTorch
// writes checkpoints: stored, each member's bytes at a multiple of 64.
#pragma once
#include <functional>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "taeda/io/file.h"

namespace taeda::io {

// Bytes at given positions: of a file, or of memory that outlives the source.
class TAEDA_API ByteSource {
 public:
  explicit ByteSource(const std::string& path) : from_(InputFile(path)) {}
  explicit ByteSource(ByteView bytes) : from_(bytes) {}
  uint64_t size() const;
  // Throws where the source ends earlier.
  void read(uint64_t offset, std::span<uint8_t> to) const;
  Bytes read(uint64_t offset, uint64_t size) const;

 private:
  std::variant<InputFile, ByteView> from_;
};

struct ZipMember {
  std::string name;
  uint64_t offset, packed_size, size;  // where its bytes are, in the archive; unpacked
  uint32_t crc;
  bool stored;  // else deflated
};

// The members of an archive. Whatever the archive says, nothing is read outside of it. Throws
// taeda::Error for damaged archives, repeated names, encryption and unknown compression.
class TAEDA_API ZipReader {
 public:
  explicit ZipReader(const ByteSource& source);  // borrowed
  const std::vector<ZipMember>& members() const { return members_; }
  const ZipMember* find(std::string_view name) const;          // null if there is none
  Bytes read(const ZipMember& m) const;                        // its check sum is verified
  void read(const ZipMember& m, std::span<uint8_t> to) const;  // `to` has its size

 private:
  void directory(uint64_t at, uint64_t size, uint64_t count);
  const ByteSource& source_;
  std::vector<ZipMember> members_;
  std::unordered_map<std::string_view, size_t> by_name_;
};

class TAEDA_API ZipWriter {
 public:
  using Sink = std::function<void(ByteView)>;
  explicit ZipWriter(Sink sink) : sink_(std::move(sink)) {}
  void add(const std::string& name, ByteView bytes);
  void finish();  // writes the directory

 private:
  struct Written {
    std::string name;
    uint64_t offset, size;
    uint32_t crc;
  };
  void put(ByteView bytes);
  Sink sink_;
  uint64_t at_ = 0;
  std::vector<Written> written_;
};

}  // namespace taeda::io
