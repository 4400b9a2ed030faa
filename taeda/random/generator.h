// Random numbers: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) and what goes with
// it. For one seed the words, and what is made of them (random/fill.h), are those of PyTorch's CPU
// generator.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>

#include "taeda/base/dtype.h"

namespace taeda {

// A stream of 32-bit words, and the one normal number that drawing a pair may leave over.
class TAEDA_API Stream {
 public:
  explicit Stream(uint64_t seed) { restart(seed); }

  void restart(uint64_t seed);  // the words depend on the lower 32 bits only
  uint64_t seed() const { return seed_; }

  uint32_t next() {
    if (at_ == kWords) [[unlikely]]
      refill();
    return words_[at_++];
  }
  uint64_t next64() {
    uint64_t high = next();
    return high << 32 | next();
  }
  double unit() { return double(next64() & 0x1fffffffffffffu) * 0x1p-53; }  // in [0, 1)
  double normal();  // of mean 0 and variance 1; every other call takes what the last one left
  void words(uint32_t* out, int64_t n);

  // As bytes, in PyTorch's layout of 5056. `load` changes nothing if it fails.
  static constexpr int64_t state_bytes = 5056;
  void save(uint8_t* out) const;
  bool load(const uint8_t* in);

 private:
  static constexpr int kWords = 624;
  void refill();

  uint32_t state_[kWords];
  uint32_t words_[kWords];  // state_, tempered
  int at_;                  // the next of words_; kWords: all are used
  bool untouched_;          // no word was drawn since the seed
  bool has_normal_;
  double normal_;
  uint64_t seed_;
};

// A source of random numbers that threads may share: each fill has it alone.
class TAEDA_API Generator {
 public:
  static constexpr uint64_t default_seed = 67280421310721;
  explicit Generator(uint64_t seed = default_seed) : stream_(seed) {}

  Generator& manual_seed(uint64_t seed);  // starts again; the normal number left over is dropped
  uint64_t seed();  // starts again from a number of the system's, which it returns
  uint64_t initial_seed() const;
  uint32_t random();    // the next word
  uint64_t random64();  // the next two words, the first one high
  Device device() const { return {}; }

  // The whole state as 5056 bytes (that of torch.Generator). set_state throws Error for what is
  // none.
  static constexpr int64_t state_bytes = Stream::state_bytes;
  void get_state(uint8_t* out) const;
  void set_state(const uint8_t* state, int64_t bytes);
  std::shared_ptr<Generator> clone_state() const;

  // f(stream) while nobody else draws. f must not call user code.
  template <class F> decltype(auto) use(F&& f) {
    std::lock_guard lock(mutex_);
    return f(stream_);
  }

 private:
  mutable std::mutex mutex_;
  Stream stream_;
};

// The generator of calls that name none, seeded from the system when first used; the calling
// thread's own where it has one (thread_generator.h).
TAEDA_API const std::shared_ptr<Generator>& default_generator();
// Seeds the default generator and returns it.
TAEDA_API const std::shared_ptr<Generator>& manual_seed(uint64_t seed);
// A number that no one can foresee.
TAEDA_API uint64_t random_seed();

}  // namespace taeda
