"""taeda.nn.utils: normed, pruned and parametrized weights; fused layers; lazy layers."""

import copy
import pickle

import numpy as np
import pytest
import taeda.nn.utils.prune as prune
from taeda.nn.utils import parametrizations, parametrize

import taeda as torch
from taeda import nn


def close(a, b, tolerance=1e-6):
    np.testing.assert_allclose(
        a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance
    )


# ---- computed weights reach the layer ----


@pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated")
def test_weight_norm():
    layer = nn.Linear(3, 2)
    before = layer.weight.detach().clone()
    assert nn.utils.weight_norm(layer) is layer
    assert list(layer.state_dict()) == ["bias", "weight_g", "weight_v"]
    close(layer.weight, before)
    x = torch.randn(4, 3)
    with torch.no_grad():
        layer.weight_g.mul_(2)
    y = layer(x)
    close(y, x @ (2 * before).t() + layer.bias)
    y.sum().backward()
    assert layer.weight_g.grad is not None and layer.weight_v.grad is not None
    assert "weight" not in dict(layer.named_parameters())
    with pytest.raises(RuntimeError, match="Cannot register two weight_norm hooks"):
        nn.utils.weight_norm(layer)
    nn.utils.remove_weight_norm(layer)
    assert isinstance(layer.weight, nn.Parameter) and not layer._forward_pre_hooks
    close(layer.weight, 2 * before)
    with pytest.raises(ValueError, match="weight_norm of 'weight' not found in Linear"):
        nn.utils.remove_weight_norm(layer)


def test_spectral_norm():
    torch.manual_seed(0)
    layer = nn.utils.spectral_norm(nn.Linear(3, 2))
    assert list(layer.state_dict()) == ["bias", "weight_orig", "weight_u", "weight_v"]
    for _ in range(60):
        layer(torch.ones(1, 3))
    largest = np.linalg.svd(layer.weight_orig.detach().numpy())[1][0]
    close(layer.weight, layer.weight_orig / float(largest), 1e-4)
    nn.utils.remove_spectral_norm(layer)
    assert list(layer.state_dict()) == ["bias", "weight"]


def test_deleted_parameter_with_a_tensor_of_its_name():
    layer = nn.Linear(2, 2, bias=False)
    del layer.weight
    layer.weight = torch.tensor([[1.0, 0.0], [0.0, 2.0]], requires_grad=True) * 3
    y = layer(torch.ones(1, 2))
    assert y.tolist() == [[3.0, 6.0]]
    layer.weight = torch.eye(2)
    assert layer(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]
    assert list(layer.parameters()) == []


def test_dropped_weights_of_a_recurrent_layer():
    """As AWD-LSTM has it (Merity et al. 2018): the raw weight is a parameter of another name."""
    layer = nn.LSTM(2, 3)
    raw = layer.weight_hh_l0
    del layer._parameters["weight_hh_l0"]
    layer.register_parameter("weight_hh_l0_raw", nn.Parameter(raw.detach().clone()))
    layer.weight_hh_l0 = layer.weight_hh_l0_raw * 0
    twin = nn.LSTM(2, 3)
    twin.load_state_dict(
        {n: getattr(layer, n).detach() for n in ("weight_ih_l0", "bias_ih_l0", "bias_hh_l0")}
        | {"weight_hh_l0": torch.zeros(12, 3)}
    )
    x = torch.randn(4, 1, 2)
    close(layer(x)[0], twin(x)[0])
    parametrizations.weight_norm(twin, "weight_ih_l0")
    close(layer(x)[0], twin(x)[0])
    assert nn.RNNBase("LSTM", 2, 3).mode == "LSTM"


# ---- parametrize ----


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).t()

    def right_inverse(self, x):
        return x.triu()


