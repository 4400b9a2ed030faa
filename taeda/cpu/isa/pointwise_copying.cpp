#include "taeda/cpu/isa/pointwise_family.h"
#include "taeda/ops/copying.h"

TAEDA_POINTWISE_LOOPS(Copying)
