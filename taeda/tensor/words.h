// The words a tensor knows: its vocabulary, which is PyTorch's. X(method name, struct of the op).
// Tensor declares a method for each; what a word means is said by its op, in taeda/ops, and a word
// whose op does not exist yet, or whose header is not included, does not compile. The list names no
// arguments, so adding or changing an op does not rebuild what includes tensor.h.
#pragma once

// clang-format off
#define TAEDA_WORDS_1(X)                                                                         \
  X(abs, Abs) X(absolute, Abs) X(acos, Acos) X(acosh, Acosh) X(all, All) X(all, AllDim)          \
  X(amax, Amax) X(amin, Amin) X(aminmax, Aminmax) X(angle, Angle) X(any, Any) X(any, AnyDim)     \
  X(arccos, Acos) X(arccosh, Acosh) X(arcsin, Asin) X(arcsinh, Asinh) X(arctan, Atan)            \
  X(arctanh, Atanh) X(argmax, Argmax) X(argmin, Argmin) X(argsort, Argsort)                      \
  X(argwhere, Argwhere) X(as_strided, AsStrided) X(asin, Asin) X(asinh, Asinh) X(atan, Atan)     \
  X(atanh, Atanh) X(bernoulli, Bernoulli) X(bincount, Bincount) X(bitwise_not, BitwiseNot)       \
  X(broadcast_to, BroadcastTo) X(cauchy, Cauchy) X(ceil, Ceil) X(celu, Celu) X(chunk, Chunk)     \
  X(clamp, Clamp) X(clip, Clamp) X(clone, Clone) X(conj, Conj) X(conj_physical, ConjPhysical)    \
  X(contiguous, Contiguous) X(cos, Cos) X(cosh, Cosh) X(count_nonzero, CountNonzero)             \
  X(cummax, Cummax) X(cummin, Cummin) X(cumprod, Cumprod) X(cumsum, Cumsum) X(deg2rad, Deg2rad)  \
  X(detach, Detach) X(diag, Diag) X(diag_embed, DiagEmbed) X(diagflat, Diagflat)                 \
  X(diagonal, Diagonal) X(diff, Diff) X(digamma, Digamma) X(elu, Elu) X(erf, Erf) X(erfc, Erfc)  \
  X(erfinv, Erfinv) X(exp, Exp) X(exp2, Exp2) X(expand, Expand) X(expm1, Expm1)                  \
  X(exponential, Exponential) X(fill, Fill) X(fix, Trunc) X(flatten, Flatten) X(flip, Flip)      \
  X(fliplr, Fliplr) X(flipud, Flipud) X(floor, Floor) X(frac, Frac) X(gelu, Gelu)                \
  X(geometric, Geometric) X(hardshrink, Hardshrink) X(hardtanh, Hardtanh)                        \
  X(index_put, IndexPut) X(isfinite, Isfinite) X(isinf, Isinf) X(isnan, Isnan)                   \
  X(isneginf, Isneginf) X(isposinf, Isposinf) X(kthvalue, Kthvalue) X(leaky_relu, LeakyRelu)     \
  X(lgamma, Lgamma) X(log, Log) X(log10, Log10) X(log1p, Log1p) X(log2, Log2)                    \
  X(log_normal, LogNormal) X(log_softmax, LogSoftmax) X(logcumsumexp, Logcumsumexp)              \
  X(logical_not, LogicalNot) X(logit, Logit) X(logsumexp, Logsumexp) X(max, Max) X(max, MaxDim)  \
  X(mean, Mean) X(median, Median) X(median, MedianDim) X(min, Min) X(min, MinDim) X(mish, Mish)  \
  X(moveaxis, Movedim) X(movedim, Movedim) X(multinomial, Multinomial) X(nan_to_num, NanToNum)   \
  X(nanmean, Nanmean) X(nanmedian, Nanmedian) X(nanmedian, NanmedianDim)                         \
  X(nanquantile, Nanquantile) X(nansum, Nansum) X(narrow, Narrow) X(neg, Neg) X(negative, Neg)   \
  X(new_empty, NewEmpty) X(new_empty_strided, NewEmptyStrided) X(new_full, NewFull)              \
  X(new_ones, NewOnes) X(new_zeros, NewZeros) X(nonzero, Nonzero) X(norm, Norm)                  \
  X(normal, Normal) X(permute, Permute) X(positive, Positive) X(prod, Prod)                      \
  X(quantile, Quantile) X(rad2deg, Rad2deg) X(random, Random) X(ravel, Ravel)                    \
  X(reciprocal, Reciprocal) X(relu, Relu) X(relu6, Relu6) X(renorm, Renorm) X(repeat, Repeat)    \
  X(repeat_interleave, RepeatInterleave) X(reshape, Reshape) X(roll, Roll) X(rot90, Rot90)       \
  X(round, Round) X(rsqrt, Rsqrt) X(select, Select) X(selu, Selu) X(sgn, Sgn)                    \
  X(sigmoid, Sigmoid) X(sign, Sign) X(signbit, Signbit) X(silu, Silu) X(sin, Sin) X(sinc, Sinc)  \
  X(sinh, Sinh) X(slice, Slice) X(softmax, Softmax) X(softplus, Softplus) X(sort, Sort)          \
  X(split, Split) X(split, SplitSizes) X(sqrt, Sqrt) X(square, Square) X(squeeze, Squeeze)       \
  X(std, Std) X(std_mean, StdMean) X(sum, Sum) X(sum_to_size, SumToSize) X(swapaxes, Swapaxes)   \
  X(swapdims, Transpose) X(t, T) X(tan, Tan) X(tanh, Tanh) X(tensor_split, TensorSplit)          \
  X(tile, Tile) X(topk, Topk) X(trace, Trace) X(transpose, Transpose) X(tril, Tril)              \
  X(triu, Triu) X(trunc, Trunc) X(unbind, Unbind) X(unflatten, Unflatten) X(unfold, Unfold)      \
  X(uniform, Uniform) X(unique, Unique) X(unique_consecutive, UniqueConsecutive)                 \
  X(unsqueeze, Unsqueeze) X(var, Var) X(var_mean, VarMean) X(view, View) X(view, ViewDtype)      \
  X(zero, Zero)
