"""What is done, what is left, what did it cost? Takes sources through the stages to a corpus, and goes on after a kill.

Each stage's folder is named by a fingerprint of all that fixes its rows: the settings that it reads and the fingerprint
of the stage before. So a rerun finds what is done, and an update redoes only the stages that its change reaches. What
a teacher answered is in the ledger, whose answers outlive every stage.
"""

import itertools
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from synth import rounds, stages, tally
from synth.asking import Asking, Round
from synth.budget import asks_teacher
from synth.checks import execution
from synth.collecting import collect
from synth.config import Budget, Config, EngineSettings, load_config
from synth.engines import choose_engine
from synth.errors import UserError
from synth.estimate import Estimate, estimate_plan, round_shares
from synth.folder import RunFolder, Stage, fingerprint, to_parquet
from synth.graphing import GraphStages, build_graph
from synth.identity import identify
from synth.ledger import Ledger
from synth.mapper import InProcess
from synth.meter import Meter
from synth.opening import choose_mapper, list_sources
from synth.progress import Progress, silent
from synth.prompts import prompt_hashes, resource
from synth.prose import NO_TEXT, TextFiles, build_text, search_names, wants_text
from synth.publish import Asked, Made, publish
from synth.recipes.docs.entities import ROUND as ENTITIES
from synth.recipes.docs.entities import names_by_document
from synth.schema import DOCUMENTS, EDGES, NODES
from synth.shards import Metrics
from synth.shards.metrics import round_title
from synth.steps import Run
from synth.store import Place, n_rows, place, read_table, remove_tree

log = logging.getLogger(__name__)


def corpus(
    sources: Sequence[str | Path],
    out: str | Place,
    config: Config | None = None,
    *,
    workers: int | None = None,
    address: str | None = None,
    update: bool = False,
    retry_failed: bool = False,
    progress: Progress = silent,
) -> Metrics:
    """Make a corpus of sources, or go on with one that was interrupted.

    Args:
        sources: folders, git checkouts or URLs, archives, or Parquet or JSONL files of documents, also in an object
            store; `@list.txt`, `@list.csv` or `@list.parquet` names many.
        out: the output folder.
        config: settings, from `synth.config.load_config`; None means the bundled `pipelines/auto.yaml`.
        workers: with Ray Data on this many workers; 0 in this process; None chooses by the size of the source.
        address: of a Ray cluster that shares `out` and the sources with this machine.
        update: take changed sources, prompts or settings into an `out` that was made with others.
        retry_failed: ask a teacher again what failed before.
        progress: called as parts of stages are finished.

    Returns:
        The numbers of the run, as in `metrics.json`.

    Raises:
        UserError: an input, a setting, an engine or the output folder is not usable; the message says how to mend it.
        RuntimeError: a sum that must hold does not (a fault of this program, never of the input).
    """
    with _opened(sources, out, config, workers, address, progress, update) as (run, listed):
        identify(run.folder, listed, run.config, update)
        made = _from_teacher(run, listed, retry_failed) if asks_teacher(run.config) else _from_templates(run, listed)
        run.mapper.close()  # what is left needs memory more than workers
        return publish(run, made)


def estimate(
    sources: Sequence[str | Path],
    out: str | Place,
    config: Config | None = None,
    *,
    workers: int | None = None,
    progress: Progress = silent,
) -> Estimate:
    """Plan a corpus and say what it will take; nothing is asked of a teacher, and no setting is fixed by it.

    What was read and planned stays in `out`, so that the run itself goes on from there.

    Raises:
        UserError: as of `corpus`.
    """
    with _opened(sources, out, config, workers, None, progress) as (run, listed):
        prepared, _ = _prepare(run, listed, None)
        ledger = Ledger(run.folder.answers)
        try:
            return _estimate(run, prepared, ledger)
        finally:
            ledger.close()


@contextmanager
def _opened(
    sources: Sequence[str | Path], out: str | Place, config: Config | None, workers: int | None, address: str | None,
    progress: Progress, update: bool = False,
) -> Iterator[tuple[Run, pa.Table]]:  # fmt: skip
    """A run whose folder is locked and whose files are listed."""
    config = resolve(config or load_config(resource("pipelines") / "auto.yaml"))
    if config.checks.execution and (fault := execution.fault(config.checks)):
        raise UserError(f"checks.execution: {fault}")
    folder = RunFolder(place(out))
    with folder.locked(), TemporaryDirectory(prefix="synth-") as scratch:
        run = Run(folder, config, InProcess(), progress, Path(scratch), address)
        try:
            many = partial(collect, run, workers=workers, update=update)
            listed = list_sources([str(source) for source in sources], config.sources, run.scratch, many)
            if isinstance(run.mapper, InProcess):
                run.mapper = choose_mapper(listed, workers, address)
            yield run, listed
        finally:
            run.mapper.close()
            remove_tree(run.shared)


