#include "taeda/cpu/isa/pointwise_family.h"
#include "taeda/ops/activation.h"

TAEDA_POINTWISE_LOOPS(Activation)