def test_parametrize():
    layer = nn.Linear(3, 3)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    assert type(layer).__name__ == "ParametrizedLinear" and isinstance(layer, nn.Linear)
    assert list(layer.state_dict()) == ["bias", "parametrizations.weight.original"]
    assert "(0): Symmetric()" in repr(layer)
    close(layer.weight, layer.weight.t())
    x = torch.randn(2, 3)
    close(layer(x), x @ layer.weight.t() + layer.bias)
    layer(x).sum().backward()
    assert layer.parametrizations.weight.original.grad.tril(-1).abs().sum() == 0
    layer.weight = torch.ones(3, 3)
    close(layer.weight, torch.ones(3, 3))
    assert parametrize.is_parametrized(layer) and not parametrize.is_parametrized(layer, "bias")
    twin = copy.deepcopy(layer)
    close(twin(x), layer(x))
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(layer)
    with parametrize.cached():
        assert layer.weight is layer.weight
    parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear and list(layer.state_dict()) == ["bias", "weight"]
    close(layer(x), x @ torch.ones(3, 3) + layer.bias)


def test_parametrize_errors():
    class Half(nn.Module):
        def forward(self, x):
            return x[:1]

    with pytest.raises(ValueError, match="may not change the shape of the tensor"):
        parametrize.register_parametrization(nn.Linear(2, 2), "weight", Half())
    with pytest.raises(ValueError, match="does not have a parameter, a buffer, or a param"):
        parametrize.register_parametrization(nn.Linear(2, 2), "foo", nn.ReLU())
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(nn.Linear(2, 2), "weight")


def test_parametrizations_weight_norm():
    layer = parametrizations.weight_norm(nn.Conv2d(2, 3, 2))
    names = ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]
    assert list(layer.state_dict()) == names
    assert layer.parametrizations.weight.original0.shape == (3, 1, 1, 1)
    x = torch.randn(1, 2, 3, 3)
    plain = nn.Conv2d(2, 3, 2)
    plain.weight.data, plain.bias.data = layer.weight.detach(), layer.bias.detach()
    close(layer(x), plain(x))


def test_parametrizations_of_spectral_and_orthogonal_norm():
    torch.manual_seed(0)
    layer = parametrizations.spectral_norm(nn.Linear(3, 2))
    # Recorded with PyTorch 2.13.
    want = [[-0.0066, 0.4710, -0.7226], [-0.6461, -0.3381, 0.2354]]
    np.testing.assert_allclose(layer.weight.tolist(), want, atol=5e-5)
    torch.manual_seed(0)
    layer = parametrizations.orthogonal(nn.Linear(3, 2))
    want = [[-0.0076, 0.5460, -0.8377], [-0.9727, -0.1983, -0.1204]]
    np.testing.assert_allclose(layer.weight.tolist(), want, atol=5e-5)
    for form in ("matrix_exp", "cayley", "householder"):
        layer = parametrizations.orthogonal(nn.Linear(4, 4), orthogonal_map=form)
        with torch.no_grad():
            layer.parametrizations.weight.original[1, 0] += 0.1
        close(layer.weight @ layer.weight.t(), torch.eye(4), 1e-5)


# ---- prune ----


def test_prune():
    layer = nn.Linear(3, 2)
    layer.weight.data = torch.tensor([[1.0, -0.1, 3.0], [0.2, -5.0, 6.0]])
    prune.l1_unstructured(layer, "weight", amount=2)
    assert layer.weight_mask.tolist() == [[1, 0, 1], [0, 1, 1]]
    assert list(layer.state_dict()) == ["bias", "weight_orig", "weight_mask"]
    x = torch.ones(1, 3)
    close(layer(x), torch.tensor([[4.0, 1.0]]) + layer.bias)
    layer(x).sum().backward()
    assert layer.weight_orig.grad.tolist() == [[1, 0, 1], [0, 1, 1]]
    prune.ln_structured(layer, "weight", amount=1, n=1, dim=1)
    assert layer.weight_mask.tolist() == [[0, 0, 1], [0, 1, 1]]
    assert prune.is_pruned(nn.Sequential(layer))
    prune.remove(layer, "weight")
    assert not prune.is_pruned(layer)
    assert layer.weight.tolist() == [[0, 0, 3], [0, -5, 6]]
    assert isinstance(layer.weight, nn.Parameter)


