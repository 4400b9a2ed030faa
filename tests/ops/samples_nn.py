"""Samples of the ops of networks: layers, losses, pools, attention."""

import numpy as np
from references import alignments, columns, image
from sampling import SAMPLES, C, M, P, Real, S, T, U, W, Whole, add  # noqa: F401

# ---- networks ----

F = {"place": "functional", "inplace": False}
add("conv1d", T(2, 3, 7), T(4, 3, 3), T(4), stride=2, padding=1, **F)
add("conv1d", T(3, 7), T(4, 3, 2), dilation=2, **F)
add("conv2d", T(2, 3, 5, 6), T(4, 3, 3, 2), T(4), **F)
add("conv2d", T(1, 4, 5, 5), T(4, 2, 3, 3), stride=2, padding=1, groups=2, **F)
add("conv2d", T(2, 5, 5), T(3, 2, 2, 2), padding="same", dilation=(1, 2), **F)
add("conv3d", T(1, 2, 3, 4, 4), T(3, 2, 2, 2, 2), T(3), **F)
add("conv_transpose1d", T(2, 3, 4), T(3, 2, 3), T(2), stride=2, **F)
add(
    "conv_transpose2d",
    T(2, 3, 3, 4),
    T(3, 2, 2, 3),
    T(2),
    stride=2,
    padding=1,
    output_padding=1,
    **F,
)
add("conv_transpose2d", T(1, 4, 3, 3), T(4, 1, 2, 2), groups=2, dilation=2, **F)
add("max_pool1d", T(2, 3, 7), 2, **F)
add("max_pool2d", T(2, 3, 5, 6), 2, **F)
add("max_pool2d", T(2, 3, 5, 6), (3, 2), stride=1, padding=1, ceil_mode=True, **F)
add("max_pool2d", T(3, 5, 6), 2, return_indices=True, dilation=2, **F)
add("avg_pool1d", T(2, 3, 7), 2, **F)
add("avg_pool2d", T(2, 3, 5, 6), 2, **F)
add("avg_pool2d", T(3, 5, 6), 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False, **F)
add("avg_pool2d", T(3, 5, 6), 2, divisor_override=3, **F)
add("adaptive_avg_pool1d", T(2, 3, 7), 3, **F)
add("adaptive_avg_pool2d", T(2, 3, 5, 6), (2, 4), **F)
add("adaptive_avg_pool2d", T(2, 3, 5, 6), 1, **F)
add("adaptive_max_pool2d", T(2, 3, 5, 6), 2, **F)
add("batch_norm", T(4, 3), C(3), Real((3,), 0.3, 2.5, False), T(3), T(3), training=False, **F)
add("batch_norm", T(4, 3, 2, 2), None, None, T(3), T(3), training=True, **F)
add("batch_norm", T(4, 3), None, None, training=True, eps=1e-3, **F)
add("layer_norm", T(3, 4), (4,), T(4), T(4), **F)
add("layer_norm", T(2, 3, 4), (3, 4), **F)
add("group_norm", T(2, 4, 3), 2, T(4), T(4), **F)
add("instance_norm", T(2, 3, 4), **F)
add("rms_norm", T(3, 4), (4,), **F)
add("local_response_norm", T(2, 4, 3), 3, **F)
add("normalize", T(3, 4), **F)
add("cosine_similarity", T(3, 4), T(3, 4), **F)
add("pairwise_distance", T(3, 4), T(3, 4), **F)
add("dropout", T(3, 4), 0.5, False, ref=lambda x, p, train: x, **F)
add("cross_entropy", T(3, 4), W([1, 0, 3]), **F)
add(
    "cross_entropy",
    T(3, 4),
    W([1, 0, 3]),
    C(4),
    ignore_index=0,
    reduction="sum",
    label_smoothing=0.1,
    **F,
)
add("cross_entropy", T(3, 4, 2), W([[1, 0], [0, 3], [2, 2]]), reduction="none", **F)
add("cross_entropy", T(3, 4), P(3, 4), **F)
add("cross_entropy", T(4), W(2), **F)
add("nll_loss", T(3, 4), W([1, 0, 3]), **F)
add(
    "nll_loss",
    T(3, 4),
    W([1, 0, 3]),
    Real((4,), 0.3, 2.5, False),
    reduction="none",
    ignore_index=0,
    **F,
)
for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "soft_margin_loss"):
    for how in ("mean", "sum", "none"):
        add(name, T(3, 4), T(3, 4) if name != "soft_margin_loss" else C(3, 4), reduction=how, **F)
