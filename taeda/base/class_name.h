// The name of a class without its namespaces, as Python shows class names.
#pragma once
#include <string>
#include <typeinfo>

#include "taeda/base/api.h"

namespace taeda {

TAEDA_API std::string class_name(const std::type_info& type);  // "Linear"

}  // namespace taeda
