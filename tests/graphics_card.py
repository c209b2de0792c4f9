"""A graphics card that is not there, so that what only runs on one runs in tests as well.

`graphics_card` has torch find a device whose tensors lie in the memory of the host. They say that they are on the card,
and refuse what it would refuse: to be computed with together with tensors of the host (but for single numbers, and
indices of the host), to become arrays, and on MPS to be float64. What the device is waited for is counted.

It does not tell how a card rounds, which kernels it has, how fast it is, and what autocast leaves in float32 there:
numbers are those of the CPU.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal, cast
from unittest import mock

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map

Kind = Literal["cuda", "mps"]

_HOST = torch.device("cpu")
_aten = torch.ops.aten
# Of tensors on both sides, or without computing anything.
_MOVING = {_aten._to_copy.default, _aten.copy_.default, _aten.fill_.Tensor}
_ALLOCATING = {_aten.empty.memory_format, _aten.empty_like.default, _aten.empty_strided.default, _aten.detach.default}
_INDEXING = {_aten.index.Tensor, _aten.index_put.default, _aten.index_put_.default, _aten._index_put_impl_.default}
# What comes of these tells the host something: a number, or how many there are.
_TELLING = {
    *(_aten._local_scalar_dense.default, _aten.equal.default, _aten.nonzero.default, _aten.masked_select.default),
    *(_aten._unique2.default, _aten.bincount.default, _aten.repeat_interleave.Tensor),
}
_to: Any = Tensor.to
_tensor = torch.tensor
_grouped = torch._C._group_tensors_by_device_and_dtype
_autocast = torch.autocast
_run_thread = threading.Thread.run


@dataclass(slots=True)
class Card:
    """The device.

    Attributes:
        device: Its name.
        free_bytes: Of its memory.
        capability: As CUDA counts its generations; from 8 on they compute bfloat16.
        failure: What every computation on it ends with, if so; memory can still be had and filled.
        waits: Operations that the host waited for it in.
    """

    device: torch.device
    free_bytes: int = 8 << 30
    capability: tuple[int, int] = (9, 0)
    failure: Exception | None = None
    waits: list[str] = field(default_factory=list)

    def holds(self, device: object) -> bool:
        """Whether this is the device of a name."""
        return device is not None and torch.device(device).type == self.device.type  # type: ignore[call-overload]  # a name

    def computed(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """An operation of torch on tensors of which some may be here."""
        leaves = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        here = [leaf for leaf in leaves if isinstance(leaf, OnCard)]
        if not here and not self.holds(kwargs.get("device")):
            return func(*args, **kwargs)
        self._check(func, args, leaves)
        self._count(func, args)
        arguments: dict[str, Any] = {**kwargs, **({"device": _HOST} if "device" in kwargs else {})}
        arguments.pop("pin_memory", None)
        args_there, kwargs_there = tree_map(_on_host, (tuple(args), arguments))
        out = func(*args_there, **kwargs_there)
        if func is _aten.copy_.default:
            return args[0]
        return return_and_correct_aliasing(func, args, kwargs, tree_map(self._placed, out))

    def moved(self, values: Tensor, *args: Any, **kwargs: Any) -> Any:
        """`Tensor.to`, which would not know where tensors are."""
        other = args[0] if args and isinstance(args[0], Tensor) else None
        copies = {"copy": kwargs.pop("copy", False)}
        if other is not None:
            device, dtype, non_blocking, order = other.device, other.dtype, False, None
        else:
            device, dtype, non_blocking, order = torch._C._nn._parse_to(*args, **kwargs)
        dtype = dtype or values.dtype
        ordered = {} if order is None else {"memory_format": order}
        if device is None or self.holds(device) == isinstance(values, OnCard):
            return _to(values, dtype=dtype, **copies, **ordered)
        assert not (values.requires_grad and torch.is_grad_enabled()), "gradients do not travel here"
        if isinstance(values, OnCard):
            self.waits.append("to the host")
            return _to(values.host, dtype=dtype, copy=True, **ordered)
        if not non_blocking:
            self.waits.append("from the host")
        return OnCard(_to(values.detach(), dtype=dtype, copy=True, **ordered), self)

    def made(self, data: Any, *, dtype: torch.dtype | None = None, device: Any = None) -> Any:
        """`torch.tensor`."""
        values = _tensor(data, dtype=dtype)
        return values if device is None else self.moved(values, device)

    def _placed(self, value: Any) -> Any:
        return OnCard(value, self) if type(value) is Tensor else value

    def _check(self, func: Any, args: Sequence[Any], leaves: Sequence[Tensor]) -> None:
        if self.failure is not None and func not in _MOVING | _ALLOCATING:
            raise self.failure
        elsewhere = [leaf for leaf in leaves if not isinstance(leaf, OnCard)]
        if not elsewhere or func in _MOVING:
            return
        if func in _INDEXING and isinstance(args[0], OnCard):
            elsewhere = [leaf for leaf in args[2:3] if not isinstance(leaf, OnCard) and leaf.ndim > 0]
        elif torch.Tag.pointwise in func.tags and not (func._schema.is_mutable and args[0] is elsewhere[0]):
            elsewhere = [leaf for leaf in elsewhere if leaf.ndim > 0]
        if elsewhere:
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but found {self.device} and cpu: {func}"
            )

    def _count(self, func: Any, args: Sequence[Any]) -> None:
        if func in _TELLING or (func is _aten.copy_.default and not all(isinstance(arg, OnCard) for arg in args[:2])):
            self.waits.append(str(func))
        if func in _INDEXING:
            indices = [index for index in args[1] if index is not None]
            if any(index.dtype in (torch.bool, torch.uint8) or not isinstance(index, OnCard) for index in indices):
                self.waits.append(str(func))


class OnCard(Tensor):
    """A tensor on a card. For torch's own code it is one of the CPU, so that gradients need no threads of the card."""

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]  # a function as well
    host: Tensor
    card: Card

    @staticmethod
    def __new__(cls, host: Tensor, card: Card) -> OnCard:
        if card.device.type == "mps" and host.dtype == torch.float64:
            raise TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64")
        with torch.inference_mode(host.is_inference()):
            made: Any = Tensor._make_wrapper_subclass(
                cls, host.size(), host.stride(), host.storage_offset(), dtype=host.dtype, device=host.device
            )
        made.host, made.card = host, card
        return cast(OnCard, made)

    def __init__(self, host: Tensor, card: Card) -> None: ...

    @property
    def device(self) -> torch.device:  # type: ignore[override]  # an attribute there
        return self.card.device

    def cpu(self, *_: object) -> Any:
        return self.card.moved(self, _HOST)

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def numpy(self, *, force: bool = False) -> Any:
        raise TypeError(f"can't convert {self.device} device type tensor to numpy")

    def __array__(self, *_: object, **__: object) -> Any:
        return self.numpy()

    def new_tensor(self, data: Any, *, dtype: Any = None, device: Any = None) -> Any:  # type: ignore[override]
        return self.card.made(data, dtype=dtype or self.dtype, device=device or self.device)

    def __repr__(self) -> str:  # type: ignore[override]
        return f"OnCard({self.host})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        # `torch.load` maps it to the CPU.
        return self.host.detach().__reduce_ex__(protocol)

    # Modules then exchange whole weights, not their memory only.
    def __tensor_flatten__(self) -> tuple[list[str], Card]:
        return ["host"], self.card

    @staticmethod
    def __tensor_unflatten__(inner: Mapping[str, Tensor], card: Card, *_: object) -> OnCard:
        return OnCard(inner["host"], card)

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        raise RuntimeError(f"the card of this tensor is gone: {func}")


