"""Jupyter notebooks: Markdown cells as they are, code cells between fences; what the cells printed is left out."""

import json
from typing import Any

from synth.sources.extract.base import Extracted, clean, fenced, finish
from synth.sources.extract.titles import markdown_title
from synth.sources.skips import Skip


def extract(data: bytes, language: str) -> Extracted:
    """Read a notebook of format 3 or 4.

    Raises:
        Skip: it is no notebook.
    """
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Skip("broken", f"no JSON: {error}") from None
    cells = _cells(notebook)
    if cells is None:
        raise Skip("broken", "no cells")
    code_language = _language(notebook)
    blocks = [block for cell in cells if isinstance(cell, dict) and (block := _block(cell, code_language))]
    text = clean(finish(blocks))
    return Extracted(text, markdown_title(text), "utf-8")


def _cells(notebook: Any) -> list[Any] | None:
    if not isinstance(notebook, dict):
        return None
    sheets = notebook.get("worksheets")  # format 3
    if isinstance(sheets, list):
        return [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    cells = notebook.get("cells")
    return cells if isinstance(cells, list) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for part, name in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(said, dict) and isinstance(said.get(name), str):
            return "".join(char for char in str(said[name]).lower() if char.isalnum() or char in "+#-")
    return "python"


def _block(cell: dict[str, Any], code_language: str) -> str:
    source = cell.get("source", cell.get("input", ""))
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    if not text.strip():
        return ""
    kind, level = cell.get("cell_type"), cell.get("level", 1)
    if kind == "code":
        return fenced(text, code_language)
    if kind == "heading":  # format 3
        return f"{'#' * (int(level) if level in range(1, 7) else 1)} {text.strip()}"
    return text.strip("\n") if kind == "markdown" else ""
