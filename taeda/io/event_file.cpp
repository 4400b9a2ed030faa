#include "taeda/io/event_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <system_error>
#include <thread>

#include "taeda/io/inflate.h"

namespace taeda::io {

namespace {

uint32_t masked_crc(ByteView bytes) {
  uint32_t c = crc32c(bytes);
  return (c >> 15 | c << 17) + 0xa282ead8u;
}
template <class T> void put(Bytes& out, T v) {
  for (size_t i = 0; i < sizeof v; i++) out.push_back(uint8_t(v >> 8 * i));
}

constexpr uint64_t kMostRecord = uint64_t(1) << 32;  // bytes; a greater length is damage
constexpr size_t kMostWaiting = size_t(1) << 20;     // bytes that wait at most

}  // namespace

void append_record(Bytes& out, ByteView data) {
  size_t begin = out.size();
  put(out, uint64_t(data.size()));
  put(out, masked_crc(ByteView(out).subspan(begin)));
  out.insert(out.end(), data.begin(), data.end());
  put(out, masked_crc(data));
}

std::optional<Bytes> RecordReader::next() {
  // The size when opened would hide what was appended since.
  uint64_t end = file_.size();
  if (end - at_ < 12) end = InputFile(file_.path()).size();
  if (end < at_ || end - at_ < 12) return {};
  uint8_t head[12];
  file_.read(at_, head);
  uint64_t n = load_little_endian<uint64_t>(head);
  if (masked_crc({head, 8}) != load_little_endian<uint32_t>(head + 8) || n > kMostRecord)
    fail("cannot read '", file_.path(), "': no record starts at byte ", at_,
         ": the check sum of its length does not match");
  if (end - at_ - 12 < n + 4) end = InputFile(file_.path()).size();
  if (end - at_ - 12 < n + 4) return {};
  Bytes data(size_t(n) + 4);
  file_.read(at_ + 12, data);
  uint32_t check = load_little_endian<uint32_t>(data.data() + n);
  data.resize(size_t(n));
  if (masked_crc(data) != check)
    fail("cannot read '", file_.path(), "': the check sum of the record at byte ", at_,
         " does not match");
  at_ += n + 16;
  return data;
}

double wall_time_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void make_folders(const std::string& path) {
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0777) == 0) continue;
    int code = errno;
    struct stat s;
    if (::stat(part.c_str(), &s) == 0) {
      if (S_ISDIR(s.st_mode)) continue;
      code = end == std::string::npos ? EEXIST : ENOTDIR;
    }
    const std::string& named = code == EEXIST || code == ENOTDIR ? path : part;
    throw FileError(code, "make the folder", named, std::generic_category().message(code));
  }
}

// Every open file, for the thread that flushes in time, for fork() and for the end of the program.
struct OpenFiles {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<EventFile*> files;
  bool has_thread = false;

  // Never destroyed: files may be static, and the thread outlives main.
  static OpenFiles& get() {
    static OpenFiles* all = [] {
      auto* made = new OpenFiles;
      pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
      std::atexit([] { OpenFiles::get().flush_due(EventFile::Clock::time_point::max()); });
      return made;
    }();
    return *all;
  }

  void add(EventFile* f) {
    std::lock_guard lock(mutex);
    files.push_back(f);
  }
  void remove(EventFile* f) {
    std::lock_guard lock(mutex);
    std::erase(files, f);
  }
  // A file has records that wait: somebody must flush them in time.
  void watch() {
    std::lock_guard lock(mutex);
    if (!has_thread) start();
    changed.notify_one();
  }

