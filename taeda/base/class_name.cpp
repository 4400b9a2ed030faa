#include "taeda/base/class_name.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace taeda {

// "taeda::nn::layer::Linear" -> "Linear"; template arguments keep their namespaces.
std::string class_name(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  std::string_view all = text ? text.get() : type.name();
  size_t colon = all.substr(0, all.find('<')).rfind("::");
  return std::string(colon == all.npos ? all : all.substr(colon + 2));
}

}  // namespace taeda
