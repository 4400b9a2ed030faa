#include "taeda/cpu/pointwise.h"
#include "taeda/ops/activation.h"

template struct taeda::PointwiseFamily<taeda::ops::Activation>;
