"""The documentation says what is so."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from corpora import SHOP

from synth.checks import CHECKS
from synth.config import (
    Budget,
    Config,
    EngineSettings,
    OpenAISettings,
    Prices,
    Recipes,
    SourceSettings,
    TeacherSettings,
    VllmSettings,
    load_config,
)
from synth.schema import RESPONSES, table_from_rows
from synth.sources import SKIP_REASONS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files(path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_skip_reason_check_and_setting_is_explained():
    sources = page("docs/sources.md")
    pipelines = "".join(page(f"docs/{name}.md") for name in ("pipelines", "checks-docs", "recipes-docs", "budget"))
    assert [reason for reason, meaning in SKIP_REASONS.items() if f"| `{reason}` | {meaning} |" not in sources] == []
    assert [name for name in SourceSettings.model_fields if f"  {name}: " not in sources] == []
    assert [name for name, sentence in CHECKS.items() if f"| `{name}` | {sentence} |" not in pipelines] == []
    for field in Recipes.model_fields.values():
        settings = field.annotation.__args__[0]
        assert [name for name in settings.model_fields if f"`{name}`" not in pipelines] == [], field.alias


def test_every_setting_has_a_default_that_the_page_states():
    text = page("docs/sources.md")
    for name, field in SourceSettings.model_fields.items():
        stated = re.search(rf"^  {name}: (\S.*?)  #", text, re.MULTILINE)
        assert stated, name
        if isinstance(field.default, bool):
            assert stated[1] == str(field.default).lower()
        elif isinstance(field.default, int):
            assert int(stated[1]) == field.default
    assert Config().shards.validation == 0.05


def test_the_examples_in_python_run(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", page("docs/python.md"), re.DOTALL)
    code = (
        "\n".join(blocks).replace('"path/to/repo", "other.tar.gz"', f'"{SHOP}"').replace('"path/to/repo"', f'"{SHOP}"')
    )
    code = (
        code.replace('"out"', '"out1"', 1)
        .replace('"out"', '"out2"')
        .replace('"pipelines/code.yaml"', f'"{ROOT}/pipelines/code.yaml"')
    )
    code = code.replace("workers=2", "workers=0")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
    assert (tmp_path / "graph-folder" / "nodes.parquet").exists()


def test_every_setting_of_a_teacher_is_explained():
    text = page("docs/teachers.md")
    assert [name for name in TeacherSettings.model_fields if f"| `{name}` |" not in text] == []
    nested = (EngineSettings, OpenAISettings, VllmSettings, Budget, Prices)
    missing = {f"{model.__name__}.{name}" for model in nested for name in model.model_fields if f"{name}:" not in text}
    assert missing == set()


def test_the_bundled_pipelines_load():
    for path in sorted((ROOT / "pipelines").glob("*.yaml")):
        recipes = load_config(path).recipes
        assert recipes.single_hop is not None or recipes.docs_qa is not None


def test_the_example_of_an_engine_is_one():
    (block,) = re.findall(r"```python\n(.*?)```", page("docs/engines.md"), re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(block, namespace)
    engine = namespace["EchoEngine"](EngineSettings())
    sampling = {"temperature": 0.0, "top_p": 1.0, "max_tokens": 9, "n": 2, "seed": 1}
    tasks = [
        {"task_id": name, "messages": [{"role": "user", "content": text}], "sampling": sampling}
        for name, text in (("a", "short"), ("b", "long" * 30_000))
    ]
    answers = list(engine.answer(tasks))
    assert [[row["status"] for row in rows] for rows in answers] == [["ok", "ok"], ["failed"]]
    table_from_rows([row for rows in answers for row in rows], RESPONSES)


def test_make_lists_its_targets():
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"corpus", "test", "lint", "bench", "lock", "clean", "help"} <= set(done.stdout.split())
    missing = subprocess.run(["make", "corpus"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert missing.returncode == 2
    assert "SOURCE is missing" in missing.stderr


def test_the_core_install_has_no_torch_and_no_vllm():
    core = page("requirements/core.txt")
    assert not re.search(r"^(torch|vllm|transformers|nvidia)", core, re.MULTILINE)
    assert "--hash=sha256:" in core