def _estimate(run: Run, made: Made, ledger: Ledger) -> Estimate:
    parts, text = made.plan.parts("tasks"), None
    if made.text:
        text = made.text.files().read()
        if asks_teacher(run.config) and run.config.text.extractor != "spacy":
            for index, table in enumerate(_windows(run, made.read, made.text.cut)):
                parts.append(run.scratch / f"windows-{index:05d}.parquet")
                pq.write_table(table, parts[-1])
    return estimate_plan(parts, run.config, ledger, _measured_rate(run.folder.out), text)


def _measured_rate(out: Place) -> float | None:
    """Output tokens a second of the run that made the corpus in OUT; None where this version finds no whole one."""
    try:
        metrics = Metrics.model_validate_json((out / "metrics.json").read_bytes())
    except (OSError, ValidationError):
        return None
    return metrics.engine.tokens_per_second or None


def resolve(config: Config) -> Config:
    """Decide who answers where the settings leave it open."""
    engine, why = choose_engine(config.engine)
    if why:
        log.info("engine %s: %s", engine.name, why)
    return config.model_copy(update={"engine": engine})


def _prepare(run: Run, listed: pa.Table, asking: Asking | None) -> tuple[Made, Any]:
    """Read, parse, link, cut and plan; without `asking`, no teacher is asked for entities."""
    config = run.config
    if config.text.extractor == "teacher" and not asks_teacher(config):
        raise UserError("text.extractor: teacher needs one: name it with engine.model, or set text.extractor: spacy")
    graph, key = build_graph(run, listed)
    read, parse, linked = graph
    asked: list[Asked] = []
    text = None
    if wants_text(config):
        naming = None
        if asking is not None and config.text.extractor != "spacy":
            naming = partial(_name_entities, run, graph, asking, asked)
        text, key = build_text(run, graph, key, naming)
    is_empty = not n_rows(linked.part("nodes", 0))
    if is_empty and not (text and any(n_rows(path) for path in text.cut.parts("passages"))):
        raise UserError("the source holds nothing that can be read: " + _reasons(listed, read))

    teacher = asks_teacher(config) and config.teacher.identity()
    plan, key = run.stage(
        "plan",
        [key, config.recipes.identity(), config.seed, config.tokenizer, config.shards.validation, prompt_hashes(),
         teacher, config.tokens],
        "tasks",
    )  # fmt: skip
    with run.timed("plan"):
        if not plan.is_finished:
            remove_tree(plan.path)  # parts of a plan that was cut short may end anywhere
            tables = linked.table("nodes", NODES), linked.table("edges", EDGES), read.table("documents", DOCUMENTS)
            prose = text.files().read() if text else NO_TEXT
            for index, table in enumerate(stages.plan_tasks(*tables, prose, config)):
                plan.commit(index, {"tasks": to_parquet(table)})
                run.progress("plan", index + 1, 0)
            del tables, prose
            plan.finish()
    return Made(listed, read, parse, linked, plan, text=text, asked=asked), key


def _name_entities(
    run: Run, graph: GraphStages, asking: Asking, asked: list[Asked], cut: Stage, key: Any
) -> tuple[Stage, Any]:
    """Have the teacher name the entities of each window, and search what it names in the passages."""
    planned, key = run.stage("windows", [key, run.config.teacher.context_tokens, prompt_hashes()], "tasks")
    if not planned.is_finished:
        remove_tree(planned.path)
        for index, table in enumerate(_windows(run, graph.read, cut)):
            planned.commit(index, {"tasks": to_parquet(table)})
        planned.finish()
    tasks = planned.parts("tasks")
    given, key = _ask(run, asking, Round(ENTITIES, tuple(tasks), run.config.engine), key)
    asked.append(Asked(ENTITIES, tasks, given))
    named = names_by_document(
        (row for path in tasks for row in read_table(path, columns=["task_id", "facts"]).to_pylist()),
        (row for table in given.tables("responses") for row in table.to_pylist()),
    )
    if named.faults:
        first = next(iter(named.faults.values()))
        log.warning("%d answer(s) that should name entities cannot be read: %s", len(named.faults), first)
    found, key = run.stage("named", key, "mentions")
    inputs = zip(cut.parts("passages"), graph.read.parts("documents"), strict=True)
    run.map(found, partial(search_names, names=named.names), list(inputs))
    return found, key


def _windows(run: Run, read: Stage, cut: Stage) -> Iterator[pa.Table]:
    """The requests for the entities of every window."""
    documents = read.table("documents", DOCUMENTS)
    passages = TextFiles(tuple(cut.parts("passages"))).read()
    sources = stages.open_sources(NODES.empty_table(), EDGES.empty_table(), documents, passages, run.config)
    yield from stages.plan_entities(sources, documents, run.config)


def _from_templates(run: Run, listed: pa.Table) -> Made:
    """Answer from the graph and judge: nothing is paid for, so the parts of the stage are journal enough."""
    made, key = _prepare(run, listed, None)
    answers, key = run.stage("generate", [key, run.config.engine.identity()], "responses")
    tasks = made.plan.parts("tasks")
    run.map(answers, partial(stages.generate, settings=run.config.engine), [(path,) for path in tasks])
    judged, key = _judge(run, made, tasks, answers, key)
    return made.with_(key, [judged], asked=[Asked("answer", tasks, answers)])


