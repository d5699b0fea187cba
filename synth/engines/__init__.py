"""The engines room: who answers? An engine turns tasks into responses and knows nothing of recipes or graphs.

To add one, write a module with a class that follows `Engine` and register it in `ENGINES`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from synth.config import EngineSettings
from synth.engines.template import TemplateEngine


class Engine(Protocol):
    """Answers tasks.

    `answer` takes rows of `synth.schema.TASKS` and yields rows of `synth.schema.RESPONSES`, at least one a task: a task
    that cannot be answered yields a row of status `failed` whose `error` says why.
    """

    name: str

    def answer(self, tasks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Answer tasks; rows may come in any order."""
        ...


ENGINES: dict[str, Callable[[EngineSettings], Engine]] = {"template": lambda _: TemplateEngine()}


def open_engine(settings: EngineSettings) -> Engine:
    """Make the engine that the settings name."""
    return ENGINES[settings.name](settings)