class _Watching(TorchDispatchMode):
    """Has a card see all operations of a thread."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card = card

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self._card.computed(func, args, kwargs or {})


def _on_host(value: Any) -> Any:
    return value.host if isinstance(value, OnCard) else value


@contextlib.contextmanager
def graphics_card(kind: Kind, **properties: Any) -> Iterator[Card]:
    """A machine with a card of a kind, for this thread and those that begin; `properties` are attributes of `Card`."""
    card = Card(torch.device(kind, 0), **properties)

    def run(thread: threading.Thread) -> None:
        with _Watching(card):
            _run_thread(thread)

    def grouped(lists: Any, with_indices: bool = False) -> Any:
        groups: Any = _grouped(lists, with_indices).items()
        return {(group[0][0][0].device, dtype): group for (_, dtype), group in groups}

    patches: list[tuple[object, str, Callable[..., Any]]] = [
        *_found(card),
        (Tensor, "to", lambda self, *args, **kwargs: card.moved(self, *args, **kwargs)),
        (Tensor, "pin_memory", Tensor.clone),
        (torch, "tensor", card.made),
        (torch, "autocast", lambda _, *args, **kwargs: _autocast("cpu", *args, **kwargs)),
        (torch._C, "_group_tensors_by_device_and_dtype", grouped),
        (threading.Thread, "run", run),
    ]
    with contextlib.ExitStack() as stack:
        for place, name, replacement in patches:
            stack.enter_context(mock.patch.object(place, name, replacement))
        stack.enter_context(_Watching(card))
        yield card


def _found(card: Card) -> list[tuple[object, str, Callable[..., Any]]]:
    """What torch tells of the machine."""
    if card.device.type == "mps":
        return [
            (torch.backends.mps, "is_available", lambda: True),
            (torch.mps, "current_allocated_memory", lambda: 1 << 20),
        ]
    properties = SimpleNamespace(total_memory=2 * card.free_bytes)
    return [
        (torch.cuda, "is_available", lambda: True),
        (torch.cuda, "_lazy_init", lambda: None),
        (torch.cuda, "device_count", lambda: 1),
        (torch.cuda, "mem_get_info", lambda _: (card.free_bytes, 2 * card.free_bytes)),
        (torch.cuda, "get_device_capability", lambda _: card.capability),
        (torch.cuda, "get_device_name", lambda _: "a card"),
        (torch.cuda, "get_device_properties", lambda _: properties),
        (torch.cuda, "memory_reserved", lambda _: 1 << 20),
        (torch.cuda, "empty_cache", lambda: None),
    ]
