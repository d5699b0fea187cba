"""Make text from sources and teachers harmless to look at: nothing in it may act on the page or on its reader."""

import unicodedata

# Characters that change how a page looks without being seen themselves (https://trojansource.codes): control (Cc) and
# format characters (Cf: bidirectional overrides, zero-width joiners), lone surrogates (Cs), private and unassigned code
# points (Co, Cn), and the separators of lines and paragraphs (Zl, Zp).
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_KEPT = frozenset("\n\t")

MAX_CHARACTERS = 4_000
"""Characters of one piece of text that a page shows: a person reads no more, and a browser slows down with more."""


def show_hidden(text: str) -> str:
    """Replace each character that cannot be seen by its code point, such as `⟨U+202E⟩`.

    Markup is left as it is: escaping it is the template's work.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def clip(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Cut a text that is too long to look at, and say how much is missing."""
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text) - limit:,} more characters)"


def _visible(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"⟨U+{ord(character):04X}⟩"
