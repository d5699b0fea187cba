"""What did the user ask of the trainer? Pydantic models of a file in `pipelines/train/`.

One file serves both stages: `synth train cpt` and `synth train sft` read the same settings, and what holds for one of
them only is under its name.
"""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from synth.config import Settings


class ModelSettings(Settings):
    """How the base model is loaded."""

    dtype: Literal["auto", "float32", "bfloat16"] = Field("auto", description="auto: bfloat16 on a GPU, else float32")
    attention: Literal["auto", "eager", "sdpa", "flash_attention_2", "flash_attention_3"] = Field(
        "auto", description="auto: FlashAttention where it is installed, else PyTorch's own"
    )
    trust_remote_code: bool = Field(False, description="run Python code that comes with the model")
    gradient_checkpointing: bool | None = Field(None, description="null: on a GPU only")
    liger: bool | None = Field(None, description="Liger kernels; null: on a GPU where they are installed")
    chat_template: Path | None = Field(None, description="Jinja file; null: the model's own, else ChatML")


class LoraSettings(Settings):
    """Adapters instead of all weights; `rank: 0` trains all weights."""

    rank: int = Field(0, ge=0, description="0: no adapters; else their rank")
    alpha: float = Field(16, gt=0, description="scale: alpha/sqrt(rank) with rslora, else alpha/rank")
    rslora: bool = Field(True, description="rank-stabilised scale, without which a high rank hardly learns")
    dropout: float = Field(0, ge=0, lt=1)
    targets: tuple[str, ...] = Field(("all-linear",), description="modules that get an adapter")
    train_embeddings: bool = Field(False, description="train the embeddings and the head in full, too")
    embeddings_lr: float = Field(0.1, gt=0, description="their learning rate, as a share of the others'")


class ReplaySource(Settings):
    """General data that is mixed in, so that the model does not forget what it could."""

    path: str = Field(description="Parquet or JSONL file, folder of them, corpus, or saved dataset")
    name: str | None = Field(None, description="in the plan and the report; null: from the path")
    text: str = Field("text", description="column of the text; `messages` where there is such a column")
    share: float = Field(1, gt=0, description="of all replay, beside the other sources'")


class ReplaySettings(Settings):
    """How much general data every batch holds, beside the corpus and never in place of its rows."""

    rate: float = Field(0.0, ge=0, lt=1, description="share of the sequences of each batch that are replay")
    sources: tuple[ReplaySource, ...] = ()
    max_epochs: float = Field(4, gt=0, description="no source is read more often; the others fill in (UniMax)")

    @model_validator(mode="after")
    def _has_sources(self) -> "ReplaySettings":
        if self.rate > 0 and not self.sources:
            raise ValueError("a rate needs sources: name general data, such as sources: [{path: general.jsonl}]")
        return self


class TagSettings(Settings):
    """Conditional training: a control token before a row says whether it was verified (Korbak et al. 2023)."""

    verified: str | None = Field(None, description="token before rows that passed; such as <|verified|>")
    unverified: str | None = Field(None, description="token before rows that were turned down, which are then used")
    untagged: float = Field(0.05, ge=0, le=1, description="share of rows without a token, so that one works without")
    max_unverified: float = Field(0.3, ge=0, lt=1, description="share of the corpus's tokens that may be unverified")
    reasons: tuple[str, ...] = Field((), description="checks for which a row that failed them alone may be used")

    @model_validator(mode="after")
    def _both_or_none(self) -> "TagSettings":
        if (self.verified is None) != (self.unverified is None):
            raise ValueError("verified and unverified go together: give both tokens, or neither")
        return self


class DataSettings(Settings):
    """Which rows are learned from, how often, and in which order."""

    max_length: int = Field(2048, ge=16, description="tokens of one sequence, into which documents are packed")
    epochs: float = Field(1, gt=0, description="how often each row of the corpus is seen")
    order: Literal["shuffled", "quality", "written"] = Field(
        "shuffled", description="quality: from the worst to the best row; written: as the shards have them"
    )
    quality: str = Field("quality", description="what `order: quality` sorts by: a check's score, or their mean")
    cut: bool = Field(True, description="cpt: cut some documents where whole ones would leave over 1 % padding")
    recipes: dict[str, float] = Field({}, description="epochs of single recipes in place of `epochs`; 0: none")
    best: float = Field(1, gt=0, le=1, description="share of the corpus's tokens that is used, the best rows")
    resample: bool = Field(False, description="choose `best` anew for each epoch, in proportion to quality")
    replay: ReplaySettings = ReplaySettings()
    tags: TagSettings = TagSettings()
    reasoning: Literal["inline", "keep", "drop"] = Field(
        "inline", description="inline: between <think> tags in the answer; keep: `reasoning_content`, for the template"
    )
    corpus_text_in_sft: bool = Field(False, description="SFT reads the rows for continued pretraining too")
    workers: int = Field(0, ge=0, description="processes that tokenise; 0: as many as there are processors")


