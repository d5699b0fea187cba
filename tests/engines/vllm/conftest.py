"""The real vLLM with a tiny model. Loading takes a while, so tests that can share an engine do."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synth.config import EngineSettings
from synth.engines import Engine, open_engine

ARGUMENTS = {"dtype": "float32", "max_model_len": 1024, "enforce_eager": True, "max_num_seqs": 16, "block_size": 32}
IN_FLIGHT = 16


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.vllm)
            item.add_marker(pytest.mark.filterwarnings("ignore"))  # vLLM's and torch's are not ours to mend
            if importlib.util.find_spec("vllm") is None:
                item.add_marker(pytest.mark.skip(reason="vLLM is not installed: make test-vllm"))


def settings(model: Path, *, arguments: dict[str, Any] | None = None, **changes: Any) -> EngineSettings:
    vllm = {"in_flight": IN_FLIGHT, "args": ARGUMENTS | (arguments or {}), **changes.pop("vllm", {})}
    return EngineSettings.model_validate({"name": "vllm", "model": str(model), "vllm": vllm, **changes})


def task(number: int, content: str = "", schema: str = "", **sampling: Any) -> dict[str, Any]:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": content or f"query {number}"}]
    parameters = {"temperature": 1.0, "top_p": 1.0, "max_tokens": 12, "n": 1, "seed": 1000 * number, **sampling}
    return {"task_id": f"{number:032x}", "messages": messages, "response_schema": schema, "sampling": parameters}


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_model import make_model

    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session", autouse=True)
def _small_cache() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "VLLM_CPU_KVCACHE_SPACE", "1")  # GiB; on a GPU it has no meaning
        yield


@pytest.fixture(scope="session")
def engine(model: Path) -> Iterator[Engine]:
    opened = open_engine(settings(model))
    yield opened
    opened.close()
