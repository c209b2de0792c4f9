"""Choice of device and precision, on machines of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from liif_core import device
from liif_core.device import (
    PRECISIONS,
    choose_device,
    chunk_factor,
    computes_bf16,
    held_by,
    is_out_of_memory,
    moved,
    tf32,
    told_if_lost,
    use_bf16,
    working_devices,
)
from liif_core.errors import DeviceError, DeviceLost
from tests.graphics_card import graphics_card

CPU = torch.device("cpu")
# Where torch keeps how exactly CUDA computes.
_PLACES: tuple[Any, ...] = (torch.backends.cuda.matmul, torch.backends.cudnn.conv)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def settings() -> Iterator[Callable[[], list[str]]]:
    """How exactly CUDA would compute; as before in the end."""
    before = [place.fp32_precision for place in _PLACES]
    yield lambda: [place.fp32_precision for place in _PLACES]
    for place, precision in zip(_PLACES, before, strict=True):
        place.fp32_precision = precision


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has torch find devices of some kinds, which compute."""

    def have(*kinds: str) -> None:
        monkeypatch.setattr(device, "_is_available", lambda kind: kind in ("cpu", *kinds))
        monkeypatch.setattr(device, "fault_of", lambda _: "")

    return have


@pytest.mark.parametrize(
    ("kinds", "best"),
    [((), "cpu"), (("cuda",), "cuda"), (("mps",), "mps"), (("xpu", "cuda"), "cuda"), (("xpu",), "xpu")],
)
def test_auto_takes_the_best_device_there_is(kinds: tuple[str, ...], best: str, machine: Callable[..., None]) -> None:
    machine(*kinds)
    assert choose_device("auto").type == best
    assert choose_device().type == best


@pytest.mark.parametrize(("faulty", "tried"), [((), ["cuda"]), (("cuda",), ["cuda", "xpu"])])
def test_auto_tries_each_device_once_until_one_computes(
    faulty: tuple[str, ...], tried: list[str], machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("cuda", "xpu")
    found: list[str] = []

    def fault_of(place: torch.device) -> str:
        found.append(place.type)
        return "broken" if place.type in faulty else ""

    monkeypatch.setattr(device, "fault_of", fault_of)
    assert choose_device("auto").type == tried[-1]
    assert found == tried


def test_cpu_is_always_there() -> None:
    assert choose_device("cpu") == CPU


def test_numbered_devices_are_kept(machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    machine("cuda")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(DeviceError, match="cuda:2"):
        choose_device("cuda:2")


@pytest.mark.parametrize("name", ["gpu", "", "CPU", "tpu:0", "cuda0", "cpu:x", "cpu:", "cuda:-2"])
def test_unknown_devices_are_refused_by_name(name: str, machine: Callable[..., None]) -> None:
    machine("cuda")
    with pytest.raises(DeviceError, match=f"unknown device '{name}'"):
        choose_device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps", "xpu"])
def test_devices_that_are_not_there_are_refused_by_name(name: str, machine: Callable[..., None]) -> None:
    machine()
    with pytest.raises(DeviceError, match=f"'{name}' is not available"):
        choose_device(name)


def test_a_card_that_computes_nothing_is_left_out_and_told_by_its_name(caplog: pytest.LogCaptureFixture) -> None:
    with graphics_card("cuda") as card:
        assert choose_device("auto").type == choose_device("cuda:0").type == "cuda"
        # What torch says of a card that it has dropped, and that it counts nevertheless.
        card.failure = RuntimeError("CUDA error: no kernel image is available for execution on the device\nSearch for")
        assert choose_device("auto") == CPU
        assert working_devices() == ["cpu"]
        assert "no kernel image" in caplog.text
        with pytest.raises(DeviceError, match=r"'cuda' is there, but computes nothing: .* on the device$"):
            choose_device("cuda")


def test_cpu_stays_exact_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "computes_bf16", lambda _: True)
    assert [use_bf16(precision, CPU) for precision in ("auto", "fp32", "bf16")] == [False, False, True]


def test_gpu_that_computes_bf16_uses_it_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "computes_bf16", lambda _: True)
    gpu = torch.device("cuda")
    assert [use_bf16(precision, gpu) for precision in ("auto", "fp32", "bf16")] == [True, False, True]


