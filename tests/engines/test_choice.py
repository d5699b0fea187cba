"""`engine: auto` takes what is there, and says which and why."""

import importlib.util

import pytest

from synth import engines
from synth.config import EngineSettings
from synth.engines import choose_engine


@pytest.fixture
def machine(monkeypatch):
    """Sets what the machine has."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    def has(*, gpu: bool = False, vllm: bool = False, **environment: str) -> None:
        monkeypatch.setattr(engines, "has_gpu", lambda: gpu)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if vllm else None)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return has


MODEL = {"name": "auto", "model": "some/model"}


@pytest.mark.parametrize(
    ("there", "settings", "name", "why"),
    [
        ({"gpu": True, "vllm": True}, MODEL, "vllm", "a GPU and the model some/model are there"),
        ({"gpu": True, "vllm": True, "OPENAI_API_KEY": "k"}, MODEL, "vllm", "a GPU"),
        ({"OPENAI_API_KEY": "k"}, MODEL, "openai", "an endpoint and the model some/model are configured"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, MODEL, "openai", "an endpoint"),
        ({}, MODEL | {"openai": {"base_url": "http://127.0.0.1:1/v1"}}, "openai", "an endpoint"),
        ({"gpu": True}, MODEL, "template", "vLLM is not installed and no endpoint"),
        ({"vllm": True}, MODEL, "template", "there is no GPU and no endpoint"),
        ({"gpu": True, "vllm": True, "OPENAI_API_KEY": "k"}, {"name": "auto"}, "template", "names no teacher"),
    ],
)
def test_auto_takes_what_is_there_and_says_why(machine, there, settings, name, why):
    machine(**there)
    chosen, reason = choose_engine(EngineSettings.model_validate(settings))
    assert chosen.name == name
    assert why in reason


def test_a_named_engine_is_taken_as_it_is(machine):
    machine(gpu=True, vllm=True)
    settings = EngineSettings(name="template", model="some/model")
    assert choose_engine(settings) == (settings, "")


def test_a_single_word_names_the_engine():
    assert EngineSettings.model_validate("auto").name == "auto"
