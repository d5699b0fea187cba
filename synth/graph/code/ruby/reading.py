"""From the text of a Ruby file to its facts: what the toolkit reads, settled by what Ruby says from line to line."""

from collections.abc import Iterator

from synth.graph.code.facts import Binding, Definition, FileFacts, Use
from synth.graph.code.ruby.bare import Locals, called_uses, is_bare, root_of
from synth.graph.code.ruby.docs import cleaned, parameters, returned
from synth.graph.code.ruby.marks import Marks, marks_of
from synth.graph.code.ruby.syntax import RubySyntax
from synth.graph.code.toolkit.notation import UNKNOWN
from synth.graph.code.toolkit.reader import reader_of

_VARIETIES = {
    "singleton": "singleton_method", "class_attribute": "attribute", "defined": "", "group": "describe",
    "example": "it",
}  # fmt: skip
_read = reader_of(RubySyntax)


def read_file(collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
    """Read the facts of one file.

    Args:
        collection: the source that the file belongs to.
        path: its path relative to the source root.
        text: its decoded text; what cannot be parsed is left out and its lines are reported.
        is_test: whether it holds tests.
    """
    facts = _read(collection, path, text, is_test=is_test)
    local = Locals(facts)
    definitions = _settled(facts)
    return facts._replace(
        definitions=definitions,
        bindings=list(_bindings(facts, definitions, local)),
        uses=[*called_uses(facts, local), *_given(facts, local)],
    )


def _settled(facts: FileFacts) -> list[Definition]:
    marks = marks_of(facts)
    settled: list[Definition] = []
    for item in facts.definitions:
        doc = cleaned(item.docstring)
        settled.append(
            _named(facts, settled, item, marks)._replace(
                docstring=doc,
                returns=returned(doc) if item.kind in {"function", "method"} else "",
                visibility=marks.visibility(item),
            )
        )
    return settled


def _named(facts: FileFacts, settled: list[Definition], item: Definition, marks: Marks) -> Definition:
    """A definition with the names that its parents and its place give it."""
    parent = settled[item.parent] if item.parent >= 0 else None
    is_own = parent is not None and item.attached == parent.name
    before = item.attached if item.attached else "" if parent is None else facts.definitions[item.parent].local_name
    tail = item.local_name[len(before) :]
    variety = _VARIETIES.get(item.variety, item.variety)
    if item.kind == "method" and not variety and marks.is_module_function(item):
        variety, tail = "module_function", f".{item.name}"
    elif item.variety == "class_attribute" or (item.scope in marks.inner and _is_method(item)):
        variety, tail = variety or "singleton_method", f".{item.name}"
    prefix = item.attached if item.attached and not is_own else "" if parent is None else parent.local_name
    if parent is None and item.variety in {"group", "example"}:
        prefix = f"{facts.path}: "
    return item._replace(
        name=item.name.rpartition("::")[2] if item.kind == "class" and item.variety != "group" else item.name,
        local_name=f"{prefix}{tail}", variety=variety, attached="" if is_own else item.attached,
    )  # fmt: skip


def _is_method(item: Definition) -> bool:
    return item.kind == "method" or item.variety == "attribute"


def _bindings(facts: FileFacts, definitions: list[Definition], local: Locals) -> Iterator[Binding]:
    """The bindings without marks, with bare calls written out and with the types that YARD's tags declare."""
    inside = _Inside(facts)
    for item in facts.bindings:
        if item.name[0] == "!":
            continue
        definition = definitions[item.definition] if item.definition >= 0 else None
        if item.kind == "definition" and item.name[0] == "@":
            yield inside.moved(item, local)
            continue
        annotation = item.annotation
        if definition is not None and definition.docstring and not annotation:
            if item.kind == "parameter":
                annotation = parameters(definition.docstring).get(item.name, "")
            elif definition.variety == "attribute":
                annotation = returned(definition.docstring)
        yield item._replace(value=local.rewrite(item.scope, item.value) if item.value else "", annotation=annotation)


class _Inside:
    """Which method a line of a file lies in."""

    def __init__(self, facts: FileFacts) -> None:
        self._bodies: dict[int, int] = {}  # scopes by line
        self._names: dict[int, set[str]] = {}  # what is bound in blocks, by the scope of their method
        for item in facts.definitions:
            if item.kind != "variable" and item.body >= 0:
                self._bodies.update(dict.fromkeys(range(item.start_line, item.end_line + 1), item.body))
        for binding in facts.bindings:
            scope = binding.scope
            while scope >= 0 and facts.scopes[scope].kind in {"block", "lambda"}:
                scope = facts.scopes[scope].parent
            self._names.setdefault(scope, set()).add(binding.name)

    def moved(self, item: Binding, local: Locals) -> Binding:
        """The binding of an instance variable, seen from the method that gives it; empty where a block gives it."""
        scope = self._bodies.get(item.line, item.scope)
        root = root_of(item.value)
        if is_bare(root) and root in self._names.get(scope, ()) and not local.is_local(scope, root):
            return item._replace(scope=scope, value="")
        return item._replace(scope=scope, value=local.rewrite(scope, item.value) if item.value else "")


def _given(facts: FileFacts, local: Locals) -> Iterator[Use]:
    """What the blocks of `let` and its like give."""
    for item in facts.bindings:
        if item.name == "!return":
            scope = item.scope
            while scope > 0 and facts.scopes[scope].definition < 0:
                scope = facts.scopes[scope].parent
            owner = facts.scopes[scope].definition
            chain = local.rewrite(item.scope, item.value) if item.value else UNKNOWN
            if owner >= 0:
                yield Use(item.scope, owner, "return", chain, item.line, -1, "")
