"""What do C#'s documenting comments say? The text without its XML."""

import html
import re

_REFERENCE = re.compile(
    r"<(?:see|seealso|paramref|typeparamref)\s+(?:cref|name|langword|href)=\"(?:\w:)?([^\"]*)\"\s*/?>"
)
_PARAMETER = re.compile(r"<(?:param|typeparam)\s+name=\"([^\"]*)\"\s*>")
_EXCEPTION = re.compile(r"<exception\s+cref=\"(?:\w:)?([^\"]*)\"\s*>")
_RETURNS = re.compile(r"<(returns|value|remarks|example)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BLANKS = re.compile(r"[ \t]+")


def without_tags(text: str) -> str:
    """The words of a comment, one line for each parameter; other text is kept as it is."""
    if "<" not in text:
        return text
    text = _REFERENCE.sub(r"\1", text)
    text = _PARAMETER.sub(r"\1: ", text)
    text = _EXCEPTION.sub(r"Throws \1: ", text)
    text = _RETURNS.sub(lambda match: "" if match[1] == "remarks" else f"{match[1].capitalize()}: ", text)
    lines = [_BLANKS.sub(" ", line).strip() for line in _TAG.sub("", text).splitlines()]
    return html.unescape("\n".join(line for line in lines if line))