def test_prune_random_as_recorded():
    torch.manual_seed(0)
    layer = nn.Linear(3, 4)
    prune.random_unstructured(layer, "weight", amount=0.5)
    assert layer.weight_mask.tolist() == [[0, 0, 1], [1, 0, 0], [1, 0, 1], [1, 0, 1]]
    torch.manual_seed(0)
    layer = nn.Linear(3, 4)
    prune.random_structured(layer, "weight", amount=0.5, dim=1)
    assert layer.weight_mask.tolist() == [[0, 1, 0]] * 4
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    prune.global_unstructured(
        [(net[0], "weight"), (net[1], "weight")], prune.L1Unstructured, amount=0.5
    )
    assert net[0].weight_mask.tolist() == [[0, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert net[1].weight_mask.tolist() == [[0, 1, 1, 1], [0, 1, 0, 1]]


@pytest.mark.parametrize(
    "amount, error, text",
    [
        (-1, ValueError, "should either be a float in the range"),
        (1.5, ValueError, "should either be a float in the range"),
        (100, ValueError, "should be smaller than the number of parameters to prune=6"),
        ("x", TypeError, "Invalid type for amount: x"),
    ],
)
def test_prune_errors(amount, error, text):
    layer = nn.Linear(3, 2)
    with pytest.raises(error, match=text):
        prune.l1_unstructured(layer, "weight", amount)
    assert list(layer.state_dict()) == ["weight", "bias"] or "weight" in layer.state_dict()
    layer(torch.ones(1, 3))


# ---- the rest ----


def test_fusion():
    torch.manual_seed(0)
    x = torch.randn(4, 2, 5, 5)
    for conv, transpose in (
        (nn.Conv2d(2, 3, 3), False),
        (nn.Conv2d(2, 3, 3, bias=False), False),
        (nn.ConvTranspose2d(2, 3, 3), True),
    ):
        bn = nn.BatchNorm2d(3)
        bn(conv(x))
        conv.eval(), bn.eval()
        close(nn.utils.fuse_conv_bn_eval(conv, bn, transpose)(x), bn(conv(x)), 1e-5)
    with pytest.raises(AssertionError, match="Fusion only for eval!"):
        nn.utils.fuse_conv_bn_eval(nn.Conv2d(2, 3, 3), bn)
    linear, bn = nn.Linear(2, 3), nn.BatchNorm1d(3)
    bn(linear(torch.randn(8, 2)))
    linear.eval(), bn.eval()
    x = torch.randn(3, 2)
    close(nn.utils.fuse_linear_bn_eval(linear, bn)(x), bn(linear(x)), 1e-5)


def test_skip_init():
    layer = nn.utils.skip_init(nn.Linear, 3, 2)
    assert layer.weight.shape == (2, 3) and layer.weight.device.type == "cpu"
    with pytest.raises(RuntimeError, match="Expected a Module"):
        nn.utils.skip_init(int, 3)


def test_functional_call():
    from taeda.nn.utils import stateless

    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    given = {"0.weight": torch.eye(2), "0.bias": torch.zeros(2)}
    net.eval()
    x = torch.randn(3, 2)
    before = {k: v.clone() for k, v in net.state_dict().items()}
    with pytest.warns(FutureWarning, match="torch.func.functional_call"):
        y = stateless.functional_call(net, given, x)
    close(y, x, 1e-4)
    for k, v in net.state_dict().items():
        assert torch.equal(v, before[k])
    with pytest.warns(FutureWarning), pytest.raises(RuntimeError, match="Missing key"):
        stateless.functional_call(net, given, x, strict=True)


# ---- lazy layers ----


def test_lazy_linear():
    torch.manual_seed(0)
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(2, bias=False))
    assert repr(net[0]) == "LazyLinear(in_features=0, out_features=3, bias=True)"
    assert repr(net[0].weight) == "<UninitializedParameter>"
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        net[0].weight.shape  # noqa: B018
    with pytest.raises(ValueError, match="Attempted to use an uninitialized parameter"):
        net[0].weight + 1
    with pytest.raises(ValueError, match="Attempted to use an uninitialized parameter"):
        sum(p.numel() for p in net.parameters())
    twin = copy.deepcopy(net)
    again = pickle.loads(pickle.dumps(net[0]))
    again(torch.ones(1, 7))
    assert again.weight.shape == (3, 7)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    assert net(torch.rand(5, 4)).shape == (5, 2)
    assert [type(m) for m in net] == [nn.Linear, nn.ReLU, nn.Linear]
    assert type(net[0].weight) is nn.Parameter and not net[0]._forward_pre_hooks
    # The same numbers as layers of known sizes: recorded with PyTorch 2.13.
    want = [-0.1926, 0.1341, -0.0099, 0.3964]
    torch.manual_seed(0)
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(2))
    net(torch.rand(1, 4))
    np.testing.assert_allclose(net[0].weight[0].tolist(), want, atol=5e-5)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net(torch.rand(1, 4)).sum().backward()
    optimizer.step()
    twin(torch.rand(1, 9))
    assert twin[0].in_features == 9


