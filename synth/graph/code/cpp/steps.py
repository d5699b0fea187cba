"""How the expressions of C and C++ are taken apart."""

from collections.abc import Mapping

from tree_sitter import Node

from synth.graph.code.cpp.declarators import bare_of, function_in, is_global, name_in, parts_of
from synth.graph.code.toolkit.overloads import NULL
from synth.graph.code.toolkit.steps import add_call, arguments_of, index, inside, literal, make
from synth.graph.code.toolkit.syntax import Spine, Step, Syntax
from synth.graph.code.toolkit.trees import text_of

CONSTRUCTOR = "<init>"  # the member that the initialisers of a constructor call
GLOBAL = "::"  # the root of what is named from the global namespace
INLINE = "inline"  # what the name of an inline namespace imports: what is around it
MAKERS = frozenset({"make_unique", "make_shared", "make_optional", "make_intrusive", "MakeUnique", "WrapUnique"})
CASTS = frozenset({"static_cast", "dynamic_cast", "const_cast", "reinterpret_cast", "any_cast", "down_cast"})


def _name(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A name by itself; one that the grammar only supposes is empty."""
    spine.add(text_of(node) or "?", node)
    return None


def _qualified(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a::B<T>::f`, with `::` for the global namespace."""
    for part in reversed(parts_of(node)):
        bare = bare_of(part)
        spine.add(_word(bare), bare)
    if is_global(node):
        spine.add(GLOBAL, node)
    return None


def _template(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    bare = bare_of(node)
    spine.add(_word(bare), bare)
    return None


def _member(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`a.b` and `a->b`; what an arrow is applied to is gone through where it is a smart pointer."""
    field, holder = node.child_by_field_name("field"), node.child_by_field_name("argument")
    if field is None:
        spine.add("?", node)
        return holder
    parts = parts_of(field)
    for part in reversed(parts):
        bare = bare_of(part)
        spine.add(_word(bare), bare)
    if len(parts) > 1:
        return None
    if holder is not None and holder.type != "this" and any(child.type == "->" for child in node.children):
        spine.add("!", field)
    return holder


def _pointer(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`&a` and `*a`; a pointer to a function is called with or without the star."""
    holder = node.child_by_field_name("argument")
    around = node.parent.parent if node.parent is not None and node.parent.type == "parenthesized_expression" else None
    is_called = around is not None and around.type == "call_expression"
    if holder is not None and holder.type != "this" and node.children[0].type == "*" and not is_called:
        spine.add("!", node)
    return holder


def _call(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A call; `make_unique<T>` makes a T, and a cast says that something is one."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is not None and function.type != "identifier":
        last = parts_of(function)[-1]
        if last.type == "template_function" and _word(bare_of(last)) in MAKERS | CASTS:
            given = arguments_of(last.child_by_field_name("arguments"))
            written = syntax.type_of(given[0]) if given else ""
            spine.add(f"{written}{{}}" if written else "?", given[0] if given else node)
            return None
        if function.type == "primitive_type":
            spine.add("?", node)
            return None
    if function is not None and function.type == "identifier" and text_of(function).isupper():
        spine.add("()", arguments or node)  # what a macro is given need not be expressions
    else:
        add_call(syntax, spine, node, arguments)
    return function


def _initialiser(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`Base(x)` of a constructor calls another constructor; `field_(x)` names a field, which may be a pointer."""
    first = node.named_children[0]
    parts = parts_of(first)
    if first.type != "field_identifier" or _is_type(text_of(first)):
        add_call(syntax, spine, node, node.named_children[-1])
        spine.add(CONSTRUCTOR, first)
    for part in reversed(parts):
        bare = bare_of(part)
        spine.add(_word(bare), bare)
    return None


def _is_type(name: str) -> bool:
    """Whether a name is written as types are, and not as fields."""
    return name[:1].isupper() and not name.endswith("_") and not name.isupper()


def _declared(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """`T x(1);` and `T x{1};` make a T; other lists make nothing that has a name."""
    declaration = node.parent.parent if node.parent is not None and node.parent.type == "init_declarator" else None
    declared = declaration.child_by_field_name("type") if declaration is not None else None
    written = syntax.type_of(declared) if declared is not None else ""
    spine.add(f"{written}{{}}" if written else "?", declared or node)
    return None


def _invocation(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    """A macro that is called where declarations stand, which reads as a declaration without a type."""
    declarator = node.child_by_field_name("declarator")
    function = function_in(declarator)
    if function is not None:
        add_call(syntax, spine, node, function.child_by_field_name("parameters"))
        name = name_in(function)
    else:
        spine.add("(1)", declarator or node)
        name = node.child_by_field_name("type")
    spine.add(text_of(name) or "?", name or node)
    return None


def _number(syntax: Syntax, node: Node, spine: Spine) -> Node | None:
    text = text_of(node).lower()
    is_whole = text.startswith("0x") or not set(text) & {".", "e"}
    spine.add("'int" if is_whole else "'double", node)
    return None


def _word(node: Node) -> str:
    """A name as one link, without blanks: `operator()` and the like hold brackets, which chains do not."""
    if node.type == "destructor_name":
        return "~" + text_of(node.named_children[0] if node.named_children else None)
    if node.type in {"operator_name", "operator_cast"}:
        return "?"
    return text_of(node) or "?"


STEPS: Mapping[str, Step] = {
    "identifier": _name,
    "field_identifier": _name,
    "type_identifier": _name,
    "namespace_identifier": _name,
    "this": _name,
    "qualified_identifier": _qualified,
    "template_function": _template,
    "template_type": _template,
    "dependent_name": _template,
    "field_expression": _member,
    "pointer_expression": _pointer,
    "call_expression": _call,
    "subscript_expression": index("argument"),
    "parenthesized_expression": inside(),
    "co_await_expression": inside("argument"),
    "new_expression": make(),
    "cast_expression": make(),
    "compound_literal_expression": make(),
    "number_literal": _number,
    "string_literal": literal("string"),
    "raw_string_literal": literal("string"),
    "concatenated_string": literal("string"),
    "char_literal": literal("char"),
    "true": literal("bool"),
    "false": literal("bool"),
    "null": literal(NULL),
    "field_initializer": _initialiser,
    "argument_list": _declared,
    "initializer_list": _declared,
    "declaration": _invocation,
    "field_declaration": _invocation,
}
