"""Averages of a model's parameters over training: SWA and EMA."""

import itertools
from copy import deepcopy

from .. import _C
from ..autograd import no_grad
from ..nn import Module
from ..nn.modules.batchnorm import _BatchNorm
from .lr_scheduler import LRScheduler

__all__ = [
    "AveragedModel",
    "SWALR",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def get_ema_avg_fn(decay=0.999):
    """``f(averaged, current, count)``: the exponential moving average of one parameter."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param, current_param, num_averaged):
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_ema_multi_avg_fn(decay=0.999):
    """``f(averaged, current, count)``: the exponential moving average of lists, in place."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param_list, current_param_list, _):
        for average, current in zip(ema_param_list, current_param_list):
            if average.is_floating_point() or average.is_complex():
                average.lerp_(current.to(average.dtype), 1 - decay)
            else:
                average.copy_(decay * average + (1 - decay) * current)

    return ema_update


def get_swa_avg_fn():
    """``f(averaged, current, count)``: the equal average of one parameter."""

    @no_grad()
    def swa_update(averaged_param, current_param, num_averaged):
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_swa_multi_avg_fn():
    """``f(averaged, current, count)``: the equal average of lists, in place."""

    @no_grad()
    def swa_update(averaged_param_list, current_param_list, num_averaged):
        share = 1 / (float(num_averaged) + 1)
        for average, current in zip(averaged_param_list, current_param_list):
            if average.is_floating_point() or average.is_complex():
                average.lerp_(current.to(average.dtype), share)
            else:
                average.copy_(average + (current - average) * share)

    return swa_update


def _check_decay(decay):
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1].")


class AveragedModel(Module):
    """A copy of a model whose parameters are averages (Izmailov et al. 2018, SWA; Polyak).

    Args:
        model: what is averaged.
        device: where the averages lie; None: where the model does.
        avg_fn: ``f(averaged, current, count)`` gives the new average of one parameter; None: the
            equal average.
        multi_avg_fn: ``f(averages, currents, count)`` changes lists of averages in place.
        use_buffers: whether buffers are averaged, too; otherwise they are copied.
    """

    def __init__(self, model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False):
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", _C.tensor(0, dtype=_C.int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args, **kwargs):
        """The model's forward with the averages."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model):
        """Takes the model's present parameters into the averages."""
        own, new = [list(_averaged(m, self.use_buffers)) for m in (self.module, model)]
        pairs = [(a.detach(), b.detach().to(a.device)) for a, b in zip(own, new)]
        if self.n_averaged.item() == 0:
            for average, current in pairs:
                average.copy_(current)
        elif self.avg_fn is not None:
            for average, current in pairs:
                average.copy_(self.avg_fn(average, current, self.n_averaged.to(average.device)))
        elif pairs:
            update = self.multi_avg_fn or get_swa_multi_avg_fn()
            update([a for a, _ in pairs], [b for _, b in pairs], self.n_averaged)
        if not self.use_buffers:
            for average, current in zip(self.module.buffers(), model.buffers()):
                average.detach().copy_(current.detach().to(average.device))
        self.n_averaged += 1


def _averaged(model, use_buffers):
    if use_buffers:
        return itertools.chain(model.parameters(), model.buffers())
    return model.parameters()


@no_grad()
def update_bn(loader, model, device=None):
    """Computes the running statistics of the model's batch normalisations anew.

    Args:
        loader: gives batches, or lists and tuples whose first element is the batch.
        model: is run on each batch in training mode; its mode is restored.
        device: where batches are moved before.
    """
    momenta = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None  # the equal average of all batches
    for batch in loader:
        if isinstance(batch, (list, tuple)):
            batch = batch[0]
        model(batch if device is None else batch.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Anneals the learning rate of each group to a fixed value, where it stays.

    Args:
        optimizer: whose groups are scheduled.
        swa_lr: the final value, or one for each group.
        anneal_epochs: the number of steps to it.
        anneal_strategy: "cos" or "linear".
        last_epoch: the last step made before; -1 to begin.
    """

    def __init__(self, optimizer, swa_lr, anneal_epochs=10, anneal_strategy="cos", last_epoch=-1):
        rates = _for_groups(optimizer, swa_lr)
        for group, rate in zip(optimizer.param_groups, rates):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f'anneal_strategy must by one of "cos" or "linear", instead got {anneal_strategy}'
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """The learning rate of each group after this step."""
        cosine, step = self._strategy == "cos", self._step_count - 1
        return [
            _C._optim.swa_next(cosine, group["lr"], group["swa_lr"], step, self.anneal_epochs)
            for group in self.optimizer.param_groups
        ]


def _for_groups(optimizer, value):
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ValueError(
            "swa_lr must have the same length as optimizer.param_groups: swa_lr has "
            f"{len(value)}, optimizer.param_groups has {count}"
        )
    return value
