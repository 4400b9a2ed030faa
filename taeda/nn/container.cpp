#include "taeda/nn/container.h"

namespace taeda::nn::layer {

Module& IndexedModules::operator[](int64_t index) {
  int64_t n = size();
  if (index < -n || index >= n) fail<IndexError>("index ", index, " is out of range");
  auto& child = entries()[size_t(index < 0 ? index + n : index)].child;
  if (!child || !*child) fail("module ", index, " is None");
  return **child;
}

Sequential::Sequential(Named named) {
  for (auto& [name, m] : named) set_child(name, m);
}
Tensor Sequential::forward(const Tensor& input) {
  Tensor y = input;
  for (size_t i = 0; i < entries().size(); i++) {
    const Entry& e = entries()[i];
    if (e.role != Role::child || !*e.child) continue;
    Ref<Module> held = *e.child;  // it may be replaced while it runs
    y = (*held)(y);
  }
  return y;
}

ModuleDict::ModuleDict(Named named) {
  for (auto& [name, m] : named) set_child(name, m);
}
Module& ModuleDict::operator[](std::string_view name) {
  Entry* e = find(name);
  if (!e || e->role != Role::child || !*e->child) fail<IndexError>("no module named '", name, "'");
  return **e->child;
}

}  // namespace taeda::nn::layer
