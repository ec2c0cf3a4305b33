"""Which device large ensembles are trained on, and who is told when there is none."""

from __future__ import annotations

import pytest
import torch

from mips_core.errors import BadInputError
from mips_core.networks.devices import NO_CUDA, VARIABLE, choose_device, described


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Two CUDA devices, as far as PyTorch says; nobody has chosen one."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Some GPU")
    monkeypatch.delenv(VARIABLE, raising=False)
    return monkeypatch


@pytest.fixture
def none(devices: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No CUDA device."""
    devices.setattr(torch.cuda, "is_available", lambda: False)
    devices.setattr(torch.cuda, "device_count", lambda: 0)
    return devices


def test_cuda_is_taken_where_there_is_one(devices: pytest.MonkeyPatch) -> None:
    assert choose_device() == choose_device("auto") == torch.device("cuda")
    assert choose_device("cuda:1") == torch.device("cuda:1")
    assert choose_device("CPU") == torch.device("cpu")


def test_the_processor_is_taken_where_there_is_none(none: pytest.MonkeyPatch) -> None:
    assert choose_device() == choose_device("auto") == torch.device("cpu")


def test_the_environment_chooses_where_nobody_else_does(devices: pytest.MonkeyPatch) -> None:
    devices.setenv(VARIABLE, "cpu")
    assert choose_device() == torch.device("cpu")
    assert choose_device("cuda") == torch.device("cuda")


def test_a_missing_device_is_said_with_who_asked_for_it(none: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInputError, match=f"The device cuda cannot be used: {NO_CUDA}"):
        choose_device("cuda")
    none.setenv(VARIABLE, "cuda")
    with pytest.raises(BadInputError, match=rf"cuda cannot be used \({VARIABLE} asks for it\): {NO_CUDA}"):
        choose_device()


def test_a_number_beyond_the_last_device_is_refused(devices: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInputError, match="the last of the CUDA devices here is cuda:1"):
        choose_device("cuda:2")


@pytest.mark.parametrize("word", ["tpu", "cpu:1", "cuda:one", "cuda:-1"])
def test_other_words_are_refused_with_the_known_ones(devices: pytest.MonkeyPatch, word: str) -> None:
    with pytest.raises(BadInputError, match=f"There is no device '{word}'; known are auto, cpu, cuda"):
        choose_device(word)


def test_a_device_is_described_for_a_person(devices: pytest.MonkeyPatch) -> None:
    assert described(torch.device("cpu")) == "cpu"
    assert described(torch.device("cuda:1")) == "cuda:1 (Some GPU)"
