"""torch.signal.windows: six samples of each window, as PyTorch 2.13 gives them."""

import pytest

import taeda as torch

WINDOWS = {
    "bartlett True": [0.0, 0.4, 0.8, 0.8, 0.4, 0.0],
    "bartlett False": [0.0, 0.333333333333, 0.666666666667, 1.0, 0.666666666667, 0.333333333333],
    "blackman True": [0.0, 0.200770143263, 0.849229856737, 0.849229856737, 0.200770143263, 0.0],
    "blackman False": [0.0, 0.13, 0.63, 1.0, 0.63, 0.13],
    "cosine False": [
        0.222520933956,
        0.623489801859,
        0.900968867902,
        1.0,
        0.900968867902,
        0.623489801859,
    ],
    "exponential True": [
        0.0820849986239,
        0.223130160148,
        0.606530659713,
        0.606530659713,
        0.223130160148,
        0.0820849986239,
    ],
    "gaussian False": [
        0.0111089965382,
        0.135335283237,
        0.606530659713,
        1.0,
        0.606530659713,
        0.135335283237,
    ],
    "general_cosine False": [0.3, 0.15, 0.45, 0.9, 0.45, 0.15],
    "general_hamming True": [
        0.08,
        0.397852182588,
        0.912147817412,
        0.912147817412,
        0.397852182588,
        0.08,
    ],
    "hamming False": [0.08, 0.31, 0.77, 1.0, 0.77, 0.31],
    "hann False": [0.0, 0.25, 0.75, 1.0, 0.75, 0.25],
    "kaiser True": [
        5.27734413201e-05,
        0.10171968771,
        0.792939834101,
        0.792939834101,
        0.10171968771,
        5.27734413201e-05,
    ],
    "nuttall False": [0.0003628, 0.0613345, 0.5292298, 1.0, 0.5292298, 0.0613345],
}


@pytest.mark.parametrize("case", WINDOWS)
def test_windows(case):
    name, sym = case.split()
    more = {"a": [0.4, 0.3, 0.2]} if name == "general_cosine" else {}
    window = getattr(torch.signal.windows, name)
    got = window(6, sym=sym == "True", dtype=torch.float64, **more)
    assert got.tolist() == pytest.approx(WINDOWS[case], rel=1e-10, abs=1e-12)
    single = window(6, sym=sym == "True", requires_grad=True, **more)
    assert single.dtype == torch.float32 and single.requires_grad
    assert window(0, **more).shape == (0,) and window(1, sym=False, **more).tolist() == [1.0]


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda w: w.kaiser(-1), "kaiser requires non-negative window length, got M=-1"),
        (lambda w: w.hann(3, dtype=torch.half), "expects float32 or float64 dtypes"),
        (lambda w: w.exponential(3, center=1), "Center must be None for symmetric windows"),
        (lambda w: w.exponential(3, tau=-1), "Tau must be positive, got: -1 instead."),
        (lambda w: w.gaussian(3, std=0), "Standard deviation must be positive, got: 0 instead."),
        (lambda w: w.kaiser(3, beta=-1), "beta must be non-negative, got: -1 instead."),
        (lambda w: w.general_cosine(3, a=[]), "Coefficients cannot be empty"),
    ],
)
def test_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call(torch.signal.windows)
