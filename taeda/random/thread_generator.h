// A default generator for one thread alone, as data loading workers have it.
#pragma once
#include <memory>

#include "taeda/random/generator.h"

namespace taeda {

// From now on, and until it ends, the calling thread's default_generator() is a new one of this
// seed.
TAEDA_API void seed_this_thread(uint64_t seed);
// That generator; null where the thread draws from the common one.
TAEDA_API const std::shared_ptr<Generator>* thread_generator();

}  // namespace taeda
