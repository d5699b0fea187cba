"""What did the user ask for? Pydantic models of a pipeline file, and how `--set` changes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from synth.amounts import Amount
from synth.errors import UserError


class Settings(BaseModel):
    """Base of all settings: unknown keys are refused and values cannot be changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    OPERATIONAL: ClassVar[set[str]] = set()
    """Settings that say how work is done and never change a row: a run may go on with others."""

    def identity(self) -> dict[str, Any]:
        """What fixes the rows of a run: every setting but the operational ones, as JSON values."""
        values = self.model_dump(mode="json", by_alias=True, exclude=self.OPERATIONAL)
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if isinstance(value, Settings) and name not in self.OPERATIONAL:
                values[field.alias or name] = value.identity()
        return values


class SourceSettings(Settings):
    """Which files of a source are read."""

    languages: tuple[str, ...] = Field(
        (
            "python", "c", "cpp", "csharp", "go", "java", "javascript", "typescript", "tsx", "rust", "ruby",
            "markdown", "rst", "text", "html", "pdf", "docx", "epub", "notebook",
        ),
        description="languages to read, of code and of documents; other files are skipped, counted",
    )  # fmt: skip
    max_file_bytes: int = Field(1_000_000, gt=0, description="a larger file of code is skipped as too_large")
    max_document_bytes: int = Field(50_000_000, gt=0, description="a larger document is skipped as too_large")
    document_seconds: int = Field(120, gt=0, description="time of a processor that reading one document may take")
    max_archive_bytes: int = Field(4_000_000_000, gt=0, description="an archive may not unpack to more than this")
    gitignore: bool = Field(True, description="leave out what .gitignore files name")
    submodules: bool = Field(False, description="clone and read git submodules too")
    vendored: bool = Field(False, description="read vendored third-party code too")
    generated: bool = Field(False, description="read generated files too")
    near_duplicate_threshold: float | None = Field(
        0.85, gt=0, le=1, description="MinHash Jaccard from which a file is a copy of one of another listed collection"
    )
    allowed_licenses: tuple[str, ...] | None = Field(
        None, description="SPDX ids; sources of other licences are skipped"
    )


class RecipeSettings(Settings):
    """The budget of one recipe; without one, each unit of evidence is used once (see `repeats`)."""

    samples: int | None = Field(None, ge=0, description="at most this many tasks")
    tokens: Amount | None = Field(None, ge=0, description="at most about this many tokens of questions and answers")
    per_collection: int | None = Field(None, ge=0, description="at most this many tasks of one collection")
    repeats: int = Field(1, ge=1, description="how many tasks, of different wording, a unit of evidence may get")
    share: float = Field(1, ge=0, description="of the token budget of the whole corpus, beside those of the others")


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


class PassageSettings(RecipeSettings):
    """Settings of `docs.passage`."""

    context_tokens: int = Field(2048, ge=64, description="length limit of one sample; passages are joined up to it")


class DossierSettings(RecipeSettings):
    """Settings of `docs.dossier`."""

    context_tokens: int = Field(2048, ge=64, description="length limit of one sample")
    min_passages: int = Field(2, ge=2, description="entities of which fewer passages speak get no dossier")
    max_uses: int = Field(2, ge=1, description="no further dossier is made where half of it was used so often before")


class DocsPairSettings(RecipeSettings):
    """Settings of `docs.pair`."""

    max_sentences: int = Field(12, ge=1, description="the most sentences of one sample")


class DocsQASettings(RecipeSettings):
    """Settings of `docs.qa`."""

    negatives: float = Field(0.15, ge=0, le=1, description="unanswerable questions per answerable one")


class EntigraphSettings(RecipeSettings):
    """Settings of `entigraph.pair`, `entigraph.triple` and `entigraph.cross_document`."""

    max_entities: int = Field(40, ge=2, description="entities of one window that are combined, the rarest first")
    max_triples: int = Field(1000, ge=0, description="triples of one window, connected ones first")
    context_tokens: int = Field(8192, ge=256, description="of a document that one prompt shows at the most")


