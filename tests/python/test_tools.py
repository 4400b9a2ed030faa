"""Small modules around training: profiler, timers, downloads, what programs ask of machines."""

import json
import time

import pytest
from taeda.nn.attention import SDPBackend, sdpa_kernel
from taeda.nn.modules.utils import _pair, _triple, consume_prefix_in_state_dict_if_present
from taeda.profiler import profile, record_function, schedule
from taeda.utils.benchmark import Timer

import taeda as torch
from taeda import nn


def test_ranges_nest(tmp_path):
    with profile() as p:
        with record_function("outer"):
            time.sleep(0.02)
            for _ in range(3):
                with record_function("inner"):
                    time.sleep(0.005)

        @record_function("call")
        def f():
            return 5

        assert f() == 5
    by = {a.key: a for a in p.key_averages()}
    assert by["inner"].count == 3 and by["outer"].count == by["call"].count == 1
    assert by["outer"].cpu_time_total > by["inner"].cpu_time_total > 14000
    whole = by["outer"].self_cpu_time_total + by["inner"].cpu_time_total
    assert abs(whole - by["outer"].cpu_time_total) < 1
    table = p.key_averages().table(sort_by="cpu_time_total", row_limit=2)
    assert "outer" in table and "call" not in table and "Self CPU time total" in table
    p.export_chrome_trace(str(tmp_path / "trace.json"))
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert [e["name"] for e in events] == ["inner"] * 3 + ["outer", "call"]
    with record_function("later"):
        pass
    assert len(p.events()) == 5


def test_steps_follow_the_schedule():
    ready = []
    plan = schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    words = "NONE NONE WARMUP RECORD RECORD_AND_SAVE NONE WARMUP RECORD RECORD_AND_SAVE NONE NONE"
    assert [plan(i).name for i in range(11)] == words.split()
    with profile(
        schedule=schedule(wait=1, warmup=1, active=2, repeat=1),
        on_trace_ready=lambda p: ready.append([e.name for e in p.events()]),
    ) as p:
        for i in range(6):
            with record_function(f"work{i}"):
                pass
            p.step()
    assert ready == [["work2", "ProfilerStep#2", "work3", "ProfilerStep#3"]]


def test_timer():
    m = Timer("x + 1", globals={"x": torch.ones(3)}).timeit(200)
    assert m.number_per_run == 200 and 0 < m.mean < 1 and "200 runs per measurement" in repr(m)
    many = Timer("x + 1", "x = 1").blocked_autorange(min_run_time=0.01)
    assert len(many.times) > 1 and many.median > 0 and "Median" in repr(many)


def test_downloads(tmp_path, monkeypatch):
    source = tmp_path / "net-0123abcd.pth"
    torch.save({"w": torch.ones(2)}, source)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    found = torch.hub.load_state_dict_from_url(source.as_uri(), progress=False)
    assert found["w"].tolist() == [1, 1]
    source.unlink()  # the copy is used from now on
    copy = tmp_path / "home" / "hub" / "checkpoints" / source.name
    assert copy.exists()
    assert torch.hub.load_state_dict_from_url(source.as_uri())["w"].tolist() == [1, 1]
    target = tmp_path / "x.bin"
    with pytest.raises(RuntimeError, match="invalid hash value"):
        torch.hub.download_url_to_file(copy.as_uri(), str(target), "0123abcd")
    assert not target.exists() and len(list(tmp_path.glob("*.partial"))) == 0


def test_choices_of_attention_change_nothing():
    q = torch.randn(1, 2, 3, 4)
    plain = nn.functional.scaled_dot_product_attention(q, q, q)
    with sdpa_kernel([SDPBackend.MATH, SDPBackend.FLASH_ATTENTION]):
        assert nn.functional.scaled_dot_product_attention(q, q, q).equal(plain)
    with torch.backends.cuda.sdp_kernel(enable_flash=False):
        assert not torch.backends.cuda.flash_sdp_enabled()
    assert torch.backends.cuda.flash_sdp_enabled()
    with torch.backends.cudnn.flags(deterministic=True):
        assert torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.deterministic


def test_tuples_and_prefixes():
    assert _pair(3) == (3, 3) and _pair([1, 2]) == (1, 2) and _triple(1) == (1, 1, 1)
    state = nn.DataParallel(nn.Linear(1, 1)).state_dict()
    consume_prefix_in_state_dict_if_present(state, "module.")
    assert list(state) == ["weight", "bias"]
    assert nn.Linear(1, 1).load_state_dict(state)


def test_machines_without_accelerators():
    assert not torch.accelerator.is_available() and torch.accelerator.current_accelerator() is None
    assert not torch.xpu.is_available() and not torch.mps.is_available()
    assert not torch.distributed.is_available() and torch.cuda.get_rng_state_all() == []
    with torch.cuda.stream(None):
        pass
    with pytest.raises(AssertionError, match="not compiled with CUDA"):
        torch.cuda.mem_get_info()
    assert issubclass(torch.cuda.OutOfMemoryError, RuntimeError)
    assert torch.OutOfMemoryError is torch.cuda.OutOfMemoryError


def test_views_of_a_modules_parts_print_as_those_of_dicts():
    net = nn.Sequential(nn.ReLU())
    assert repr(net._modules.keys()) == "dict_keys(['0'])"
    assert repr(net._modules.values()) == "dict_values([ReLU()])"
    assert repr(net._modules.items()) == "dict_items([('0', ReLU())])"


def test_results_in_python_print_as_those_of_ops():
    found = torch.histogram(torch.tensor([1.0, 2.0]), 1)
    assert repr(found).startswith("torch.return_types.histogram(\nhist=tensor([2.])")
    assert type(torch.var_mean(torch.ones(3))) is tuple


def test_devices_as_contexts():
    with torch.device("cpu") as d:
        assert torch.ones(1).device == d
    with torch.device("meta"):
        net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.LSTM(3, 2))
        assert torch.rand(2).is_meta and torch.get_default_device().type == "meta"
        with torch.device("cpu"):
            assert not torch.arange(3).is_meta
        assert torch.zeros(1).is_meta
    assert all(p.is_meta for p in net.parameters()) and all(b.is_meta for b in net.buffers())
    assert not torch.zeros(1).is_meta
    with pytest.raises(ValueError), torch.device("meta"):
        raise ValueError
    assert torch.get_default_device() == torch.device("cpu")
    torch.set_default_device("meta")
    try:
        assert torch.empty(2).is_meta
    finally:
        torch.set_default_device(None)
    net.to_empty(device="cpu")
    assert not net[0].weight.is_meta
