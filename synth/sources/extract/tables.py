"""Rows of cells as a table of Markdown."""

from collections.abc import Sequence


def table_lines(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first row is its header; rows without text are left out, short ones filled up."""
    kept = [[cell.replace("\n", " ").replace("|", "\\|") for cell in row] for row in rows if any(row)]
    if not kept:
        return ""
    width = max(map(len, kept))
    head, *body = [[*row, *[""] * (width - len(row))] for row in kept]
    return "\n".join(_row(cells) for cells in (head, ["---"] * width, *body))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
