"""How are names and words put together? Full names of every language, articles and plurals."""

import re

SEPARATOR = re.compile(r"::|->|\?\.|[./#]")
"""What stands between the parts of a full name in any language."""
_OPERATOR = re.compile(r"(?:^|::|[.#])(operator\b\s*\S.*|~\w+|[^\w\s:.]+)$")
_AN = ("xunit", "nunit", "mstest", "rspec", "html", "http")
_A = ("uni", "use", "eu", "`use")


def split_name(name: str) -> list[str]:
    """The parts of a full name: `net/http.Client.Do` has four."""
    return [part for part in SEPARATOR.split(name) if part]


def last_name(name: str) -> str:
    """The last part of a full name; that of `Vector::operator/` is `operator/`."""
    if match := _OPERATOR.search(name):
        return match[1]
    return (split_name(name) or [name])[-1]


def with_article(noun: str) -> str:
    """A noun with `a` or `an` before it."""
    word = noun.lower()
    is_vowel = word.lstrip("`")[:1] in set("aeio") or word[:1] == "u"
    return f"{'an' if word.startswith(_AN) or (is_vowel and not word.startswith(_A)) else 'a'} {noun}"


def plural(noun: str) -> str:
    """A noun in the plural."""
    if re.search(r"(?:s|x|ch|sh)$", noun):
        return noun + "es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", noun) + "s"


def pieces(name: str) -> list[str]:
    """The words of an identifier, lower case: `parse_URLPath` has three."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def cased(words: list[str], casing: str) -> str:
    """Words as one identifier: snake | camel | pascal."""
    if casing == "snake":
        return "_".join(words)
    joined = "".join(word.capitalize() for word in words)
    return joined if casing == "pascal" else joined[:1].lower() + joined[1:]


def casing_of(name: str) -> str:
    """How a name is written: snake | camel | pascal; empty where one word in small letters could be any."""
    if "_" in name.strip("_"):
        return "snake"
    if name[:1].isupper():
        return "pascal"
    return "camel" if name != name.lower() else ""