class RewriteSettings(RecipeSettings):
    """Settings of `spa.*` and `rephrase.*`: recipes that rewrite one document."""

    context_tokens: int = Field(8192, ge=256, description="of a document that one prompt shows at the most")


class ActiveReadingSettings(RecipeSettings):
    """Settings of `active_reading.*`."""

    strategies: int = Field(8, ge=1, le=20, description="study strategies that the teacher invents for a document")
    context_tokens: int = Field(8192, ge=256, description="of a document that one prompt shows at the most")


class KnowledgeSettings(RecipeSettings):
    """Settings of `knowledge_instruct`."""

    paraphrases: int = Field(5, ge=1, le=10, description="wordings of each fact")
    rounds: int = Field(3, ge=1, le=10, description="how often a document is asked for more facts, at the most")
    context_tokens: int = Field(8192, ge=256, description="of a document that one prompt shows at the most")


class Recipes(Settings):
    """The recipes of a run; one that is absent is not made."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    dependency_cpt: DependencyCptSettings | None = Field(None, alias="ucd.dependency_cpt")
    single_hop: SingleHopSettings | None = Field(None, alias="ucd.single_hop")
    compositional: CompositionalSettings | None = Field(None, alias="ucd.compositional")
    utilization: UtilizationSettings | None = Field(None, alias="ucd.utilization")
    docs_passage: PassageSettings | None = Field(None, alias="docs.passage")
    docs_dossier: DossierSettings | None = Field(None, alias="docs.dossier")
    docs_pair: DocsPairSettings | None = Field(None, alias="docs.pair")
    docs_qa: DocsQASettings | None = Field(None, alias="docs.qa")
    entigraph_pair: EntigraphSettings | None = Field(None, alias="entigraph.pair")
    entigraph_triple: EntigraphSettings | None = Field(None, alias="entigraph.triple")
    entigraph_cross_document: EntigraphSettings | None = Field(None, alias="entigraph.cross_document")
    spa_key_concepts: RewriteSettings | None = Field(None, alias="spa.key_concepts")
    spa_mind_map: RewriteSettings | None = Field(None, alias="spa.mind_map")
    spa_implications: RewriteSettings | None = Field(None, alias="spa.implications")
    spa_critical_thinking: RewriteSettings | None = Field(None, alias="spa.critical_thinking")
    spa_case_study: RewriteSettings | None = Field(None, alias="spa.case_study")
    spa_dialogue: RewriteSettings | None = Field(None, alias="spa.dialogue")
    spa_teacher: RewriteSettings | None = Field(None, alias="spa.teacher")
    active_reading_task_agnostic: ActiveReadingSettings | None = Field(None, alias="active_reading.task_agnostic")
    active_reading_task_specific: ActiveReadingSettings | None = Field(None, alias="active_reading.task_specific")
    rephrase_easy: RewriteSettings | None = Field(None, alias="rephrase.easy")
    rephrase_medium: RewriteSettings | None = Field(None, alias="rephrase.medium")
    rephrase_hard: RewriteSettings | None = Field(None, alias="rephrase.hard")
    rephrase_qa: RewriteSettings | None = Field(None, alias="rephrase.qa")
    knowledge_instruct: KnowledgeSettings | None = None

    def of(self, name: str) -> RecipeSettings | None:
        """The settings of a recipe by its name; None where it is not made."""
        for field, info in type(self).model_fields.items():
            if (info.alias or field) == name:
                settings: RecipeSettings | None = getattr(self, field)
                return settings
        raise KeyError(name)


class TextSettings(Settings):
    """How prose is cut into passages, and what is taken for an entity."""

    passage_tokens: int = Field(384, ge=32, description="length limit of one passage")
    extractor: Literal["auto", "teacher", "spacy"] = Field(
        "auto", description="who names entities: the teacher where there is one, else spaCy"
    )
    spacy_model: str | None = Field(None, description="an installed spaCy pipeline with NER, such as en_core_web_sm")
    max_entities: int = Field(100, ge=2, description="entities of one document, those that count most")


class SamplingSettings(Settings):
    """How a teacher samples; what is not set here is as the prompt's own front matter says."""

    temperature: float | None = Field(None, ge=0, le=5)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, description="an answer that reaches it is cut, and never accepted")
    extra: dict[str, Any] = Field(default_factory=dict, description="further parameters, such as top_k or min_p")


