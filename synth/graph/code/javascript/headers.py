"""What stands around a definition? Its header on one line, its decorators, and bases that are given to it elsewhere."""

from tree_sitter import Node

from synth.graph.code.javascript.naming import VALUES, Target, target_of
from synth.graph.code.toolkit.syntax import Base
from synth.graph.code.toolkit.trees import one_line, text_of


def header_of(node: Node, body: Node | None) -> str:
    """The header of a function, class or test, with the name that it is assigned to."""
    if node.type == "call_expression":
        arguments = node.child_by_field_name("arguments")
        first = arguments.named_children[:1] if arguments is not None else []
        return f"{one_line(node.children[:1])}({one_line([item for item in first if item.type not in VALUES])})"
    kept = [
        child
        for child in node.children
        if child.type != "decorator" and (body is None or child.end_byte <= body.start_byte)
    ]
    header = one_line(kept).rstrip(" ;{")
    return f"{_assigned_to(node, target_of(node))}{header}"


def _assigned_to(node: Node, target: Target) -> str:
    """What stands before a function expression that has its name from there: `const f = `."""
    if target.node is None or node.child_by_field_name("name") == target.node or target.name == "default":
        return ""
    statement = target.node.parent
    if statement is None:
        return ""
    if statement.type == "variable_declarator":
        declaration = statement.parent
        word = text_of(declaration.children[0]) if declaration is not None else ""
        return f"{word} {target.name} = "
    if statement.type == "pair":
        return f"{target.name}: "
    left = statement.child_by_field_name("left") or (
        statement if statement.type == "member_expression" else target.node
    )
    return f"{one_line([left])} = "


def decorators_of(node: Node) -> list[Node]:
    """The decorators before a class, its `export`, or a member, without their marks."""
    found = [child for child in node.children if child.type == "decorator"]
    parent = node.parent
    if parent is not None and parent.type == "export_statement":
        found = [child for child in parent.children if child.type == "decorator"] + found
    before = node.prev_sibling if parent is not None and parent.type == "class_body" else None
    while before is not None and before.type == "decorator":
        found.insert(0, before)
        before = before.prev_sibling
    return [item.named_children[0] for item in found if item.named_child_count]


def given_bases(node: Node) -> list[Base]:
    """What a call or an assignment makes the base of a class that is made of functions."""
    owner, arguments = node.child_by_field_name("left"), node.child_by_field_name("arguments")
    if owner is not None:
        made = node.child_by_field_name("right")
        callee = made.child_by_field_name("function") if made is not None else None
        arguments = made.child_by_field_name("arguments") if made is not None else None
        given = arguments.named_children[:1] if text_of(callee) == "Object.create" and arguments is not None else []
    else:
        given = arguments.named_children if arguments is not None else []
        owner, given = (given[0], given[1:2]) if given else (None, [])
    name = text_of(owner).removesuffix(".prototype")
    if (
        not given
        or not name.replace(".", "").isidentifier()
        or given[0].type not in {"identifier", "member_expression"}
    ):
        return []
    return [Base(given[0], owner=name)]