@pytest.mark.parametrize("kind", ["cpu", "cuda", "mps"])
def test_emulated_bf16_is_refused_and_never_chosen(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "computes_bf16", lambda _: False)
    assert use_bf16("auto", torch.device(kind)) is False
    with pytest.raises(DeviceError, match=f"bf16 is not computed natively on this {kind}"):
        use_bf16("bf16", torch.device(kind))


def test_unknown_precisions_are_refused_with_the_known_ones() -> None:
    with pytest.raises(DeviceError, match="unknown precision 'fp16'") as refusal:
        use_bf16("fp16", CPU)
    assert all(precision in str(refusal.value) for precision in PRECISIONS)


@pytest.mark.parametrize(("capability", "native"), [("AVX512", True), ("AVX2", False), ("DEFAULT", False)])
def test_cpu_computes_bf16_where_torch_uses_avx512_and_the_processor_has_it(
    capability: str, native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert computes_bf16(CPU) is native


def test_mps_is_taken_to_emulate_bf16() -> None:
    assert computes_bf16(torch.device("mps")) is False


def test_pieces_of_work_are_larger_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chunk_factor(torch.device("cpu")) == 1
    assert chunk_factor(torch.device("mps")) > 1
    for free_gb, factor in [(0.1, 1), (2, 4), (140, 16)]:
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _, free=free_gb: (int(free * (1 << 30)), 1 << 40))
        assert chunk_factor(torch.device("cuda")) == factor


def test_cuda_computes_float32_exactly_but_for_gradients(
    settings: Callable[[], list[str]], machine: Callable[..., None]
) -> None:
    machine("cuda")
    for place in _PLACES:
        place.fp32_precision = "tf32"
    cuda = choose_device("cuda")
    assert settings() == ["ieee", "ieee"]
    with tf32(cuda):
        assert settings() == ["tf32", "tf32"]
    assert settings() == ["ieee", "ieee"]
    with pytest.raises(KeyError), tf32(cuda):
        raise KeyError
    assert settings() == ["ieee", "ieee"]
    with tf32(CPU):
        assert settings() == ["ieee", "ieee"]


@pytest.mark.parametrize(("kind", "waits"), [("cuda", False), ("mps", True), ("xpu", True), ("cpu", True)])
def test_only_cuda_is_not_waited_for(kind: str, waits: bool) -> None:
    asked: list[bool] = []

    class Watched(torch.Tensor):
        def to(self, *_: object, non_blocking: bool = False, **__: object) -> Watched:
            asked.append(non_blocking)
            return self

    moved(torch.zeros(2).as_subclass(Watched), torch.device(kind))
    assert asked == [not waits]


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 17.9 GB, max allowed: 18.1 GB)"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("cuFFT error: CUFFT_ALLOC_FAILED"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory"), True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False),
        (RuntimeError("expected 3 channels"), False),
    ],
)
def test_memory_that_runs_out_is_known_by_its_words(error: BaseException, is_memory: bool) -> None:
    assert is_out_of_memory(error) == is_memory


def test_model_that_a_card_has_no_room_for_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(module: torch.nn.Module, device: torch.device) -> torch.nn.Module:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 MiB.\nSee the documentation.")

    model = torch.nn.Linear(2, 2)
    assert held_by(torch.device("cpu"), model) is model
    monkeypatch.setattr(torch.nn.Module, "to", full)
    with pytest.raises(DeviceError) as refusal:
        held_by(torch.device("cuda"), model)
    assert str(refusal.value) == (
        "the device 'cuda' cannot hold the model: CUDA out of memory. Tried to allocate 2 MiB."
    )


def test_card_that_fails_without_a_word_computes_nothing() -> None:
    with graphics_card("cuda", failure=RuntimeError()):
        with pytest.raises(DeviceError, match="computes nothing: RuntimeError"):
            device.choose_device("cuda")
        assert device.choose_device() == torch.device("cpu")


def test_a_failure_at_work_is_a_lost_device_but_on_the_cpu() -> None:
    lost = "'cuda:1' failed while it was tried: unspecified launch failure$"
    with pytest.raises(DeviceLost, match=lost), told_if_lost(torch.device("cuda:1"), "it was tried"):
        raise RuntimeError("unspecified launch failure\nCUDA kernel errors might be reported later")
    with pytest.raises(RuntimeError, match="shapes"), told_if_lost(CPU, "it was tried"):
        raise RuntimeError("shapes do not fit")
