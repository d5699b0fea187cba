"""Prompts and templates: Markdown files under `prompts/`, rendered in a sandbox, hashed into every row.

A file has YAML front matter (`id`, `version`, and for a model also `response_schema` and `sampling`) and a body in
sections. A heading `# question` opens a section; a line of three asterisks parts the variants of a section, of which a
task uses one. Text from a source or a teacher is only ever a value of a template, never a template.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

_PACKAGED = Path(__file__).parent / "_resources"
_CHECKOUT = Path(__file__).parent.parent
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SECTION = re.compile(r"^# (\w+)\n", re.MULTILINE)
_VARIANT = re.compile(r"^\*\*\*\n", re.MULTILINE)

_environment = ImmutableSandboxedEnvironment(
    undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, keep_trailing_newline=True
)


def code_block(code: str) -> str:
    """Fence a piece of Python; the fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}python\n{code}\n{fence}"


_environment.filters["code_block"] = code_block


@dataclass(frozen=True)
class Prompt:
    """One prompt file: its identity and, by section, the compiled variants."""

    id: str
    version: int
    sha256: str
    sections: Mapping[str, tuple[jinja2.Template, ...]]


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
    return Prompt(prompt_id, meta["version"], hashlib.sha256(text.encode()).hexdigest(), sections)


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
