// Modules that hold other modules.
#pragma once
#include "taeda/nn/module.h"

namespace taeda::nn {

namespace layer {

// Children under the names "0", "1", ...
struct TAEDA_API IndexedModules : Module {
  static constexpr bool any_arguments = true, no_forward = true;  // for the binding
  int64_t size() const { return int64_t(entries().size()); }
  // Negative indices count from the end. Throws IndexError.
  Module& operator[](int64_t index);
  void push_back(Ref<Module> m) { set_child(std::to_string(size()), std::move(m)); }
};

// Calls its children one after the other. nn::Sequential{nn::Linear(4, 8), nn::Linear(8, 2)}: in
// braces the layers are made, and draw their weights, from the first to the last; in parentheses
// C++ leaves that order to the compiler.
struct TAEDA_API Sequential : IndexedModules {
  Sequential() = default;
  template <class... M>
  requires(sizeof...(M) > 0 && (std::derived_from<std::remove_cvref_t<M>, Ref<Module>> &&
                                ...)) explicit Sequential(M&&... modules) {
    (push_back(std::forward<M>(modules)), ...);
  }
  using Named = std::initializer_list<std::pair<std::string, Ref<Module>>>;
  explicit Sequential(Named named);
  Tensor forward(const Tensor& input) override;
};

// A list of modules; it has no forward.
struct TAEDA_API ModuleList : IndexedModules {
  ModuleList() {
    fresh = [](const Module&) -> Module* { return new ModuleList; };
  }
  template <class... M>
  requires(sizeof...(M) > 0 && (std::derived_from<std::remove_cvref_t<M>, Ref<Module>> &&
                                ...)) explicit ModuleList(M&&... modules) {
    (push_back(std::forward<M>(modules)), ...);
  }
  bool folds_children() const override { return true; }
};

// Modules by name; it has no forward.
struct TAEDA_API ModuleDict : Module {
  static constexpr bool any_arguments = true, no_forward = true;
  ModuleDict() = default;
  using Named = std::initializer_list<std::pair<std::string, Ref<Module>>>;
  explicit ModuleDict(Named named);
  int64_t size() const { return int64_t(entries().size()); }
  bool contains(std::string_view name) { return find(name) != nullptr; }
  // Throws IndexError for an unknown name.
  Module& operator[](std::string_view name);
  void insert(std::string_view name, Ref<Module> m) { set_child(name, std::move(m)); }
};

}  // namespace layer

using Sequential = Handle<layer::Sequential>;
using ModuleList = Handle<layer::ModuleList>;
using ModuleDict = Handle<layer::ModuleDict>;

}  // namespace taeda::nn
