// Bytes of files: read whole or in pieces, written so that a name never holds half a file.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "taeda/base/error.h"

namespace taeda::io {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

// The operating system refused, or the file is no regular one. `code` is an errno; Python raises
// the OSError of that code (FileNotFoundError, PermissionError, ..) with `reason` and, if known,
// `path`.
struct TAEDA_API FileError : Error {
  FileError(int code, const std::string& action, const std::string& path, const std::string& reason)
      : Error("cannot " + action + " '" + path + "': " + reason),
        code(code),
        path(path),
        reason(reason) {}
  // About several files: no path, the message is all.
  FileError(int code, const std::string& message) : Error(message), code(code), reason(message) {}
  int code;
  std::string path, reason;
};

// A regular file open for reading at given positions. Closed by the destructor; not copied.
class TAEDA_API InputFile {
 public:
  explicit InputFile(const std::string& path);  // throws FileError
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  const std::string& path() const { return path_; }
  uint64_t size() const { return size_; }  // in bytes, when it was opened
  // Fills `to` with the bytes from `offset` on. Throws where the file ends earlier.
  void read(uint64_t offset, std::span<uint8_t> to) const;

 private:
  std::string path_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
};

TAEDA_API Bytes read_file(const std::string& path);

// Writes a file beside its final name and moves it there in commit(), after its bytes have reached
// the disk: whatever happens, the name holds the old content or the whole new one. Without commit()
// the destructor removes what was written. A symbolic link is followed; an existing file keeps its
// permissions; only regular files are replaced.
class TAEDA_API AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);  // throws FileError
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(ByteView bytes);
  void commit();

 private:
  [[noreturn]] void refuse(int code) const;

  std::string path_, target_, temporary_;
  int descriptor_ = -1;
};

// Unsigned integers of either byte order, at any address.
template <class T> T load_big_endian(const uint8_t* p) {
  T v = 0;
  for (size_t i = 0; i < sizeof(T); i++) v = T(uint64_t(v) << 8 | p[i]);
  return v;
}
template <class T> T load_little_endian(const uint8_t* p) {
  T v = 0;
  for (size_t i = sizeof(T); i-- > 0;) v = T(uint64_t(v) << 8 | p[i]);
  return v;
}

}  // namespace taeda::io
