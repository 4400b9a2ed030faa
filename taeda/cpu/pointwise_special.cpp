#include "taeda/cpu/pointwise.h"
#include "taeda/ops/special.h"

template struct taeda::PointwiseFamily<taeda::ops::Special>;