def test_lazy_state_dict():
    layer = nn.LazyLinear(3)
    layer.load_state_dict(nn.Linear(4, 3).state_dict())
    assert layer.weight.shape == (3, 4)
    layer(torch.rand(1, 4))
    assert repr(layer) == "Linear(in_features=4, out_features=3, bias=True)"


def test_lazy_convolutions_and_norms():
    net = nn.Sequential(
        nn.LazyConv2d(4, 3, padding=1), nn.LazyBatchNorm2d(), nn.LazyConvTranspose2d(2, 2, stride=2)
    )
    assert repr(net[1]).startswith("LazyBatchNorm2d(0, eps=1e-05")
    net(torch.rand(2, 3, 4, 4))
    assert repr(net) == (
        "Sequential(\n"
        "  (0): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n"
        "  (1): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
        "track_running_stats=True)\n"
        "  (2): ConvTranspose2d(4, 2, kernel_size=(2, 2), stride=(2, 2))\n"
        ")"
    )
    assert net[1].num_batches_tracked == 1 and net[1].running_mean.shape == (4,)
    assert list(net[1].state_dict()) == [
        "weight",
        "bias",
        "running_mean",
        "running_var",
        "num_batches_tracked",
    ]
    layer = nn.LazyInstanceNorm1d()
    layer(torch.rand(2, 3, 4))
    assert type(layer) is nn.InstanceNorm1d and layer.num_features == 3
    with pytest.raises(RuntimeError, match=r"Expected 3D \(unbatched\) or 4D \(batched\) input"):
        nn.LazyConv2d(4, 3)(torch.rand(5, 5))


def test_lazy_module_of_ones_own():
    class Scale(nn.modules.lazy.LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.UninitializedParameter()

        def initialize_parameters(self, x):
            with torch.no_grad():
                self.weight.materialize((x.shape[-1],))
                self.weight.fill_(2.0)

        def forward(self, x):
            return x * self.weight

    m = Scale()
    assert m(torch.ones(3)).tolist() == [2.0, 2.0, 2.0]
    assert not m.has_uninitialized_params()


def test_mixins_keep_the_state():
    class Mixin:
        pass

    class Mine(Mixin, nn.Linear):
        pass

    twin = copy.deepcopy(Mine(2, 3))
    assert twin.out_features == 3 and twin.weight.shape == (3, 2)


# ---- parallel, attention ----


def test_data_parallel():
    net = nn.DataParallel(nn.Linear(2, 3))
    assert list(net.state_dict()) == ["module.weight", "module.bias"]
    assert net(torch.ones(1, 2)).shape == (1, 3)
    assert nn.DataParallel(nn.Linear(2, 3), device_ids=[0]).device_ids == []


def test_sync_batch_norm():
    net = nn.SyncBatchNorm.convert_sync_batchnorm(
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    )
    assert isinstance(net[1], nn.SyncBatchNorm)
    x = torch.randn(2, 1, 5, 5)
    close(net(x), nn.BatchNorm2d(2)(net[0](x)))


def test_sdpa_kernel():
    from taeda.nn.attention import SDPBackend, sdpa_kernel

    q = torch.randn(1, 2, 3, 4)
    want = nn.functional.scaled_dot_product_attention(q, q, q)
    with sdpa_kernel([SDPBackend.MATH, SDPBackend.FLASH_ATTENTION]):
        assert torch.equal(nn.functional.scaled_dot_product_attention(q, q, q), want)
    with pytest.raises(AssertionError), sdpa_kernel("math"):
        pass
