#include "taeda/cpu/isa/pointwise_family.h"
#include "taeda/ops/arithmetic.h"

TAEDA_POINTWISE_LOOPS(Arithmetic)
