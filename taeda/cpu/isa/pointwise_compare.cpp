#include "taeda/cpu/isa/pointwise_family.h"
#include "taeda/ops/compare.h"

TAEDA_POINTWISE_LOOPS(Compare)
