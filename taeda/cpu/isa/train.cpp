// Optimizer steps: the table of one instruction set.
#include "taeda/cpu/isa/train_kernels.h"

namespace taeda::cpu {

constinit const TrainTable TAEDA_ISA_TABLE(train_table) = {{&adam<float>, &sgd<float>},
                                                           {&adam<double>, &sgd<double>}};

}  // namespace taeda::cpu
