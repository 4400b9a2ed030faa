#include "taeda/cpu/pointwise.h"
#include "taeda/ops/unary.h"

template struct taeda::PointwiseFamily<taeda::ops::Unary>;
