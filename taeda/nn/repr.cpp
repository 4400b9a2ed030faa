// The printed tree of a module.
#include <ostream>

#include "taeda/nn/module.h"
#include "taeda/nn/option.h"

namespace taeda::nn {

std::string repr(Module& m) {
  if (m.python) return python_side.repr(m);
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& e : m.entries())
    if (e.role == Module::Role::child)
      lines.emplace_back(e.name, *e.child ? repr(**e.child) : "None");
  return layout_repr(m.type_name(), m.extra_repr(), lines, m.folds_children());
}
std::ostream& operator<<(std::ostream& out, Module& m) { return out << repr(m); }

}  // namespace taeda::nn
