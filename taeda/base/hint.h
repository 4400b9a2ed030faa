// Hints: warnings about spellings of old programs, which say how they are written today.
#pragma once
#include <string>

#include "taeda/base/api.h"

namespace taeda {

// Warns, once per process and spelling. Where warnings are errors it throws, and stays due.
TAEDA_API void hint(const std::string& spelling, const std::string& message);

// The parts, for bindings that warn in their own way.
TAEDA_API bool hint_is_due(const std::string& spelling);
TAEDA_API void hint_was_given(const std::string& spelling);
TAEDA_API void forget_hints();  // for tests: all are due again

}  // namespace taeda
