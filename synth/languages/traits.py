"""What do prompts, recipes and checks have to know of a programming language? Its words, and how its code is written.

Everything that differs between languages is data here, so that a template, a recipe or a check is written once. Fields
that match text are regular expressions.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Kinship(NamedTuple):
    """How one type builds on another, in words: `Circle` inherits from `Shape`."""

    says: str  # of the first: it `inherits from`
    asks: str  # the same in a question: does it `inherit from`
    role: str  # what the second is to it: `a direct base class of`
    means: str  # what that is called: `inheritance`


INHERITS = Kinship("inherits from", "inherit from", "a direct base class of", "inheritance")


class Kin(NamedTuple):
    """When a kinship holds: for types that are called so, where an empty word stands for any."""

    subject: str
    object: str
    kinship: Kinship
    is_written: bool | None = None  # whether the first type's own lines name the second; None where it does not matter


class Link(NamedTuple):
    """A line by which one file reaches another: in Python an import."""

    pattern: str = ""  # what such a line matches
    noun: str = "import"
    says: str = "imports"  # of the file
    asks: str = "import"  # the same in a question


class Mark(NamedTuple):
    """What may stand over a definition: in Python a decorator."""

    noun: str
    says: str  # it is `decorated with`


class Grammar(NamedTuple):
    """Where the tree-sitter grammar is, and what its nodes and their fields are called."""

    module: str
    function: str = "language"
    wrappers: tuple[tuple[str, str], ...] = ()
    """What may stand round a piece of code so that it parses, where it is no whole file."""
    may_lack: frozenset[str] = frozenset()
    """Tokens that a macro may bring, so that the code need not have them."""
    calls: tuple[str, ...] = ("call_expression",)
    makers: tuple[str, ...] = ()
    """Calls that name the class of which they make an object."""
    callee: tuple[str, ...] = ("function",)
    """Fields that hold what is called, a receiver before the name."""
    spreads: tuple[str, ...] = ()
    """Arguments that stand for any number of them."""
    sole_spreads: tuple[str, ...] = ()
    """Arguments that may do so where they are the only one."""
    functions: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


class Traits(NamedTuple):
    """One language."""

    title: str
    fence: str
    """The word after the fence of a block of code."""
    aliases: tuple[str, ...]
    """Other words that writers put there."""
    grammar: Grammar
    example: str
    """The full name of a method, as an example."""
    separator: str = "."
    """What stands between a type and its member."""
    words: Mapping[str, str] = MappingProxyType({})
    """What a kind or variety of node is called, where that is not its own name."""
    kin: tuple[Kin, ...] = (Kin("", "", INHERITS),)
    """How types build on each other; the first that fits counts."""
    instance: str = "instance"
    links: tuple[Link, ...] = (Link(),)
    """How files reach each other; the first that fits a line counts, and the first of all where none does."""
    mark: Mark = Mark("annotation", "annotated with")
    doc: str = "doc comment"
    comment: str = "//"
    stub: str = " { /* ... */ }"
    """What follows a header that is shown without its body."""
    closes: str = ";"
    """What ends a header that has no body."""
    ends: int = 1
    """Lines that a definition of several lines has after its body."""
    gap: str = "\n\n"
    """What stands between imports and the code that needs them."""
    receivers: frozenset[str] = frozenset()
    """Parameters that no caller writes."""
    parameter: str = "{type} {name}"
    rest: Mapping[str, str] = MappingProxyType({"var_positional": "...{plain}"})
    """How one that takes any number of arguments is written, by its kind; `plain` is what it were without."""
    named: str = " = "
    """What stands before the default of a parameter that is given by its name."""
    returns: str = ""
    """Where a signature has the returned type: after | before the name and its parameters, or nowhere."""
    modifiers: frozenset[str] = frozenset()
    """Words before a returned type that are no part of it."""
    casing: str = "camel"
    """How names of methods are written: snake | camel | pascal."""
    hooks: frozenset[str] = frozenset()
    """Members that give a class any other member."""
    harmless: str = ".*"
    """Annotations that give a class no members."""
    frameworks: tuple[tuple[str, str], ...] = ()
    """What a test is called, by what its file holds; the first that fits counts."""
    failing: str = ""
    """Code that is meant to fail."""
    binds: bool = True
    """Whether an import names what it brings into scope."""
    has_fixed_arity: bool = True
    """Whether a call with another number of arguments than the function takes is wrong."""
    has_macros: bool = False
    """Whether a macro may stand for any piece of code, so that no grammar can tell what is wrong."""
    reopens_namespaces: bool = False
    """Whether a namespace may be opened in any file."""
    has_overloads: bool = False
    """Whether a type may have several methods of one name."""
    passes_object: bool = False
    """Whether a method that is taken from its type is given its object as the first argument."""
    has_implicit_self: bool = False
    """Whether a method calls another of its class by the bare name."""
    shows_all: bool = False
    """Whether a type or package has nothing but what its source shows and it inherits."""
    known: frozenset[str] = frozenset()
    """Names that every file has without an import, beside the grammar's keywords."""


EXTENDS = Kinship("extends", "extend", "the superclass of", "inheritance")
WIDENS = Kinship("extends", "extend", "an interface that is extended by", "inheritance between interfaces")
IMPLEMENTS = Kinship("implements", "implement", "an interface that is implemented by", "interface implementation")


def words(text: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(text.split())
