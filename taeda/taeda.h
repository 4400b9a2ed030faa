// Taeda: tensors with gradients, and networks made of them. Everything a program needs.
#pragma once
#include "taeda/autograd/function.h"   // autograd::Function: gradients of your own
#include "taeda/autograd/gradcheck.h"  // gradcheck, gradgradcheck
#include "taeda/autograd/node.h"       // backward, grad, hooks, NoGradGuard, InferenceMode
#include "taeda/op/autocast.h"         // AutocastGuard: mixed precision
#include "taeda/tensor/tensor.h"       // Tensor, its words
// The ops, one family a header: each is a function, a method, and an operator where there is one.
#include "taeda/ops/activation.h"   // relu, gelu, softplus, ..
#include "taeda/ops/arithmetic.h"   // add, mul, pow, clamp, lerp, ..
#include "taeda/ops/arrange.h"      // repeat, flip, roll, tril, diag, meshgrid, ..
#include "taeda/ops/attention.h"    // scaled_dot_product_attention
#include "taeda/ops/compare.h"      // eq, logical_and, where, ..
#include "taeda/ops/complex.h"      // real, view_as_real, polar, ..
#include "taeda/ops/conv.h"         // conv1d, conv2d, conv_transpose2d, ..
#include "taeda/ops/copying.h"      // clone, contiguous, copy_, fill_
#include "taeda/ops/create.h"       // zeros, full, arange, tensor, ..
#include "taeda/ops/ctc.h"          // ctc_loss
#include "taeda/ops/dropout.h"      // dropout, alpha_dropout, rrelu, ..
#include "taeda/ops/embedding.h"    // embedding
#include "taeda/ops/extreme.h"      // max, amin, argmax, ..
#include "taeda/ops/fold.h"         // im2col, col2im
#include "taeda/ops/gate.h"         // glu, prelu, ..
#include "taeda/ops/index.h"        // gather, scatter_add, index_select, ..
#include "taeda/ops/index_key.h"    // x.index({1, Slice(), mask}), index_put_
#include "taeda/ops/join.h"         // cat, stack
#include "taeda/ops/linalg.h"       // linalg_inv, linalg_svd, ..
#include "taeda/ops/loss.h"         // cross_entropy, mse_loss, ..
#include "taeda/ops/margin_loss.h"  // triplet_margin_loss, cosine_similarity, ..
#include "taeda/ops/matmul.h"       // matmul, linear, addmm, einsum, ..
#include "taeda/ops/norm.h"         // batch_norm, layer_norm, group_norm, ..
#include "taeda/ops/numeric.h"      // cross, cov, trapezoid, histc, ..
#include "taeda/ops/operators.h"    // + - * / == < ..
#include "taeda/ops/pad.h"          // pad
#include "taeda/ops/pick.h"         // masked_select, scatter, take, ..
#include "taeda/ops/pool.h"         // max_pool2d, avg_pool2d, ..
#include "taeda/ops/quantile.h"     // quantile, nanquantile
#include "taeda/ops/random.h"       // rand, randn, dropout masks, ..
#include "taeda/ops/reduce.h"       // sum, mean, ..
#include "taeda/ops/resample.h"     // interpolate, grid_sample, affine_grid
#include "taeda/ops/scan.h"         // cumsum, cumprod, cummax, ..
#include "taeda/ops/softmax.h"      // softmax, log_softmax, logsumexp
#include "taeda/ops/sort.h"         // sort, topk, median, unique, ..
#include "taeda/ops/special.h"      // lgamma, erfinv, i0, polygamma, ..
#include "taeda/ops/statistics.h"   // var, std, prod, norm, all, any, ..
#include "taeda/ops/unary.h"        // exp, sqrt, floor, isnan, ..
#include "taeda/ops/views.h"        // view, permute, select, split, ..
#include "taeda/tensor/print.h"     // std::cout << tensor
#include "taeda/threads/pool.h"

// Networks, optimizers, data.
#include "taeda/data/loader.h"
#include "taeda/nn/init.h"
#include "taeda/nn/layers.h"
#include "taeda/nn/loss.h"
#include "taeda/nn/utils.h"
#include "taeda/optim/compound.h"
#include "taeda/optim/lbfgs.h"
#include "taeda/optim/optimizer.h"

// Files: checkpoints, image sets, IDX, PNG, safetensors; TensorBoard's event files.
#include "taeda/io/checkpoint.h"
#include "taeda/io/idx.h"
#include "taeda/io/image_sets.h"
#include "taeda/io/onnx/export.h"
#include "taeda/io/png.h"
#include "taeda/io/safetensors.h"
#include "taeda/io/tensorboard.h"

// PyTorch's place of the functions that layers are made of: F::relu with
// `namespace F = taeda::nn::functional`.
namespace taeda::nn::functional {
using namespace ::taeda;
}
