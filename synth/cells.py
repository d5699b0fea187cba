"""How is any value written in Markdown, whatever it holds? On one line, and safe within a table."""

import re

from synth.hostile import show_hidden


def one_line(value: object) -> str:
    """A value on one line, with characters that nobody would see shown."""
    return " ".join(show_hidden(str(value)).split())


def cell(value: object) -> str:
    """A value as plain text."""
    return re.sub(r"([\\`*_\[\]<>|~&$])", r"\\\1", one_line(value)) or "-"


def code(value: object) -> str:
    """A value as code: its fence is longer than any run of backticks within."""
    text = one_line(value).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else "-"
