"""Prompts and templates: Markdown files under `prompts/`, rendered in a sandbox, hashed into every row.

A file has YAML front matter (`id`, `version`, and for a model also `sampling`, `response_schema` and how long an answer
is expected to be) and a body in sections. A heading `# question` opens a section; a line of three asterisks parts the
variants of a section, of which a task uses one. Text from a source or a teacher is only ever a value of a template,
never a template.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from synth.languages.naming import plural, with_article

_PACKAGED = Path(__file__).parent / "_resources"
_CHECKOUT = Path(__file__).parent.parent
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SECTION = re.compile(r"^# (\w+)\n", re.MULTILINE)
_VARIANT = re.compile(r"^\*\*\*\n", re.MULTILINE)

_environment = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, keep_trailing_newline=True
)


def code_block(code: str, language: str = "python") -> str:
    """Fence a piece of code under the word for its language; the fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


_environment.filters |= {"code_block": code_block, "a": with_article, "plural": plural}


@dataclass(frozen=True)
class Prompt:
    """One prompt file: its identity and, by section, the compiled variants."""

    id: str
    version: int
    sha256: str
    sections: Mapping[str, tuple[jinja2.Template, ...]]
    response_schema: str = ""
    """A JSON schema that an answer has to fit, or empty for free text."""
    sampling: Mapping[str, Any] = field(default_factory=dict)
    expected_tokens: int = 0
    """About how long an answer is, for estimates."""


def resource(kind: str) -> Path:
    """The folder `prompts` or `pipelines`: inside the installed package, or of the checkout that is being run."""
    packaged = _PACKAGED / kind
    return packaged if packaged.is_dir() else _CHECKOUT / kind


@cache
def load_prompt(prompt_id: str) -> Prompt:
    """Load `prompts/<family>/<name>.md` for the id `<family>.<name>`."""
    family, _, name = prompt_id.partition(".")
    text = (resource("prompts") / family / f"{name}.md").read_text(encoding="utf-8")
    front = _FRONT_MATTER.match(text)
    if front is None:
        raise ValueError(f"prompt {prompt_id} has no front matter")
    meta = yaml.safe_load(front[1])
    parts = _SECTION.split(text[front.end() :])
    sections = {
        title: tuple(_environment.from_string(variant.strip("\n")) for variant in _VARIANT.split(body))
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }
    if meta["id"] != prompt_id:
        raise ValueError(f"prompt file of {prompt_id} carries the id {meta['id']}")
    schema = meta.get("response_schema")
    return Prompt(
        id=prompt_id,
        version=meta["version"],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sections=sections,
        response_schema=json.dumps(schema, sort_keys=False) if schema else "",
        sampling=meta.get("sampling", {}),
        expected_tokens=meta.get("expected_tokens", 0),
    )


def prompt_hashes() -> dict[str, str]:
    """The hash of every prompt file, by id: what a run has to name when it refuses a changed prompt."""
    folder = resource("prompts")
    return {
        f"{path.parent.name}.{path.stem}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*/*.md"))
    }


def variables(facts: Mapping[str, Sequence[str]]) -> dict[str, str | list[str]]:
    """Turn a task's facts into template variables: `name[]` is a list, any other fact a single string."""
    return {
        key.removesuffix("[]"): list(values) if key.endswith("[]") else values[0]
        for key, values in facts.items()
        if values or key.endswith("[]")
    }


def render(prompt: Prompt, section: str, choice: int, facts: Mapping[str, Sequence[str]]) -> str:
    """Render variant `choice` (modulo their number) of a section; blanks at the ends are removed."""
    variants = prompt.sections[section]
    return variants[choice % len(variants)].render(variables(facts)).strip()
