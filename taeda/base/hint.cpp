#include "taeda/base/hint.h"

#include <mutex>
#include <set>

#include "taeda/base/error.h"

namespace taeda {

namespace {
std::mutex hints_mutex;
std::set<std::string>& hints_given() {
  static auto* given = new std::set<std::string>;
  return *given;
}
}  // namespace

bool hint_is_due(const std::string& spelling) {
  std::scoped_lock lock(hints_mutex);
  return !hints_given().contains(spelling);
}
void hint_was_given(const std::string& spelling) {
  std::scoped_lock lock(hints_mutex);
  hints_given().insert(spelling);
}
void forget_hints() {
  std::scoped_lock lock(hints_mutex);
  hints_given().clear();
}
void hint(const std::string& spelling, const std::string& message) {
  if (!hint_is_due(spelling)) return;
  warn(message);
  hint_was_given(spelling);
}

}  // namespace taeda
