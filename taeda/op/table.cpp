#include "taeda/op/table.h"

namespace taeda {

KindFacts facts_of(Kind k) {
  static constexpr KindFacts facts[] = {
      {"int", "int"},
      {"bool", "bool"},
      {"float", "float"},
      {"Number", "Number"},
      {"tuple of ints", "int | Sequence[int]"},
      {"tuple of floats", "Sequence[float]"},
      {"str", "str"},
      {"str", "str"},
      {"torch.dtype", "dtype"},
      {"torch.device", "device | str"},
      {"torch.Generator", "Generator | None"},
      {"int", "int | None"},
      {"bool", "bool | None"},
      {"float", "float | None"},
      {"Number", "Number | None"},
      {"tuple of ints", "int | Sequence[int] | None"},
      {"torch.dtype", "dtype | None"},
      {"torch.device", "device | str | None"},
      {"", "object"},
  };
  return facts[int(k)];
}

const std::vector<const Info*>& all_ops() {
  static const std::vector<const Info*> ops = [] {
    std::vector<const Info*> all;
#define TAEDA_X(F) list_##F(all);
    TAEDA_FAMILIES(TAEDA_X)
#undef TAEDA_X
    return all;
  }();
  return ops;
}

}  // namespace taeda