PROBABLE = Real((3, 4), 0.1, 0.9)
add("binary_cross_entropy", PROBABLE, Real((3, 4), 0.1, 0.9, False), **F)
add("binary_cross_entropy", PROBABLE, Real((3, 4), 0.1, 0.9, False), C(4), reduction="sum", **F)
add("binary_cross_entropy_with_logits", T(3, 4), Real((3, 4), 0.1, 0.9, False), **F)
add(
    "binary_cross_entropy_with_logits",
    T(3, 4),
    Real((3, 4), 0.1, 0.9, False),
    C(4),
    reduction="none",
    pos_weight=Real((4,), 0.3, 2.5, False),
    **F,
)
add("kl_div", T(3, 4), PROBABLE, reduction="batchmean", **F)
add("poisson_nll_loss", T(3, 4), P(3, 4), **F)
add("gaussian_nll_loss", T(3, 4), T(3, 4), P(3, 4), meta=False, **F)
add("hinge_embedding_loss", T(4), W([1, -1, 1, -1]), **F)
add("margin_ranking_loss", T(4), T(4), W([1, -1, 1, -1]), **F)
add("cosine_embedding_loss", T(2, 4), T(2, 4), W([1, -1]), **F)
add("triplet_margin_loss", T(2, 4), T(2, 4), T(2, 4), **F)
add("multi_margin_loss", T(3, 4), W([1, 0, 3]), once=True, **F)
add("multilabel_margin_loss", T(2, 4), W([[1, 0, -1, 2], [3, -1, 0, 1]]), once=True, **F)
add("multilabel_soft_margin_loss", T(2, 4), W([[1, 0, 1, 0], [0, 1, 1, 0]]), **F)
add("interpolate", T(1, 2, 3, 3), scale_factor=2, **F)
add("interpolate", T(1, 2, 3, 3), size=(5, 4), mode="bilinear", align_corners=False, **F)
add("pixel_shuffle", T(1, 4, 2, 3), 2, **F)
add("unfold", T(1, 2, 4, 4), 2, **F)
add("fold", T(1, 8, 9), (4, 4), 2, **F)
add("rrelu", T(3, 4), 0.1, 0.3, ref=lambda x, a, b: np.where(x > 0, x, x * (a + b) / 2), **F)
add("im2col", T(1, 2, 4, 4), 2, ref=columns, **F)
add("col2im", T(1, 8, 9), (4, 4), 2, ref=image, **F)
add(
    "ctc_loss",
    T(4, 2, 3, low=-3, high=-0.5),
    W([[1, 2], [2, 0]]),
    W([4, 3]),
    W([2, 1]),
    ref=alignments,
    smooth=False,  # the gradient is that behind log_softmax
    meta=False,
    **F,
)
add("scaled_dot_product_attention", T(2, 3, 4), T(2, 5, 4), T(2, 5, 4), **F)
add("cdist", T(3, 4), T(2, 4), inplace=False)
add("adaptive_avg_pool3d", T(2, 3, 4, 5), 2, **F)
add("adaptive_max_pool1d", T(2, 3, 7), 3, **F)
add("adaptive_max_pool3d", T(2, 3, 4, 5), 2, **F)
add("adaptive_max_pool1d_with_indices", T(2, 3, 7), 3, **F)
add("adaptive_max_pool2d_with_indices", T(2, 3, 5, 6), 2, **F)
add("adaptive_max_pool3d_with_indices", T(2, 3, 4, 5), 2, **F)
add("avg_pool3d", T(2, 3, 4, 5), 2, **F)
add("max_pool3d", T(2, 3, 4, 5), 2, **F)
add("max_pool1d_with_indices", T(2, 3, 7), 2, **F)
add("max_pool2d_with_indices", T(2, 3, 5, 6), 2, **F)
add("max_pool3d_with_indices", T(2, 3, 4, 5), 2, **F)
add("conv_transpose3d", T(1, 2, 3, 3, 2), T(2, 3, 2, 2, 2), T(3), **F)
add(
    "convolution",
    T(1, 2, 4, 4),
    T(3, 2, 2, 2),
    T(3),
    (1, 1),
    (0, 0),
    (1, 1),
    False,
    (0, 0),
    1,
    inplace=False,
)
add("constant_pad_nd", T(2, 3), (1, 2), 0.5, inplace=False)
add("native_layer_norm", T(3, 4), (4,), T(4), T(4), 1e-5, inplace=False)
add(
    "embedding_renorm",
    C(4, 3),
    W([0, 2]),
    1.0,
    2.0,
    ref=lambda w, i, most, p: np.stack(
        [
            r * min(1, most / (np.sqrt((r * r).sum()) + 1e-7)) if k in i else r
            for k, r in enumerate(w)
        ]
    ),
    inplace=False,
)
add("linear_cross_entropy", T(3, 4), T(5, 4), W([0, 4, 2]), **F)
add(
    "linear_cross_entropy",
    T(3, 4),
    T(5, 2, 4),
    W([[0, 4], [2, 1], [3, 3]]),
    linear_bias=T(5, 2),
    weight=Real((5,), 0.3, 2.5, False),
    reduction="sum",
    **F,
)
for name in ("alpha_dropout", "feature_dropout", "feature_alpha_dropout"):
    add(name, T(3, 4), 0.5, False, inplace=False)
for name in ("atleast_1d", "atleast_2d", "atleast_3d"):
    add(name, T(3), ref=getattr(np, name), inplace=False)
add("broadcast_tensors", T(3, 1), T(4), inplace=False)
add("column_stack", [T(3), T(3, 2)], ref=np.column_stack, inplace=False)
add("nanmedian", T(3, 5), inplace=False)
add("nanmedian", T(3, 5), 1, inplace=False)
