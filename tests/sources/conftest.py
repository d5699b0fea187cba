"""Helpers that list and read a source as a run does."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synth.config import SourceSettings
from synth.schema import FILES
from synth.sources import list_files, read_documents


class Listed:
    """What became of each file of a source."""

    def __init__(self, table: pa.Table, settings: SourceSettings) -> None:
        self.table = table
        self.rows: list[dict[str, Any]] = table.to_pylist()
        self.reasons = {row["path"]: row["skip_reason"] for row in self.rows}
        self._settings = settings

    @property
    def used(self) -> list[str]:
        """Paths that go on to be read."""
        return [path for path, reason in self.reasons.items() if not reason]

    def read(self) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """The documents, and why other files were skipped while being read."""
        wanted = self.table.filter(pa.compute.equal(self.table["skip_reason"], ""))
        documents, skipped = read_documents(wanted, self._settings)
        return documents.to_pylist(), {row["path"]: row["skip_reason"] for row in skipped.to_pylist()}


@pytest.fixture
def listing(tmp_path_factory):
    """A function that lists a source."""

    def do(source: str | Path, seen: set[bytes] | None = None, **settings: Any) -> Listed:
        chosen = SourceSettings(**settings)
        work = tmp_path_factory.mktemp("work")
        tables = list_files(str(source), chosen, work, set() if seen is None else seen)
        return Listed(pa.concat_tables([FILES.empty_table(), *tables]), chosen)

    return do


@pytest.fixture
def write(tmp_path):
    """A function that writes files below `tmp_path/src` and gives that folder."""

    def do(files: dict[str, str | bytes]) -> Path:
        root = tmp_path / "src"
        root.mkdir(exist_ok=True)
        for name, data in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        return root

    return do
