#include "taeda/cpu/pointwise.h"
#include "taeda/ops/compare.h"

template struct taeda::PointwiseFamily<taeda::ops::Compare>;
