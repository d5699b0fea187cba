"""When are two ways of writing a name the same? When their normal forms are."""

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"[\s\-\u2010-\u2015_]+")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_PLAIN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CAMEL = re.compile(r"[A-Za-z]+[a-z0-9][A-Z]\w*|[A-Z]+[a-z0-9]\w*[A-Z]\w*")
_ES = re.compile(r"(?:ss|sh|[^aeiou]ch|x|zz)es$")
_ARGUMENTS = re.compile(r"(?<=[\w\])])(?:\([^()]*\)|=[^=].*)$")
_SHORTEST_PLURAL = 4


@lru_cache(1 << 17)
def singular(word: str) -> str:
    """An English word in lower case without the ending of a plural; others may lose their last letter too.

    It makes normal forms, which nobody reads: `alias` becomes `alia` in every place.
    """
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies") and len(word) > _SHORTEST_PLURAL:
        return word[:-3] + "y"
    return word[:-2] if _ES.search(word) else word[:-1]


def key_of(surface: str) -> str:
    """The normal form of a name in prose: case, plural, hyphens, possessives and white space vanish."""
    text = surface if surface.isascii() else unicodedata.normalize("NFKC", surface)
    words = _POSSESSIVE.sub("", _SPACES.sub(" ", text).strip()).lower().split(" ")
    return " ".join([*words[:-1], singular(words[-1])])


def code_key(surface: str) -> str:
    """The normal form of an identifier.

    One that is a plain word has that word's form, so that `pip` and pip are one; one in camel case that of its letters;
    of others case counts, and only marks around the name and the brackets of a call vanish.
    """
    name = code_name(surface)
    if _PLAIN.fullmatch(name):
        return key_of(name)
    return name.lower() if _CAMEL.fullmatch(name) else name


def code_name(surface: str) -> str:
    """An identifier without the arguments of a call, a value that is set, and marks that only say what it is."""
    name = _ARGUMENTS.sub("", surface.strip("`~!@* ").lstrip(".") if "/" not in surface else surface.strip("`"))
    return name.strip() or surface
