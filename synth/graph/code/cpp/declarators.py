"""What does a C or C++ declarator declare? The name inside of its pointers, arrays, brackets and parameter lists."""

from collections.abc import Iterator

from tree_sitter import Node

FUNCTIONS = frozenset({"function_declarator", "abstract_function_declarator"})
_WRAPPERS = frozenset(
    {
        "pointer_declarator", "reference_declarator", "array_declarator", "parenthesized_declarator", "init_declarator",
        "attributed_declarator", "variadic_declarator", "abstract_pointer_declarator", "abstract_reference_declarator",
        "abstract_array_declarator", "abstract_parenthesized_declarator",
    }
)  # fmt: skip
NAMES = frozenset(
    {
        "identifier", "field_identifier", "type_identifier", "qualified_identifier", "destructor_name",
        "operator_name", "operator_cast", "template_function", "template_method", "primitive_type",
    }
)  # fmt: skip


def steps_in(declarator: Node | None) -> Iterator[Node]:
    """A declarator, then what each one wraps, down to the name."""
    while declarator is not None:
        yield declarator
        if declarator.type in NAMES:
            return
        declarator = _inner(declarator)


def _inner(node: Node) -> Node | None:
    inner = node.child_by_field_name("declarator")
    if inner is not None or node.type not in _WRAPPERS | FUNCTIONS:
        return inner
    for child in node.named_children:
        if child.type in NAMES or child.type in _WRAPPERS or child.type in FUNCTIONS:
            return child
    return None


def name_in(declarator: Node | None) -> Node | None:
    """The name that is declared; None where there is none."""
    last = None
    for last in steps_in(declarator):  # noqa: B007 (the last one is wanted)
        pass
    return last if last is not None and last.type in NAMES else None


def function_in(declarator: Node | None) -> Node | None:
    """The declarator of a function's parameters; None for variables, pointers to functions among them.

    In `void (*f(int))(char)` that is the inner one, since the outer is part of what `f` returns.
    """
    found = None
    for step in steps_in(declarator):
        if step.type in FUNCTIONS:
            found = step
        elif step.type in {"operator_cast", "qualified_identifier"}:
            last = parts_of(step)[-1]
            return last if last.type == "operator_cast" else found
        elif step.type in {"pointer_declarator", "reference_declarator", "array_declarator"}:
            found = None
    return found


def layers_of(declarator: Node | None) -> int:
    """How many arrays are around what is declared."""
    return sum(step.type in {"array_declarator", "abstract_array_declarator"} for step in steps_in(declarator))


def returns_function(declarator: Node | None) -> bool:
    """Whether what is declared is a pointer to a function."""
    return function_in(declarator) is None and any(step.type in FUNCTIONS for step in steps_in(declarator))


def parts_of(name: Node) -> list[Node]:
    """The parts of a qualified name, from the left: `a::B<T>::f` as `a`, `B<T>` and `f`."""
    parts: list[Node] = []
    while name.type == "qualified_identifier":
        scope, last = name.child_by_field_name("scope"), name.child_by_field_name("name")
        if scope is not None:
            parts.append(scope)
        if last is None:
            return parts
        name = last
    parts.append(name)
    return parts


def bare_of(part: Node) -> Node:
    """The name without its template arguments."""
    while part.type in {"template_type", "template_function", "template_method", "dependent_name", "dependent_type"}:
        inner = part.child_by_field_name("name") or (part.named_children[0] if part.named_children else None)
        if inner is None:
            return part
        part = inner
    return part


def is_global(name: Node) -> bool:
    """Whether a qualified name begins with `::`."""
    return name.type == "qualified_identifier" and name.child_by_field_name("scope") is None
