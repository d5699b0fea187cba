"""The engine `openai` with vLLM's own server, as a user would start it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from engines.vllm.conftest import task
from engines.vllm.test_engine import SCHEMA, UNBOUNDED
from synth.config import EngineSettings
from synth.engines import open_engine
from synth.engines.base import schema_fault


@pytest.fixture(scope="module")
def url(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "--model": model, "--served-model-name": "tiny", "--host": "127.0.0.1", "--port": port, "--dtype": "float32",
        "--max-model-len": 1024, "--max-num-seqs": 16, "--block-size": 32,
        "--structured-outputs-config": json.dumps({"backend": "xgrammar", "disable_any_whitespace": True}),
    }  # fmt: skip
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    command += [
        "--enforce-eager",
        "--enable-prompt-tokens-details",
        *(str(part) for pair in options.items() for part in pair),
    ]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _wait(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    with httpx2.Client(trust_env=False) as client:
        while time.monotonic() < deadline and server.poll() is None:
            try:
                if client.get(health).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.2)  # it is not up yet
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")


def test_its_answers_come_back_with_their_tokens_and_fit_their_schema(url, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    engine = open_engine(EngineSettings(name="openai", model="tiny", openai={"base_url": url, "concurrency": 8}))
    words = " ".join(f"word{number}" for number in range(60))
    tasks = [task(n, content=f"{words} {n}", schema=SCHEMA, max_tokens=80, n=1 + n % 2) for n in range(60)]
    answers = list(engine.answer([*tasks, task(99, content="long " * 2000)]))
    [failed] = [rows for rows in answers if rows[0]["status"] == "failed"]
    answered = [rows for rows in answers if rows[0]["status"] == "ok"]
    assert failed[0]["task_id"] == task(99)["task_id"]
    assert sorted(rows[0]["task_id"] for rows in answered) == sorted(item["task_id"] for item in tasks)
    assert sum(len(rows) for rows in answered) == 90
    whole = [row["text"] for rows in answered for row in rows if row["finish_reason"] == "stop"]
    assert len(whole) >= 80
    assert sum(schema_fault(text, UNBOUNDED) == "" for text in whole) >= 0.95 * len(whole)
    assert sum(rows[0]["cached_tokens"] > 64 for rows in answered) >= 50
    assert all(rows[0]["prompt_tokens"] > rows[0]["cached_tokens"] for rows in answered)
