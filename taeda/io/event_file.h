// Files of records as TensorBoard reads them: length, check sum, bytes, check sum; appended to.
#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "taeda/io/file.h"

namespace taeda::io {

// Appends `data` to `out` as one record: its length (64 bits), the masked CRC-32C of the length,
// the data, the masked CRC-32C of the data; all little-endian.
TAEDA_API void append_record(Bytes& out, ByteView data);

// Reads the records of a file one by one; the file may still be growing. Throws taeda::Error where
// a check sum does not match.
class TAEDA_API RecordReader {
 public:
  explicit RecordReader(const std::string& path) : file_(path) {}
  // The next record; nothing at the end, which is also where the last record is cut short.
  std::optional<Bytes> next();

 private:
  InputFile file_;
  uint64_t at_ = 0;
};

// Seconds since 1970.
TAEDA_API double wall_time_now();

// A new event file in a folder, which is made if need be. Records reach the system whole: what was
// flushed survives the death of the process. They are flushed when `max_queue` of them wait, every
// `flush_secs` seconds by a thread of the library, in flush() and close(), and when the program
// ends. Safe to use from several threads. After fork() the child may go on writing to the same
// file; records that waited are the parent's.
class TAEDA_API EventFile {
 public:
  struct Options {
    int64_t max_queue = 10;
    double flush_secs = 120;
    std::string filename_suffix;
  };
  EventFile(const std::string& folder, const Options& o);  // throws FileError
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;
  ~EventFile();

  const std::string& path() const { return path_; }
  // Throws FileError if a record cannot be written; the file then ends with a whole record and the
  // records not yet written are tried again later.
  void add(ByteView event);
  void flush();
  void close();  // nothing can be added afterwards

 private:
  friend struct OpenFiles;
  using Clock = std::chrono::steady_clock;
  void write_waiting();  // locked
  [[noreturn]] void refuse(int code) const;

  Options options_;
  std::string path_;
  std::mutex mutex_;
  int descriptor_ = -1;
  Bytes waiting_;
  int64_t count_ = 0;        // of records in `waiting_`
  Clock::time_point due_{};  // when `waiting_` is to be flushed
};

// Makes a folder and those above it that are missing. Throws FileError.
TAEDA_API void make_folders(const std::string& path);

}  // namespace taeda::io
