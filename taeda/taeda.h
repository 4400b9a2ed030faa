// Taeda: tensors with gradients, and networks made of them. Everything a program needs.
#pragma once
#include "taeda/autograd/node.h"     // backward, grad, hooks, NoGradGuard, InferenceMode
#include "taeda/tensor/tensor.h"     // Tensor, its words
// The ops, one family a header: each is a function, a method, and an operator where there is one.
#include "taeda/ops/activation.h"    // relu, gelu, softplus, ..
#include "taeda/ops/arithmetic.h"    // add, mul, pow, clamp, lerp, ..
#include "taeda/ops/compare.h"       // eq, logical_and, where, ..
#include "taeda/ops/copying.h"       // clone, contiguous, copy_, fill_
#include "taeda/ops/create.h"        // zeros, full, arange, tensor, ..
#include "taeda/ops/index.h"         // gather, scatter_add, index_select, ..
#include "taeda/ops/join.h"          // cat, stack
#include "taeda/ops/operators.h"     // + - * / == < ..
#include "taeda/ops/reduce.h"        // sum, mean, ..
#include "taeda/ops/unary.h"         // exp, sqrt, floor, isnan, ..
#include "taeda/ops/views.h"         // view, permute, select, split, ..
#include "taeda/ops/random.h"        // rand, randn, dropout masks, ..

// Files: image sets, IDX, PNG, safetensors.
#include "taeda/io/idx.h"
#include "taeda/io/image_sets.h"
#include "taeda/io/png.h"
#include "taeda/io/safetensors.h"
