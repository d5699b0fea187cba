"""What did the user ask for? Pydantic models of a pipeline file, and how `--set` changes them."""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import UserError


class Settings(BaseModel):
    """Base of all settings: unknown keys are refused and values cannot be changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(Settings):
    """Which files of a source are read."""

    languages: tuple[str, ...] = Field(("python",), description="languages to read; other files are skipped, counted")
    max_file_bytes: int = Field(1_000_000, gt=0, description="a larger file is skipped as too_large")
    max_archive_bytes: int = Field(4_000_000_000, gt=0, description="an archive may not unpack to more than this")
    gitignore: bool = Field(True, description="leave out what .gitignore files name")
    submodules: bool = Field(False, description="clone and read git submodules too")
    vendored: bool = Field(False, description="read vendored third-party code too")
    generated: bool = Field(False, description="read generated files too")
    allowed_licenses: tuple[str, ...] | None = Field(
        None, description="SPDX ids; sources of other licences are skipped"
    )


class RecipeSettings(Settings):
    """The budget of one recipe; without one, each unit of evidence is used once (see `repeats`)."""

    samples: int | None = Field(None, ge=0, description="at most this many tasks")
    tokens: int | None = Field(None, ge=0, description="at most about this many tokens of questions and answers")
    repeats: int = Field(1, ge=1, description="how many tasks, of different wording, a unit of evidence may get")


class DependencyCptSettings(RecipeSettings):
    """Settings of `ucd.dependency_cpt`."""

    context_tokens: int = Field(8192, ge=256, description="length limit of one window of files")


class SingleHopSettings(RecipeSettings):
    """Settings of `ucd.single_hop`."""

    negatives: float = Field(0.2, ge=0, le=1, description="questions about what does not exist, per positive question")


class CompositionalSettings(RecipeSettings):
    """Settings of `ucd.compositional`."""

    max_apis: int = Field(6, ge=2, description="the most APIs that one question combines")


class UtilizationSettings(RecipeSettings):
    """Settings of `ucd.utilization`."""

    max_lines: int = Field(80, ge=2, description="longer functions are not asked for")
    max_tests: int = Field(
        3, ge=1, description="a function is asked for with this many of its tests, the closest first"
    )


class Recipes(Settings):
    """The recipes of a run; one that is absent is not made."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    dependency_cpt: DependencyCptSettings | None = Field(None, alias="ucd.dependency_cpt")
    single_hop: SingleHopSettings | None = Field(None, alias="ucd.single_hop")
    compositional: CompositionalSettings | None = Field(None, alias="ucd.compositional")
    utilization: UtilizationSettings | None = Field(None, alias="ucd.utilization")


class EngineSettings(Settings):
    """Who answers."""

    name: Literal["template"] = Field("template", description="template: answers from the code graph, no model")
    model: str | None = Field(None, description="the teacher model; the template engine has none")


class CheckSettings(Settings):
    """What is kept."""

    min_answer_tokens: int = Field(3, ge=0)
    max_sample_tokens: int = Field(8192, ge=1, description="a longer instruction sample is rejected")
    near_duplicate_threshold: float = Field(0.8, gt=0, le=1, description="MinHash Jaccard on word 5-grams")
    benchmark: Path | None = Field(None, description="JSONL or Parquet; samples that share its n-grams are rejected")
    benchmark_ngram: int = Field(13, ge=3, description="length in words of an n-gram that counts as overlap")


class ShardSettings(Settings):
    """How the corpus is written."""

    validation: float = Field(0.05, ge=0, lt=1, description="share of source files whose samples are held out")
    rows_per_shard: int = Field(50_000, ge=1)


class Config(Settings):
    """A whole pipeline file."""

    seed: int = Field(0, ge=0, lt=2**63)
    tokenizer: str | None = Field(None, description="tokenizer.json or its folder; without it tokens are estimated")
    sources: SourceSettings = SourceSettings()
    recipes: Recipes = Recipes()
    engine: EngineSettings = EngineSettings()
    checks: CheckSettings = CheckSettings()
    shards: ShardSettings = ShardSettings()


def load_config(path: Path | None, overrides: Annotated[list[str], "key.path=value"] | None = None) -> Config:
    """Read a pipeline file and apply `--set` overrides.

    Args:
        path: a YAML file; None means all defaults.
        overrides: dotted keys with YAML values, such as `recipes.ucd.single_hop.samples=100`.

    Raises:
        UserError: the file is missing or is no YAML, or a key or value is not known; the message names it.
    """
    data: Any = {}
    if path is not None:
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except OSError as error:
            raise UserError(
                f"cannot read pipeline {path}: {error.strerror}; give a YAML file with --pipeline"
            ) from None
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise UserError(f"pipeline {path} is not valid YAML: {' '.join(str(error).split())}") from None
        if not isinstance(data, dict):
            raise UserError(f"pipeline {path} must hold settings (key: value), not {type(data).__name__}")
    for override in overrides or ():
        _apply(data, override)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise UserError(f"bad setting in {path or 'the settings'}: {_explain(error)}") from None


def _apply(data: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key.strip():
        raise UserError(f"--set {override!r} is not of the form key=value, such as --set seed=7")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise UserError(f"--set {key}: {text!r} is not a YAML value; quote it") from None
    parts = key.strip().split(".")
    if parts[0] == "recipes" and len(parts) > 2:  # recipe names hold a dot
        parts[1:3] = [".".join(parts[1:3])]
    for part in parts[:-1]:
        child = data.get(part)
        data[part] = child = {} if child is None else child
        if not isinstance(child, dict):
            raise UserError(f"--set {key}: {part} holds a value, not settings")
        data = child
    data[parts[-1]] = value


def _explain(error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"])
        got = "" if item["type"] in {"missing", "extra_forbidden"} else f" (got {item['input']!r})"
        what = "unknown key" if item["type"] == "extra_forbidden" else item["msg"]
        lines.append(f"{where}: {what}{got}")
    return "; ".join(lines)