def _from_teacher(run: Run, listed: pa.Table, retry_failed: bool) -> Made:
    """Have problems written, answered and compared; each round waits for the one before."""
    config, teacher = run.config, run.config.teacher
    ledger = Ledger(run.folder.answers)
    if ledger.dropped:
        log.warning("%d damaged file(s) of answers are ignored: %s", len(ledger.dropped), "; ".join(ledger.dropped))
    meter = Meter(config.engine, ledger.spent)
    asking = Asking(ledger, meter, run.progress, retry_failed, run.address)
    try:
        made, key = _prepare(run, listed, asking)
        tasks, asked, judged = made.plan.parts("tasks"), [*made.asked], []
        if config.engine.budget != Budget():
            asking.shares = round_shares(tasks, config)
        for name in _problem_rounds():
            if not _has_round(tasks, name):
                break
            written, key = _ask(run, asking, Round(name, tuple(tasks), config.engine), key)
            asked.append(Asked(name, tasks, written))
            posed, key = run.stage("pose", [key, name, _checks_key(config)], "tasks", "rejected")
            work = partial(rounds.pose, inputs=_judge_inputs(run, made), settings=teacher, round_=name)
            run.map(posed, work, list(zip(tasks, written.parts("responses"), strict=True)))
            tasks = posed.parts("tasks")
            judged.append((posed, "rejected"))
        answers, key = _ask(run, asking, Round("answer", tuple(tasks), config.engine), key)
        asked.append(Asked("answer", tasks, answers))
        samples, key = _judge(run, made, tasks, answers, key)
        parts: list[tuple[Place, ...]] = [(path,) for path in samples[0].parts("samples")]
        if teacher.judge:
            verdicts, key = run.stage("compare", key, "tasks")
            run.map(verdicts, rounds.plan_verdicts, [(t, *s) for t, s in zip(tasks, parts, strict=True)])
            questions = verdicts.parts("tasks")
            round_ = Round("verdict", tuple(questions), resolve_judge(config))
            given, key = _ask(run, asking, round_, key)
            asked.append(Asked("verdict", questions, given))
            parts = [(*s, t, r) for s, t, r in zip(parts, questions, given.parts("responses"), strict=True)]
        chosen, key = run.stage("choose", [key, teacher.keep], "samples")
        run.map(chosen, partial(rounds.choose, settings=teacher), parts)
        return made.with_(key, [(chosen, "samples"), *judged], asked=asked, meter=meter)
    finally:
        asking.close()


def _problem_rounds() -> Iterator[str]:
    """The rounds in which a teacher is asked for what the next one asks about; a recipe may ask for more."""
    yield "problem"
    yield from (f"problem{number}" for number in itertools.count(2))


def _has_round(tasks: Sequence[Place], name: str) -> bool:
    return any(name in read_table(part, columns=["round"])["round"].unique().to_pylist() for part in tasks)


def resolve_judge(config: Config) -> EngineSettings:
    """Who compares answers: the teacher, where no other engine is named."""
    judge = config.teacher.judge_engine
    return choose_engine(judge)[0] if judge else config.engine


def _ask(run: Run, asking: Asking, round_: Round, key: Any) -> tuple[Stage, Any]:
    """Ask one round, and write what the ledger then holds as a stage, named by what is in it."""
    with run.timed(round_.name):
        asking.ask(round_title(round_.name), round_)
        stage, key = run.stage(round_.name, [key, asking.digest(round_)], "responses")
        for index, part in enumerate(round_.parts):
            if not stage.has(index):
                stage.commit(index, {"responses": to_parquet(asking.responses(round_, part))})
    return stage, key


def _judge(run: Run, made: Made, tasks: list[Place], answers: Stage, key: Any) -> tuple[tuple[Stage, str], Any]:
    judged, key = run.stage("judge", [key, _checks_key(run.config)], "samples")
    pairs = list(zip(tasks, answers.parts("responses"), strict=True))
    run.map(judged, partial(stages.judge_samples, inputs=_judge_inputs(run, made)), pairs)
    return (judged, "samples"), key


def _judge_inputs(run: Run, made: Made) -> stages.JudgeInputs:
    config = run.config
    text = made.text.files() if made.text else None
    documents = tuple(made.read.parts("documents")) if config.checks.execution or text else ()
    nodes, edges = made.linked.part("nodes", 0), made.linked.part("edges", 0)
    return stages.JudgeInputs(nodes, edges, documents, config.tokenizer, config.checks, config.teacher.traces, text)


def _checks_key(config: Config) -> Any:
    return [config.checks.identity(), _benchmark_hash(config)]


def _reasons(listed: pa.Table, read: Stage) -> str:
    counts = tally.count_files(listed, read.tables("skipped"), DOCUMENTS.empty_table()).skipped
    return ", ".join(f"{n} skipped as {reason}" for reason, n in counts.items()) or "it has no files"


def _benchmark_hash(config: Config) -> str:
    path = config.checks.benchmark
    try:
        return fingerprint(path.read_bytes().hex()) if path else ""
    except OSError as error:
        raise UserError(
            f"checks.benchmark: cannot read {path}: {error.strerror}; give a JSONL or Parquet file"
        ) from None