#define TAEDA_WORDS_2(X)                                                                         \
  X(add, Add) X(arctan2, Atan2) X(atan2, Atan2) X(bitwise_and, BitwiseAnd)                       \
  X(bitwise_left_shift, BitwiseLeftShift) X(bitwise_or, BitwiseOr)                               \
  X(bitwise_right_shift, BitwiseRightShift) X(bitwise_xor, BitwiseXor) X(bmm, Bmm)               \
  X(clamp_max, ClampMax) X(clamp_min, ClampMin) X(copy, Copy) X(copysign, Copysign)              \
  X(cross, Cross) X(dist, Dist) X(div, Div) X(div, DivMode) X(divide, Div) X(divide, DivMode)    \
  X(dot, Dot) X(eq, Eq) X(expand_as, ExpandAs) X(float_power, FloatPower)                        \
  X(floor_divide, FloorDivide) X(fmax, Fmax) X(fmin, Fmin) X(fmod, Fmod) X(gather, Gather)       \
  X(ge, Ge) X(greater, Gt) X(greater_equal, Ge) X(gt, Gt) X(hypot, Hypot)                        \
  X(index_fill, IndexFill) X(index_select, IndexSelect) X(inner, Inner) X(isclose, Isclose)      \
  X(kron, Kron) X(le, Le) X(less, Lt) X(less_equal, Le) X(logaddexp, Logaddexp)                  \
  X(logaddexp2, Logaddexp2) X(logical_and, LogicalAnd) X(logical_or, LogicalOr)                  \
  X(logical_xor, LogicalXor) X(lt, Lt) X(masked_select, MaskedSelect) X(matmul, Matmul)          \
  X(max, MaxOther) X(maximum, Maximum) X(min, MinOther) X(minimum, Minimum) X(mm, Mm)            \
  X(mul, Mul) X(multiply, Mul) X(mv, Mv) X(ne, Ne) X(not_equal, Ne) X(outer, Outer) X(pow, Pow)  \
  X(prelu, Prelu) X(remainder, Remainder) X(reshape_as, ReshapeAs) X(scatter, ScatterValue)      \
  X(sub, Sub) X(subtract, Sub) X(take, Take) X(take_along_dim, TakeAlongDim)                     \
  X(true_divide, Div) X(vdot, Vdot) X(view_as, ViewAs) X(xlogy, Xlogy)
#define TAEDA_WORDS_3(X)                                                                         \
  X(addbmm, Addbmm) X(addcdiv, Addcdiv) X(addcmul, Addcmul) X(addmm, Addmm) X(addmv, Addmv)      \
  X(addr, Addr) X(baddbmm, Baddbmm) X(clamp, ClampTensor) X(clip, ClampTensor)                   \
  X(index_add, IndexAdd) X(index_copy, IndexCopy) X(lerp, Lerp) X(masked_fill, MaskedFill)       \
  X(masked_scatter, MaskedScatter) X(scatter, Scatter) X(scatter_add, ScatterAdd)                \
  X(scatter_reduce, ScatterReduce) X(where, Where)
#define TAEDA_WORDS(X) TAEDA_WORDS_1(X) TAEDA_WORDS_2(X) TAEDA_WORDS_3(X)
// clang-format on

#pragma GCC visibility push(default)  // ops name exported templates
namespace taeda::ops {
#define TAEDA_X(name, Op) struct Op;
TAEDA_WORDS(TAEDA_X)
#undef TAEDA_X
}  // namespace taeda::ops
#pragma GCC visibility pop
