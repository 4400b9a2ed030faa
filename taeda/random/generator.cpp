#include "taeda/random/generator.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <random>
#include <utility>

#include "taeda/base/error.h"
#include "taeda/random/lanes.h"
#include "taeda/random/thread_generator.h"

namespace taeda {

void Stream::restart(uint64_t seed) {
  seed_ = seed;
  state_[0] = uint32_t(seed);
  for (uint32_t i = 1; i < kWords; i++)
    state_[i] = 1812433253u * (state_[i - 1] ^ state_[i - 1] >> 30) + i;
  at_ = kWords;
  untouched_ = true;
  has_normal_ = false;
  normal_ = 0;
}

void Stream::refill() {
  random_lanes().twist(state_, words_);
  at_ = 0;
  untouched_ = false;
}

void Stream::words(uint32_t* out, int64_t n) {
  while (n > 0) {
    if (at_ == kWords) refill();
    int64_t k = std::min<int64_t>(n, kWords - at_);
    std::memcpy(out, words_ + at_, size_t(k) * 4);
    at_ += int(k), out += k, n -= k;
  }
}

double Stream::normal() {  // Box and Muller 1958
  if (has_normal_) {
    has_normal_ = false;
    return std::exchange(normal_, 0);
  }
  double u1 = unit(), u2 = unit();
  double r = std::sqrt(-2 * std::log1p(-u2)), t = 2 * std::numbers::pi * u1;
  normal_ = r * std::sin(t);
  has_normal_ = true;
  return r * std::cos(t);
}

namespace {

// PyTorch's state: all numbers little-endian. `left` counts the words to the next twist and one
// more.
struct State {
  uint64_t seed;
  int32_t left, seeded;
  uint64_t next, words[624];
  double unused, normal, unused2;
  int32_t has_normal, padding;
  float float_normal;
  uint8_t has_float_normal, padding2[3];
};
static_assert(sizeof(State) == Stream::state_bytes && std::endian::native == std::endian::little);

}  // namespace

void Stream::save(uint8_t* out) const {
  State s{};
  s.seed = seed_;
  s.left = untouched_ ? 1 : 1 + kWords - at_;
  s.seeded = 1;
  s.next = untouched_ ? 0 : uint64_t(at_);
  std::copy_n(state_, kWords, s.words);
  s.normal = normal_;
  s.has_normal = has_normal_;
  std::memcpy(out, &s, sizeof s);
}

bool Stream::load(const uint8_t* in) {
  State s;
  std::memcpy(&s, in, sizeof s);
  bool untouched = s.left == 1 && s.next == 0;
  if (s.seeded != 1 || s.next > kWords || (!untouched && s.left != 1 + kWords - int64_t(s.next)))
    return false;
  seed_ = s.seed;
  for (int i = 0; i < kWords; i++) state_[i] = uint32_t(s.words[i]);
  untouched_ = untouched;
  at_ = untouched ? kWords : int(s.next);
  if (!untouched)
    for (int i = 0; i < kWords; i++) words_[i] = tempered(state_[i]);
  has_normal_ = s.has_normal != 0;
  normal_ = has_normal_ ? s.normal : 0;
  return true;
}

Generator& Generator::manual_seed(uint64_t seed) {
  use([&](Stream& s) { s.restart(seed); });
  return *this;
}
uint64_t Generator::seed() {
  uint64_t seed = random_seed();
  manual_seed(seed);
  return seed;
}
uint64_t Generator::initial_seed() const {
  std::lock_guard lock(mutex_);
  return stream_.seed();
}
uint32_t Generator::random() {
  return use([](Stream& s) { return s.next(); });
}
uint64_t Generator::random64() {
  return use([](Stream& s) { return s.next64(); });
}
void Generator::get_state(uint8_t* out) const {
  std::lock_guard lock(mutex_);
  stream_.save(out);
}
void Generator::set_state(const uint8_t* state, int64_t bytes) {
  if (bytes != state_bytes)
    fail("Expected a CPUGeneratorImplState of size ", state_bytes,
         " but found the input RNG state size to be ", bytes);
  if (!use([&](Stream& s) { return s.load(state); })) fail("Invalid mt19937 state");
}
std::shared_ptr<Generator> Generator::clone_state() const {
  auto twin = std::make_shared<Generator>();
  std::lock_guard lock(mutex_);
  twin->stream_ = stream_;
  return twin;
}

uint64_t random_seed() {
  std::random_device source;
  uint64_t high = source();
  return high << 32 | source();
}

const std::shared_ptr<Generator>& default_generator() {
  if (const auto* own = thread_generator()) return *own;
  // Never destroyed: threads may draw while the process ends.
  static const auto* const generator =
      new std::shared_ptr<Generator>(std::make_shared<Generator>(random_seed()));
  return *generator;
}

const std::shared_ptr<Generator>& manual_seed(uint64_t seed) {
  const auto& generator = default_generator();
  generator->manual_seed(seed);
  return generator;
}

}  // namespace taeda
