"""NumPy references that take more than a line."""

import itertools

import numpy as np


def columns(x, size):
    n, c, h, w = x.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (2, 3))
    places = (h - size + 1) * (w - size + 1)
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * size * size, places)


def image(x, size, kernel):
    out = np.zeros((x.shape[0], x.shape[1] // kernel**2, *size), x.dtype)
    tall, wide = size[0] - kernel + 1, size[1] - kernel + 1
    parts = x.reshape(*out.shape[:2], kernel, kernel, tall, wide)
    for i in range(kernel):
        for j in range(kernel):
            out[:, :, i : i + tall, j : j + wide] += parts[:, :, i, j]
    return out


def alignments(p, targets, steps, lengths):
    """-log of each target's probability over its length, averaged: all paths, one by one."""
    losses = []
    for k in range(p.shape[1]):
        total = 0.0
        for path in itertools.product(range(p.shape[2]), repeat=int(steps[k])):
            kept = [c for t, c in enumerate(path) if c and (t == 0 or path[t - 1] != c)]
            if kept == list(targets[k][: lengths[k]]):
                total += np.exp(sum(p[t, k, c] for t, c in enumerate(path)))
        losses.append(-np.log(total) / lengths[k])
    return np.mean(losses)
