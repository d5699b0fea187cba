"""How fast is a run, how much is left, until when? Reckoned from what it took down."""

from dataclasses import dataclass

from synth.record import Record, StageNote, TeacherNote
from synth.signs import rows_by_table
from synth.store import Place


@dataclass(frozen=True)
class StageStatus:
    """One stage of a corpus run; times in seconds, None where there is nothing to reckon from."""

    name: str
    done: int
    total: int
    """0 where it is not known."""
    rows: dict[str, int]
    """By table; of a stage with many parts about so many."""
    seconds: float
    per_second: float | None
    left_seconds: float | None
    is_ended: bool
    note: str


@dataclass(frozen=True)
class TeacherStatus:
    """What the teacher has been asked and has taken: all answers in OUT."""

    round: str
    model: str | None
    answered: int
    """Of the round, failed ones among them."""
    left: int
    failed: int
    """Of all rounds."""
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    tokens_per_second: float | None
    """Output, over the last five minutes."""
    cost: float | None
    currency: str
    budget_left: dict[str, float]
    left_seconds: float | None
    """Of the round, or until its budget ends."""


def stage_status(run: Place, note: StageNote) -> StageStatus:
    """How far a stage is; its rows are those of its folder in the run folder `run`."""
    lasted = (note.ended or note.updated) - note.began
    made = note.done - note.before
    rate = made / lasted if made > 0 and lasted > 0 else None
    is_over = note.ended is not None or not note.total
    return StageStatus(
        name=note.name,
        done=note.done,
        total=note.total,
        rows=rows_by_table(run / note.folder) if note.folder else {},
        seconds=round(lasted, 1),
        per_second=rate,
        left_seconds=(note.total - note.done) / rate if rate and not is_over else None,
        is_ended=note.ended is not None,
        note=note.note,
    )


def teacher_status(record: Record, note: TeacherNote) -> TeacherStatus:
    """What a teacher was asked and took; it ends with its round, or with its budget, whichever is first."""
    stage = next((stage for stage in record.stages if stage.name == note.round), None)
    answered, left = (stage.done, stage.total - stage.done) if stage else (0, 0)
    answers, tokens, output = _speeds(note)
    budget = _budget_left(note, record.written)
    ends = [left / answers] if answers else []
    ends += [budget["tokens"] / tokens] if tokens and "tokens" in budget else []
    ends += [budget["money"] / (tokens * _price(note))] if tokens and _price(note) and "money" in budget else []
    ends += [budget["hours"] * 3600] if "hours" in budget else []
    return TeacherStatus(
        round=note.round,
        model=note.model,
        answered=answered,
        left=left,
        failed=note.failed,
        prompt_tokens=note.prompt,
        cached_tokens=note.cached,
        output_tokens=note.output,
        tokens_per_second=output,
        cost=note.cost,
        currency=note.currency,
        budget_left=budget,
        left_seconds=min(ends) if ends and left else None,
    )


def _speeds(note: TeacherNote) -> tuple[float | None, float | None, float | None]:
    """Answers, tokens and output tokens a second, over what is remembered."""
    if not note.recent:
        return None, None, None
    first, last = note.recent[0], note.recent[-1]
    seconds = last.time - first.time
    if seconds <= 0 or last.answered == first.answered:
        return None, None, None
    gains = (last.answered - first.answered, last.tokens - first.tokens, last.output - first.output)
    return gains[0] / seconds, gains[1] / seconds, gains[2] / seconds


def _price(note: TeacherNote) -> float:
    """Of a token, as all so far have cost."""
    return (note.cost or 0.0) / max(1, note.prompt + note.output)


def _budget_left(note: TeacherNote, now: float) -> dict[str, float]:
    used = {"tokens": note.prompt + note.output, "money": note.cost or 0.0, "hours": (now - note.began) / 3600}
    return {name: max(0.0, given - used[name]) for name, given in note.budget.items() if given is not None}
