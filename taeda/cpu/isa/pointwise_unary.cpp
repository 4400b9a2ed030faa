#include "taeda/cpu/isa/pointwise_family.h"
#include "taeda/ops/unary.h"

TAEDA_POINTWISE_LOOPS(Unary)
