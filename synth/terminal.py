"""How does a terminal see what happens? The consoles, and a view of progress."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as View
from rich.text import Text

from synth.progress import Progress, silent

console = Console()
errors = Console(stderr=True)


class _Rate(ProgressColumn):
    """Parts or answers a second, and what a stage has to say beside."""

    def render(self, task: Task) -> Text:
        rate = f"{task.speed:.1f}/s" if task.speed else ""
        note = task.fields["note"]
        return Text(f"{rate}  {note}" if note else rate, style="progress.data.speed")


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A progress view on a terminal; silent elsewhere."""
    if not errors.is_terminal:
        yield silent
        return
    columns = (
        TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(), _Rate(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with View(*columns, console=errors) as view:
        rows: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int, note: str = "", /) -> None:
            if stage not in rows:
                rows[stage] = view.add_task(stage, total=total or None, note="")
            view.update(rows[stage], completed=done, total=total or None, note=note)

        yield show
