"""What all Python tests share.

`TAEDA_TEST_MODULE=torch pytest tests` runs the same tests against an installed PyTorch: every
recorded expectation and every closed form here must hold there too, so a test that is wrong shows
itself.
"""

import importlib
import os
import sys
import warnings

import pytest

ORACLE = os.environ.get("TAEDA_TEST_MODULE", "taeda") != "taeda"
if ORACLE:
    sys.modules["taeda"] = importlib.import_module(os.environ["TAEDA_TEST_MODULE"])
    sys.modules["taeda"].set_num_threads(1)


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "taeda_only: says something of Taeda that PyTorch does not have"
    )


def pytest_collection_modifyitems(items):
    for item in items:
        if ORACLE and item.get_closest_marker("taeda_only"):
            item.add_marker(pytest.mark.skip(reason="not a statement about PyTorch"))


@pytest.fixture(autouse=True)
def settings():
    """Each test starts from the defaults, and cannot leave others behind."""
    import taeda as torch

    torch.manual_seed(0)
    if not ORACLE:
        torch._C._forget_hints()
    with warnings.catch_warnings():
        yield
    torch.set_default_dtype(torch.float32)
    torch.set_printoptions(profile="default")
    assert torch.is_grad_enabled(), "the test left gradients switched off"
