#include "taeda/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace taeda::io {

namespace {

// EINVAL is our own: what is no regular file is not read or replaced.
std::string reason(int code) {
  return code == EINVAL ? "not a regular file" : std::generic_category().message(code);
}

// One call moves at most 2 GiB on Linux; signals may cut it short.
constexpr size_t kMostPerCall = size_t(1) << 30;

// The folder of `path`, with the slash; empty for a bare name.
std::string folder_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

InputFile::InputFile(const std::string& path) : path_(path) {
  if (path.find('\0') != std::string::npos) fail<ValueError>("embedded null byte in a file name");
  // Not blocking: opening a FIFO must not wait for a writer.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    int code = errno;
    throw FileError(code, "open", path, reason(code));
  }
  struct stat s;
  int code = ::fstat(descriptor_, &s) != 0 ? errno
             : S_ISDIR(s.st_mode)          ? EISDIR
             : !S_ISREG(s.st_mode)         ? EINVAL
                                           : 0;
  if (code) {
    ::close(descriptor_);
    throw FileError(code, "read", path, reason(code));
  }
  size_ = uint64_t(s.st_size);
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void InputFile::read(uint64_t offset, std::span<uint8_t> to) const {
  size_t done = 0;
  while (done < to.size()) {
    ssize_t n = ::pread(descriptor_, to.data() + done, std::min(to.size() - done, kMostPerCall),
                        off_t(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      int code = errno;
      throw FileError(code, "read", path_, reason(code));
    }
    if (n == 0)
      fail("'", path_, "' ends at byte ", offset + done, " where ", to.size() - done,
           " more were expected");
    done += size_t(n);
  }
}

Bytes read_file(const std::string& path) {
  InputFile file(path);
  Bytes bytes(file.size());
  file.read(0, bytes);
  return bytes;
}

AtomicFile::AtomicFile(const std::string& path) : path_(path), target_(path) {
  if (path.find('\0') != std::string::npos) fail<ValueError>("embedded null byte in a file name");
  if (path.empty()) refuse(ENOENT);
  // A link is followed to the file it names (one that names nothing yet is replaced).
  if (char* real = ::realpath(path.c_str(), nullptr)) {
    target_ = real;
    std::free(real);
  }
  struct stat old;
  bool exists = ::stat(target_.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) refuse(EISDIR);
  if (exists && !S_ISREG(old.st_mode)) refuse(EINVAL);
  if (exists && ::access(target_.c_str(), W_OK) != 0) refuse(errno);

  static std::atomic<uint32_t> counter{0};
  for (int attempt = 0;; attempt++) {
    temporary_ = folder_of(target_) + ".taeda-" + std::to_string(::getpid()) + "-" +
                 std::to_string(counter++) + ".tmp";
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) break;
    if (errno != EEXIST || attempt == 1000) refuse(errno);
  }
  // Best effort: a file system without permissions is no reason not to save.
  if (exists && ::fchmod(descriptor_, old.st_mode & 07777) != 0) errno = 0;
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::refuse(int code) const { throw FileError(code, "write", path_, reason(code)); }

void AtomicFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kMostPerCall));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(errno);
    bytes = bytes.subspan(size_t(n));
  }
}

void AtomicFile::commit() {
  // EINVAL: a file system that cannot sync.
  if (::fsync(descriptor_) != 0 && errno != EINVAL) refuse(errno);
  int closing = ::close(descriptor_) == 0 ? 0 : errno;
  descriptor_ = -1;
  if (!closing && ::rename(temporary_.c_str(), target_.c_str()) != 0) closing = errno;
  if (closing) {
    ::unlink(temporary_.c_str());
    refuse(closing);
  }
  // The new name itself must survive a power cut. Some file systems cannot sync a folder.
  std::string folder = folder_of(target_);
  int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace taeda::io