class OptimizerSettings(Settings):
    """AdamW, and how many sequences one step sees."""

    peak_lr: float = Field(1e-5, gt=0)
    weight_decay: float = Field(0.01, ge=0)
    betas: tuple[float, float] = (0.9, 0.95)
    eps: float = Field(1e-8, gt=0)
    max_grad_norm: float = Field(1.0, gt=0)
    batch: int = Field(16, ge=1, description="sequences of one step, over all workers")
    micro_batch: int | None = Field(None, ge=1, description="sequences that one worker holds at a time; null: chosen")
    max_steps: int | None = Field(None, ge=1, description="stop planning after this many steps")


class ScheduleSettings(Settings):
    """The learning rate over the steps; lengths are shares of all steps where below 1, else steps."""

    kind: Literal["cosine", "wsd", "infinite", "constant"] = "cosine"
    warmup: float = Field(0.05, ge=0)
    floor: float = Field(0.1, ge=0, le=1, description="learning rate at the end, as a share of the peak")
    decay: float = Field(0.2, ge=0, description="wsd and infinite: length of the last part, in which the rate falls")
    decay_shape: Literal["linear", "cosine", "1-sqrt"] = Field("1-sqrt", description="wsd: how it falls")
    cooldown: float = Field(0.3, ge=0, description="infinite: length of the way from the peak to the trunk")
    trunk: float = Field(0.55, gt=0, le=1, description="infinite: the constant rate, as a share of the peak")
    anneal: bool = Field(True, description="infinite: end with the decay; off: leave a trunk for the next corpus")
    on_trunk: bool = Field(False, description="infinite: the model is such a trunk; neither warm up nor cool down")

    @model_validator(mode="after")
    def _falls_to_the_floor(self) -> "ScheduleSettings":
        if self.kind == "infinite" and self.anneal and not 0 < self.floor <= self.trunk:
            raise ValueError("an infinite schedule anneals from its trunk to its floor: give 0 < floor <= trunk")
        return self


class AverageSettings(Settings):
    """The weights that are saved: those of the last step, or a mean of the last checkpoints."""

    kind: Literal["none", "sma", "ema", "linear"] = "none"
    last: int = Field(6, ge=2, description="checkpoints, spaced evenly over `span`")
    span: float = Field(0.2, gt=0, le=1, description="share of the last steps that they come from")
    alpha: float = Field(0.2, gt=0, lt=1, description="ema: weight of each newer checkpoint against the mean so far")
    choose: bool = Field(True, description="keep the mean only where its held-out loss is below the last step's")


class LossSettings(Settings):
    """What is added to the cross-entropy."""

    distill: float = Field(0, ge=0, description="weight of the logit-swap self-distillation of Mix-CPT; 0: off")
    distill_on: Literal["corpus", "replay", "all"] = Field("all", description="whose tokens are distilled")
    temperature: float = Field(1, gt=0, description="of the distillation")
    l2_start: float = Field(0, ge=0, description="weight of the pull back to the base model's weights; 0: off")


class CheckpointSettings(Settings):
    """What a killed run goes on from."""

    steps: int | None = Field(None, ge=1, description="steps between two; null: ten in all, and one at the end")
    keep: int = Field(2, ge=1, description="how many are kept; those of an average are kept until it is made")


class EvaluationSettings(Settings):
    """What is measured before, during and after training."""

    times: int = Field(5, ge=0, description="how often during training, spaced evenly; before and after always")
    rows: int = Field(256, ge=0, description="at most this many sequences of each held-out source")
    general: tuple[str, ...] = Field((), description="Parquet or JSONL of general text, to see what was forgotten")
    probes: int = Field(200, ge=0, description="facts of the source to ask, and as many never trained")
    probe_file: Path | None = Field(None, description="JSONL of probes, in place of those that the corpus gives")


class LogSettings(Settings):
    """Where numbers go while training runs; `metrics.jsonl` is always written."""

    steps: int = Field(1, ge=1, description="steps between two lines")
    tensorboard: bool = True
    wandb: str | None = Field(None, description="project at Weights & Biases; its key comes from WANDB_API_KEY")


class WorkerSettings(Settings):
    """Who computes. Never changes a plan."""

    count: int | None = Field(None, ge=0, description="Ray Train workers; 0: this process alone; null: one a GPU")
    address: str | None = Field(None, description="of a running Ray cluster; null: this machine")
    threads: int | None = Field(None, ge=1, description="of PyTorch, on a CPU; null: its own choice")
    fsdp: bool | None = Field(None, description="shard weights over the workers; null: where there are several GPUs")


class TrainSettings(Settings):
    """A whole training file."""

    OPERATIONAL: ClassVar[set[str]] = {"workers", "log", "checkpoints"}

    seed: int = Field(0, ge=0, lt=2**32)
    model: ModelSettings = ModelSettings()
    lora: LoraSettings = LoraSettings()
    data: DataSettings = DataSettings()
    optimizer: OptimizerSettings = OptimizerSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    average: AverageSettings = AverageSettings()
    loss: LossSettings = LossSettings()
    checkpoints: CheckpointSettings = CheckpointSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    log: LogSettings = LogSettings()
    workers: WorkerSettings = WorkerSettings()


class TrainFile(Settings):
    """A preset: settings of each stage. What `synth train cpt` and `synth train sft` read."""

    cpt: TrainSettings = TrainSettings()
    sft: TrainSettings = TrainSettings()