class ReasoningSettings(Settings):
    """How the trace of a thinking model is told from its answer."""

    parser: str | None = Field(None, description="vllm's reasoning parser of the model, such as qwen3; else the tags")
    start: str = "<think>"
    end: str = "</think>"


class VllmSettings(Settings):
    """The engine `vllm`: a model that runs here, or on the GPUs of a Ray cluster."""

    OPERATIONAL: ClassVar[set[str]] = {"replicas", "in_flight"}
    PLACEMENT: ClassVar[set[str]] = {
        "tensor_parallel_size", "pipeline_parallel_size", "distributed_executor_backend", "gpu_memory_utilization",
        "kv_cache_memory_bytes", "max_num_seqs", "max_num_batched_tokens", "enforce_eager", "disable_log_stats",
        "enable_prefix_caching", "download_dir",
    }  # fmt: skip
    """Engine arguments that say where and how fast a model runs, not what it answers."""

    args: dict[str, Any] = Field(default_factory=dict, description="any engine argument of vLLM")
    chat_template_kwargs: dict[str, Any] = Field(default_factory=dict, description="such as enable_thinking: true")
    lora: str | None = Field(None, description="folder of a LoRA adapter")
    replicas: int = Field(1, ge=1, description="engines side by side; more than one are placed by Ray")
    in_flight: int = Field(1024, ge=1, description="requests that one engine holds at once")

    def identity(self) -> dict[str, Any]:
        """As of all settings, but of the engine arguments only those that change an answer."""
        values = super().identity()
        return values | {"args": {key: value for key, value in values["args"].items() if key not in self.PLACEMENT}}


class OpenAISettings(Settings):
    """The engine `openai`: any endpoint that speaks the OpenAI chat protocol."""

    OPERATIONAL: ClassVar[set[str]] = {
        "base_url", "api_key_env", "concurrency", "requests_per_minute", "tokens_per_minute", "timeout", "tries",
    }  # fmt: skip

    base_url: str | None = Field(None, description="such as http://127.0.0.1:8000/v1; else OPENAI_BASE_URL")
    api_key_env: str = Field("OPENAI_API_KEY", description="the environment variable that holds the key")
    concurrency: int = Field(256, ge=1, description="requests in flight at the most; fewer while the endpoint refuses")
    requests_per_minute: int | None = Field(None, ge=1)
    tokens_per_minute: int | None = Field(None, ge=1, description="prompt and answer tokens, as max_tokens allows")
    timeout: float = Field(600, gt=0, description="seconds that one request may take")
    tries: int = Field(6, ge=1, description="how often a request is made before it is set aside as failed")
    structured_output: bool = Field(True, description="send JSON schemas to the endpoint; else only check answers")


class Prices(Settings):
    """What a million tokens cost, in one currency."""

    prompt: float = Field(0, ge=0)
    cached: float | None = Field(None, ge=0, description="prompt tokens from the cache; as prompt where not set")
    output: float = Field(0, ge=0)
    currency: str = "USD"

    def cost(self, prompt: int, cached: int, output: int) -> float:
        """What so many tokens cost; cached tokens are part of the prompt tokens."""
        price_of_cached = self.prompt if self.cached is None else self.cached
        return ((prompt - cached) * self.prompt + cached * price_of_cached + output * self.output) / 1e6


