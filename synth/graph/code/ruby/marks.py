"""Which methods are private? The words `private`, `module_function` and their like, as they stand in a class."""

from typing import NamedTuple

from synth.graph.code.facts import Definition, FileFacts

_STATIC = frozenset({"private_class_method", "public_class_method"})
_VISIBILITIES = {
    "private": "private", "protected": "protected", "public": "public", "module_function": "public",
    "private_class_method": "private", "public_class_method": "public", "private_constant": "private",
}  # fmt: skip


class Marks(NamedTuple):
    """The words of one file that change the visibility of definitions."""

    following: dict[int, list[tuple[int, str]]]  # those that hold for all that follows, by scope: line and word
    naming: dict[tuple[int, str, bool], str]  # those that name a definition: scope, name, whether it is of the class
    inner: frozenset[int]  # scopes of `class << self`, in which methods of the class are written like others

    def visibility(self, item: Definition) -> str:
        """Whether a definition is public, protected or private."""
        if item.name[0] == "@":
            return "private"
        word = self._word(item)
        return _VISIBILITIES.get(word, "public")

    def is_module_function(self, item: Definition) -> bool:
        """Whether a method is one of the module itself too."""
        return self._word(item) == "module_function"

    def _word(self, item: Definition) -> str:
        is_static = item.variety in {"singleton", "class_attribute"}
        named = self.naming.get((item.scope, item.name, is_static))
        if named is not None:
            return named
        is_open = item.kind == "method" or item.variety == "attribute"
        if not is_open or is_static or item.variety in {"example", "let", "hook"}:
            return ""
        before = [word for line, word in self.following.get(item.scope, ()) if line <= item.line]
        return before[-1] if before else ""


def marks_of(facts: FileFacts) -> Marks:
    """The marks among the bindings of a file; see `synth.graph.code.ruby.names`."""
    marks = Marks({}, {}, frozenset(index for index, scope in enumerate(facts.scopes) if scope.kind == "block"))
    for item in facts.bindings:
        if item.name[0] != "!" or item.name == "!return":
            continue
        word, _, name = item.name[1:].partition(" ")
        if name:
            marks.naming[item.scope, name, word in _STATIC] = word
        elif word not in _STATIC:
            marks.following.setdefault(item.scope, []).append((item.line, word))
    return marks
