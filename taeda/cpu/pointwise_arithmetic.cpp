#include "taeda/cpu/pointwise.h"
#include "taeda/ops/arithmetic.h"

template struct taeda::PointwiseFamily<taeda::ops::Arithmetic>;