class Budget(Settings):
    """Where asking ends; raise it and run the same command to go on."""

    tokens: Amount | None = Field(None, ge=0, description="prompt and output tokens of all answers in OUT")
    money: float | None = Field(None, ge=0, description="in the currency of engine.prices, of all answers in OUT")
    hours: float | None = Field(None, ge=0, description="of asking, in each run")


class EngineSettings(Settings):
    """Who answers."""

    OPERATIONAL: ClassVar[set[str]] = {"prices", "budget", "tokens_per_second"}

    name: Literal["auto", "template", "vllm", "openai"] = Field(
        "auto", description="auto: vllm with a GPU and a model, else openai with an endpoint, else template"
    )
    model: str | None = Field(None, description="the teacher model; the template engine has none")
    sampling: SamplingSettings = SamplingSettings()
    reasoning: ReasoningSettings = ReasoningSettings()
    vllm: VllmSettings = VllmSettings()
    openai: OpenAISettings = OpenAISettings()
    prices: Prices = Prices()
    budget: Budget = Budget()
    tokens_per_second: float | None = Field(
        None, gt=0, description="output tokens a second that --dry-run reckons with; else as measured, or assumed"
    )

    @model_validator(mode="after")
    def _has_prices(self) -> "EngineSettings":
        if self.budget.money is not None and not (self.prices.prompt or self.prices.output):
            raise ValueError("engine.budget.money needs prices: set engine.prices.prompt and engine.prices.output")
        return self

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        """Let `engine: auto` stand for `engine: {name: auto}`."""
        return {"name": value} if isinstance(value, str) else value


class TeacherSettings(Settings):
    """What a teacher model is asked for; the template engine has no use for it."""

    questions: Literal["written", "template"] = Field(
        "written", description="written: the teacher writes the questions too; template: from the graph, one call less"
    )
    paraphrases: int = Field(3, ge=1, le=8, description="questions that it writes about one relation")
    traces: Literal["written", "native"] = Field(
        "written", description="written: it writes the trace as recall; native: a thinking model's own, as it comes"
    )
    context_tokens: int = Field(8192, ge=256, description="source that a prompt shows at the most")
    candidates: int = Field(2, ge=1, le=32, description="answers to each question; the best that pass are kept")
    keep: int = Field(1, ge=1, description="answers to one question that are kept at the most")
    judge: bool = Field(False, description="have a model compare each candidate with the reference")
    judge_engine: EngineSettings | None = Field(None, description="who compares; the teacher itself where not set")


class CheckSettings(Settings):
    """What is kept."""

    min_answer_tokens: int = Field(3, ge=0)
    min_text_tokens: int = Field(32, ge=0, description="a shorter text of a teacher for pretraining is rejected")
    max_sample_tokens: int = Field(8192, ge=1, description="a longer instruction sample is rejected")
    max_reasoning_tokens: int = Field(4096, ge=1, description="a sample with a longer trace is rejected")
    near_duplicate_threshold: float = Field(0.8, gt=0, le=1, description="MinHash Jaccard on word 5-grams")
    benchmark: Path | None = Field(None, description="JSONL or Parquet; samples that share its n-grams are rejected")
    benchmark_ngram: int = Field(13, ge=3, description="length in words of an n-gram that counts as overlap")
    support: float = Field(0.5, ge=0, le=1, description="share of a sample's sentences that its evidence must support")
    support_sentence: float | None = Field(
        None, ge=0, le=1, description="score from which a sentence counts as supported; else as fits the method"
    )
    support_model: Path | None = Field(None, description="folder of an NLI or embedding model; else words are compared")
    max_copied_words: int = Field(30, ge=8, description="words in a row that a teacher may take from the evidence")
    max_copied_share: float = Field(0.2, ge=0, le=1, description="share of its 8-grams that the evidence may have too")
    execution: bool = Field(False, description="run generated code and its tests in a sandbox without network")
    execution_python: Path | None = Field(None, description="interpreter with what the source needs; else synth's own")
    execution_seconds: float = Field(30, gt=0, description="time that one program may take")
    execution_memory_mb: int = Field(2048, ge=64, description="memory that one program may take")