 private:
  void start() {
    sigset_t all, old;  // the program's signal handlers run on its own threads
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    try {
      std::thread([this] { run(); }).detach();
      has_thread = true;
    } catch (const std::system_error&) {}  // no more threads: flushed by count and at the end
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
  }
  // Flushes what is due before `now`; when the next one is.
  EventFile::Clock::time_point flush_due(EventFile::Clock::time_point now) {
    std::lock_guard lock(mutex);
    return flush_due_locked(now);
  }
  EventFile::Clock::time_point flush_due_locked(EventFile::Clock::time_point now) {
    auto next = EventFile::Clock::time_point::max();
    for (EventFile* f : files) {
      std::lock_guard file_lock(f->mutex_);
      if (!f->count_) continue;
      if (f->due_ <= now) {
        try {
          f->write_waiting();
        } catch (const Error&) {  // the next add() or flush() of the program says why
          f->due_ = EventFile::Clock::now() + std::chrono::seconds(1);
        }
      }
      if (f->count_) next = std::min(next, f->due_);
    }
    return next;
  }
  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      auto next = flush_due_locked(EventFile::Clock::now());
      if (next == EventFile::Clock::time_point::max()) changed.wait(lock);
      else changed.wait_until(lock, next);
    }
  }

  static void before_fork() {
    OpenFiles& all = get();
    all.mutex.lock();
    for (EventFile* f : all.files) f->mutex_.lock();
  }
  static void after_fork_in_parent() {
    OpenFiles& all = get();
    for (EventFile* f : all.files) f->mutex_.unlock();
    all.mutex.unlock();
  }
  static void after_fork_in_child() {
    OpenFiles& all = get();
    for (EventFile* f : all.files) {
      f->waiting_.clear(), f->count_ = 0;
      f->mutex_.unlock();
    }
    all.has_thread = false;
    new (&all.changed) std::condition_variable;  // the thread that waits at the old one is gone
    all.mutex.unlock();
  }
};

EventFile::EventFile(const std::string& folder, const Options& o) : options_(o) {
  if (folder.find('\0') != std::string::npos || o.filename_suffix.find('\0') != std::string::npos)
    fail<ValueError>("embedded null byte in a file name");
  if (!folder.empty()) make_folders(folder);
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  static std::atomic<uint32_t> counter{0};
  char time[32];
  std::snprintf(time, sizeof time, "%010lld", static_cast<long long>(wall_time_now()));
  do {
    path_ = (folder.empty() ? "" : folder + "/") + "events.out.tfevents." + time + "." + host +
            "." + std::to_string(::getpid()) + "." + std::to_string(counter++) + o.filename_suffix;
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) refuse(errno);
  OpenFiles::get().add(this);
}

EventFile::~EventFile() {
  try {
    close();
  } catch (const Error& e) { warn(e.what()); }
}

void EventFile::refuse(int code) const {
  throw FileError(code, "write", path_, std::generic_category().message(code));
}

void EventFile::add(ByteView event) {
  bool first;
  {
    std::lock_guard lock(mutex_);
    if (descriptor_ < 0) fail<ValueError>("'", path_, "' is closed");
    size_t before = waiting_.size();
    append_record(waiting_, event);
    first = ++count_ == 1;
    if (first)
      due_ = options_.flush_secs < 1e9
                 ? Clock::now() +
                       std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(std::max(options_.flush_secs, 0.0)))
                 : Clock::time_point::max();
    if (count_ >= options_.max_queue || waiting_.size() > kMostWaiting) {
      first = false;
      try {
        write_waiting();
      } catch (...) {  // the caller knows that this event is not written
        if (waiting_.size() > before) waiting_.resize(before), count_--;
        throw;
      }
    }
  }
  if (first) OpenFiles::get().watch();
}

void EventFile::write_waiting() {
  struct stat s;
  off_t end = ::fstat(descriptor_, &s) == 0 ? s.st_size : -1;
  size_t done = 0;
  while (done < waiting_.size()) {
    ssize_t n = ::write(descriptor_, waiting_.data() + done, waiting_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      int code = errno;
      // No half record may stay: readers could not find the one after it.
      if (done && (end < 0 || ::ftruncate(descriptor_, end) != 0)) waiting_.clear(), count_ = 0;
      refuse(code);
    }
    done += size_t(n);
  }
  waiting_.clear(), count_ = 0;
}

void EventFile::flush() {
  std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) write_waiting();
}

void EventFile::close() {
  OpenFiles::get().remove(this);
  std::lock_guard lock(mutex_);
  if (descriptor_ < 0) return;
  int descriptor = descriptor_;
  try {
    write_waiting();
  } catch (...) {
    descriptor_ = -1;
    ::close(descriptor);
    throw;
  }
  descriptor_ = -1;
  if (::close(descriptor) != 0) refuse(errno);
}

}  // namespace taeda::io
