#include "taeda/memory/storage.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace taeda {

void Storage::free_data() {
  if (keeper) {
    delete std::exchange(keeper, nullptr);
  } else if (data && data != inline_data()) {
    deallocate(data, bytes);
    detail::count_bytes(-int64_t(bytes));
  }
  data = nullptr;
  bytes = 0;
}

void Storage::resize(size_t new_bytes) {
  std::byte* grown = nullptr;
  if (new_bytes) {
    grown = static_cast<std::byte*>(allocate(new_bytes));
    detail::count_bytes(int64_t(new_bytes));
    if (data) std::memcpy(grown, data, std::min(bytes, new_bytes));
  }
  free_data();
  data = grown;
  bytes = new_bytes;
}

}  // namespace taeda