class ShardSettings(Settings):
    """How the corpus is written."""

    validation: float = Field(0.05, ge=0, lt=1, description="share of source files whose samples are held out")
    rows_per_shard: int = Field(50_000, ge=1)


class EvaluationSettings(Settings):
    """What was measured of a model that was trained on a corpus of one size."""

    tokens: Amount = Field(description="of the corpus")
    accuracy: float = Field(description="share of the questions that were answered right, from 0 to 1")


class Config(Settings):
    """A whole pipeline file."""

    OPERATIONAL: ClassVar[set[str]] = {"evaluations"}

    seed: int = Field(0, ge=0, lt=2**63)
    tokenizer: str | None = Field(None, description="tokenizer.json or its folder; without it tokens are estimated")
    tokens: Amount | None = Field(
        None, ge=1, description="about how many tokens the corpus shall have, over all recipes; such as 10M"
    )
    evaluations: tuple[EvaluationSettings, ...] = Field((), description="to fit what --dry-run expects of more tokens")
    sources: SourceSettings = SourceSettings()
    text: TextSettings = TextSettings()
    recipes: Recipes = Recipes()
    engine: EngineSettings = EngineSettings()
    teacher: TeacherSettings = TeacherSettings()
    checks: CheckSettings = CheckSettings()
    shards: ShardSettings = ShardSettings()


S = TypeVar("S", bound=Settings)
NO_YAML = (yaml.YAMLError, ValueError, RecursionError)
"""What the reader raises: also for a date or a number that is none, and for what is nested too deeply."""


def load_config(path: Path | None, overrides: Sequence[str] | None = None) -> Config:
    """Read a pipeline file and apply `--set` overrides; see `load_settings`."""
    return load_settings(Config, path, overrides, "pipeline")


def load_settings(model: type[S], path: Path | None, overrides: Sequence[str] | None, what: str) -> S:
    """Read a YAML file of settings and apply `--set` overrides.

    Args:
        model: what the file holds.
        path: a YAML file; None means all defaults.
        overrides: dotted keys with YAML values, such as `recipes.ucd.single_hop.samples=100`.
        what: the name of such a file, and of the option that gives one, for messages.

    Raises:
        UserError: the file is missing or is no YAML, or a key or value is not known; the message names it.
    """
    data: Any = {}
    if path is not None:
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except OSError as error:
            raise UserError(f"cannot read {what} {path}: {error.strerror}; give a YAML file with --{what}") from None
        except (*NO_YAML, UnicodeDecodeError) as error:
            raise UserError(f"{what} {path} is not valid YAML: {' '.join(str(error).split())}") from None
        if not isinstance(data, dict):
            raise UserError(f"{what} {path} must hold settings (key: value), not {type(data).__name__}")
    for override in overrides or ():
        _apply(data, override)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UserError(f"bad setting in {path or 'the settings'}: {_explain(error)}") from None


_RECIPES = {field.alias for field in Recipes.model_fields.values()}


def _apply(data: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key.strip():
        raise UserError(f"--set {override!r} is not of the form key=value, such as --set seed=7")
    try:
        value = yaml.safe_load(text)
    except NO_YAML:
        raise UserError(f"--set {key}: {text!r} is not a YAML value; quote it") from None
    parts = key.strip().split(".")
    if parts[0] == "recipes" and ".".join(parts[1:3]) in _RECIPES:  # most names of recipes hold a dot
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
        where = " ".join(".".join(str(part) for part in item["loc"]).split())
        got = "" if item["type"] in {"missing", "extra_forbidden"} else f" (got {item['input']!r})"
        what = "unknown key" if item["type"] == "extra_forbidden" else item["msg"]
        lines.append(f"{where}: {what}{got}")
    return "; ".join(lines)
