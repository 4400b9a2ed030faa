"""Samples of special functions, and of numeric ops that are composed of others."""

import math

import numpy as np
from sampling import C, P, Real, S, T, U, W, Whole, add

# ---- special functions ----


def special(names, *args, **flags):
    for name in names.split():
        add(name, *args, place="special", pointwise=True, inplace=False, **flags)


special("i0e i1 i1e erfcx bessel_j0 bessel_j1 spherical_bessel_j0 log_ndtr", T(*S))
special("modified_bessel_i0 modified_bessel_i1", T(*S))
special("ndtr", T(*S), ref=lambda x: 0.5 * np.vectorize(math.erfc)(-x / math.sqrt(2)))
special(
    "entr",
    P(*S),
    ref=lambda x: np.where(x > 0, -x * np.log(np.where(x > 0, x, 1)), np.where(x < 0, -np.inf, x)),
)
special("ndtri", Real(S, 0.1, 0.9))
for name in ("k0", "k1"):
    special(f"modified_bessel_{name} scaled_modified_bessel_{name} bessel_y{name[1]}", P(*S))
# The reference is a series: not for large arguments.
add("airy_ai", C(*S), ref=lambda x: np.vectorize(airy)(x), place="special", inplace=False)
special(
    "xlog1py",
    T(*S),
    P(*S),
    ref=lambda x, y: np.where((x == 0) & ~np.isnan(y), 0, x * np.log1p(y)),
)
special("zeta", Real(S, 1.5, 5, False), P(*S))
POLYNOMIALS = {
    "chebyshev_polynomial_t": "chebyshev.chebval",
    "hermite_polynomial_h": "hermite.hermval",
    "hermite_polynomial_he": "hermite_e.hermeval",
    "laguerre_polynomial_l": "laguerre.lagval",
    "legendre_polynomial_p": "legendre.legval",
    **dict.fromkeys((f"chebyshev_polynomial_{c}" for c in "uvw"), ""),
    **dict.fromkeys((f"shifted_chebyshev_polynomial_{c}" for c in "tuvw"), ""),
}


def airy(x):
    """Ai by its Taylor series (DLMF 9.4.1)."""
    f = g = total = 0.0
    f, g, k, z = 1.0, x, 0, x**3
    first, second = 0.0, 0.0
    while k < 60:
        first, second, k = first + f, second + g, k + 1
        f *= z / ((3 * k) * (3 * k - 1))
        g *= z / ((3 * k) * (3 * k + 1))
    total = 0.355028053887817239 * first - 0.258819403792806798 * second
    return total


def polynomial(where):
    module, name = where.split(".")
    value = getattr(getattr(np.polynomial, module), name)
    return lambda x, n: value(x, [0] * n + [1])


for name, where in POLYNOMIALS.items():
    special(name, C(*S), 4, ref=polynomial(where) if where else None)
add("i0", T(*S), ref=np.i0)  # NumPy overflows early
add("igamma", Real(S, 0.5, 4, False), P(*S), pointwise=True)
add("igammac", Real(S, 0.5, 4, False), P(*S), pointwise=True)
add("polygamma", P(*S), 2, place="Tensor", pointwise=True)
add("mvlgamma", Real(S, 1.6, 4), 3)

# ---- complex numbers ----

add("real", T(*S), ref=np.real, inplace=False)
add("isreal", C(*S), ref=np.isreal, inplace=False)
add("complex", C(*S), C(*S), ref=lambda x, y: x + 1j * y, inplace=False)
add("polar", C(*S), C(*S), ref=lambda r, a: r * np.exp(1j * a), inplace=False)
add("view_as_complex", C(3, 2), inplace=False)
PAIRS = Whole(((1 + 2j, -3j), (0.5, -1 - 1j)), "complex128")
add("imag", PAIRS, ref=np.imag, inplace=False)
add("view_as_real", PAIRS, inplace=False)

# ---- integers and bits ----

add("gcd", W([[12, -18], [0, 7]]), W([[8, 27], [5, 0]]), ref=np.gcd, pointwise=True)
add("lcm", W([[12, -18], [0, 7]]), W([[8, 27], [5, 0]]), ref=np.lcm, pointwise=True)
add("nextafter", C(*S), C(*S), ref=np.nextafter)
add("heaviside", C(*S), C(*S), ref=lambda x, v: np.where(x == 0, v, x > 0), pointwise=True)
add("ldexp", T(*S), C(*S), ref=lambda x, n: x * 2**n)
add("frexp", T(*S), inplace=False, once=True)

# ---- vectors, integrals, moments ----

add("trapezoid", T(3, 4), inplace=False)
add("trapezoid", T(3, 4), T(4), dim=1, inplace=False)
add("cumulative_trapezoid", T(3, 4), dx=0.5, inplace=False)
add("cumulative_trapezoid", T(3, 4), T(3, 4), inplace=False)
add("cov", T(3, 5), ref=np.cov, inplace=False, meta=False)
add("corrcoef", T(3, 5), ref=np.corrcoef, inplace=False, meta=False, smooth=False)
add("vander", C(4), ref=np.vander, inplace=False)
add("vander", C(4), 3, True, ref=np.vander, inplace=False)
add("combinations", T(4), inplace=False, meta=False)
add("msort", T(4, 3), ref=lambda x: np.sort(x, 0), inplace=False)
add("isin", W([1, 2, 3, 2]), W([2, 5]), ref=np.isin, inplace=False, meta=False)
add("histc", C(12), 4, -1, 1, inplace=False, meta=False)
add("diagflat", T(2, 3), ref=np.diagflat, inplace=False)
add("nanquantile", T(3, 5), 0.3, 1, inplace=False, meta=False)

# ---- a part of a copy replaced ----

add("select_scatter", T(3, 4), T(4), 0, 1, inplace=False)
add("slice_scatter", T(4, 2), T(2, 2), 0, 1, 4, 2, inplace=False)
add("diagonal_scatter", T(3, 3), T(2), 1, inplace=False)
add("as_strided_scatter", U(6), U(2, 2), (2, 2), (3, 1), 1, inplace=False)
add("put", T(2, 3), W([5, 0]), T(2), place="Tensor", meta=False)
add("fill_diagonal", T(3, 3), 2.0, place="Tensor")
for how in ("mean", "amax", "amin"):
    add("index_reduce", C(4, 3), 0, W([1, 3, 1]), C(3, 3), how, meta=False)
