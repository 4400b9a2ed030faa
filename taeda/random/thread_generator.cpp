#include "taeda/random/thread_generator.h"

namespace taeda {

namespace {
constinit thread_local const std::shared_ptr<Generator>* of_this_thread = nullptr;
}  // namespace

void seed_this_thread(uint64_t seed) {
  static thread_local std::shared_ptr<Generator> owner;
  owner = std::make_shared<Generator>(seed);
  of_this_thread = &owner;
}

const std::shared_ptr<Generator>* thread_generator() { return of_this_thread; }

}  // namespace taeda
