// The loops of rules for any processor.
#define TAEDA_ISA base
#define TAEDA_BYTES 16
#include "taeda/optim/update_kernels.h"
