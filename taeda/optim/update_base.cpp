// The loops of rules for any processor.
#define TAEDA_ISA base
#include "taeda/optim/update_kernels.h"
