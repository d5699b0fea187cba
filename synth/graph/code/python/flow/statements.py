"""What does a statement do to the names of its frame? Assignments, and ways that part and meet."""

from collections.abc import Callable

from tree_sitter import Node

from synth.graph.code.python.flow.annotations import annotated
from synth.graph.code.python.flow.expressions import (
    MAX_DEPTH,
    OPERATORS,
    Lowering,
    is_path,
    key_of,
    line_of,
    operate,
    test,
    unpacked,
)
from synth.graph.code.python.flow.frames import Env
from synth.graph.code.python.flow.instructions import Op
from synth.graph.code.python.flow.narrowing import narrow, narrow_name
from synth.graph.code.python.grammar import field, text_of, unwrap

BRACKETS = frozenset({"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"})


def block(low: Lowering, node: Node | None) -> None:
    """Lower the statements of a block in order."""
    if node is None or low.depth > MAX_DEPTH:
        return
    low.depth += 1
    for child in node.named_children:
        handler = STATEMENTS.get(child.type)
        if handler is not None:
            handler(low, child)
    low.depth -= 1


def bind(low: Lowering, target: Node, value: int) -> None:
    """Assign a value to a target of any shape."""
    if target.type == "identifier":
        low.asm.assign(text_of(target), value)
    elif target.type == "attribute":
        _bind_attribute(low, target, value)
    elif target.type == "subscript":
        _bind_item(low, target, value)
    elif target.type in BRACKETS:
        for position, part in enumerate(child for child in target.named_children if child.type != "comment"):
            bind(low, part, unpacked(low, value, position, target))
    elif target.type in {"parenthesized_expression", "as_pattern_target", "list_splat_pattern"}:
        for child in target.named_children:
            bind(low, child, value)


def _bind_attribute(low: Lowering, target: Node, value: int) -> None:
    frame = low.asm.frame
    name = low.asm.mangled(text_of(field(target, "attribute")))
    base = low.value(field(target, "object"))
    _remember(low, target, value)
    if base < 0 or value < 0:
        return
    parameters = frame.parameter_vars
    leaves = _leaves(low, value)
    is_self = bool(parameters) and base == parameters[0] and bool(frame.receiver)
    kept = [leaf for leaf in leaves if is_self and leaf in parameters[1:]]
    for leaf in kept:
        low.asm.emit(Op.KEEP_PARAMETER, frame.owner, low.asm.name(name), parameters.index(leaf))
    declared = [frame.declared[parameters.index(leaf)] for leaf in kept]
    rest = low.asm.merge([*(leaf for leaf in leaves if leaf not in kept), *declared]) if kept else value
    if rest >= 0:
        low.asm.emit(Op.SET_ATTRIBUTE, base, low.asm.name(name), rest, low.owner, line_of(target))


def _remember(low: Lowering, target: Node, value: int) -> None:
    """Until it is assigned again, a path holds what was assigned to it here, whatever else its object may hold."""
    text = text_of(target)
    env = low.asm.frame.env
    for path in [path for path in env if path.startswith(text) and not path.isidentifier()]:
        del env[path]
    if value >= 0 and is_path(target):
        env[text] = value


def _leaves(low: Lowering, value: int) -> list[int]:
    """The variables that a value is merged from."""
    found: list[int] = []
    stack = [value]
    while stack:
        variable = stack.pop()
        sources = low.asm.sources.get(variable)
        if sources is None:
            found.append(variable)
        else:
            stack.extend(sources)
    return list(dict.fromkeys(found))


def _bind_item(low: Lowering, target: Node, value: int) -> None:
    base = low.value(field(target, "value"))
    keys = target.children_by_field_name("subscript")
    held = [low.value(key) for key in keys]
    _remember(low, target, value)
    if base < 0:
        return
    name = key_of(keys[0]) if len(keys) == 1 else "*"
    low.asm.emit(Op.SET_ITEM, base, low.asm.name(name), value, low.owner, line_of(target))
    if held[0] >= 0:
        low.asm.emit(Op.SET_ITEM, base, low.asm.name("#"), held[0], low.owner, line_of(target))


def _expression(low: Lowering, node: Node) -> None:
    for child in node.named_children:
        handler = STATEMENTS.get(child.type)
        if handler is not None:
            handler(low, child)
        else:
            low.value(child)


def _assignment(low: Lowering, node: Node) -> None:
    targets = [field(node, "left")]
    annotation = node.child_by_field_name("type")
    value = node.child_by_field_name("right")
    while value is not None and value.type == "assignment":
        targets.append(field(value, "left"))
        annotation = value.child_by_field_name("type") or annotation
        value = value.child_by_field_name("right")
    held = low.value(value)
    if annotation is not None:
        typed = annotated(low, annotation, low.asm.frame)
        if low.asm.frame.kind == "class" and targets[0].type == "identifier":
            low.asm.emit(Op.FIELD, low.owner, low.asm.name(text_of(targets[0])), typed)
            if value is None:
                return
        held = low.asm.merge((held, typed))
    for target in reversed(targets):
        bind(low, target, held)


def _augmented(low: Lowering, node: Node) -> None:
    target = field(node, "left")
    left, right = low.value(target), low.value(field(node, "right"))
    sign = text_of(field(node, "operator")).removesuffix("=")
    result = operate(low, left, right, f"i{OPERATORS.get(sign, sign)}", line_of(node))
    bind(low, target, low.asm.merge((left, result)))


def _return(low: Lowering, node: Node) -> None:
    values = [child for child in node.named_children if child.type != "comment"]
    value = low.value(values[0]) if values else -1
    give_back(low, value)
    low.asm.frame.dead = True


def give_back(low: Lowering, value: int) -> None:
    """Return a value from the present function, parameters and calls of captured parameters in a way of their own."""
    frame = low.asm.frame
    asm = low.asm
    for leaf in _leaves(low, value) if value >= 0 else ():
        if leaf in frame.parameter_vars:
            position = frame.parameter_vars.index(leaf)
            asm.emit(Op.RETURN_PARAMETER, frame.owner, position)
            if frame.declared[position] >= 0:
                asm.emit(Op.RETURN, frame.owner, frame.declared[position])
            continue
        base, name = asm.attributes.get(leaf, (-1, ""))
        if frame.receiver and base >= 0 and base == frame.parameter_vars[0]:
            asm.emit(Op.RETURN_ATTRIBUTE, frame.owner, asm.name(name))
            continue
        callee = asm.callees.get(leaf, -1)
        position = _captured(low, callee)
        if callee in frame.parameter_vars:
            asm.emit(Op.RETURN_OWN_CALL, frame.owner, frame.parameter_vars.index(callee))
        elif position >= 0:
            asm.emit(Op.RETURN_CALL, frame.owner, position)
        else:
            asm.emit(Op.RETURN, frame.owner, leaf)


def _captured(low: Lowering, callee: int) -> int:
    """The parameter of the enclosing function that a variable holds, -1 if it holds something else."""
    outer = low.asm.frame.parent
    if callee < 0 or outer is None or outer.kind != "function":
        return -1
    for position, name in enumerate(outer.parameters):
        if outer.cells.get(name) == callee and len(outer.versions.get(name, ())) == 1:
            return position
    return -1


def _if(low: Lowering, node: Node) -> None:
    ways: list[tuple[Env, bool]] = []
    branches = [node, *node.children_by_field_name("alternative")]
    for branch in branches:
        if branch.type == "else_clause":
            block(low, field(branch, "body"))
            break
        condition = field(branch, "condition")
        test(low, low.value(condition), line_of(condition))
        before = low.asm.branch()
        was_dead = low.asm.frame.dead
        narrow(low, condition, holds=True)
        block(low, field(branch, "consequence"))
        ways.append((low.asm.frame.env, low.asm.frame.dead))
        low.asm.frame.env, low.asm.frame.dead = before, was_dead
        narrow(low, condition, holds=False)
    ways.append((low.asm.frame.env, low.asm.frame.dead))
    low.asm.join(ways)


def _for(low: Lowering, node: Node) -> None:
    iterable = low.value(field(node, "right"))
    heads = low.asm.loop(node)
    start = low.asm.branch()
    is_async = node.children[0].type == "async"
    bind(low, field(node, "left"), low.iterate(iterable, line_of(field(node, "right")), is_async=is_async))
    _finish_loop(low, node, heads, start)


def _while(low: Lowering, node: Node) -> None:
    heads = low.asm.loop(node)
    start = low.asm.branch()
    condition = field(node, "condition")
    test(low, low.value(condition), line_of(condition))
    narrow(low, condition, holds=True)
    _finish_loop(low, node, heads, start)


def _finish_loop(low: Lowering, node: Node, heads: Env, start: Env) -> None:
    block(low, field(node, "body"))
    low.asm.repeat(heads)
    low.asm.join([(start, False), (low.asm.frame.env, low.asm.frame.dead)])
    for alternative in node.children_by_field_name("alternative"):
        block(low, alternative.child_by_field_name("body"))
    low.asm.frame.dead = False


def _try(low: Lowering, node: Node) -> None:
    before, was_dead = low.asm.branch(), low.asm.frame.dead
    block(low, field(node, "body"))
    body = low.asm.branch(), low.asm.frame.dead
    low.asm.join([(dict(before), False), (dict(body[0]), False)])
    failed = low.asm.branch()
    ways: list[tuple[Env, bool]] = []
    final: Node | None = None
    low.asm.frame.env, low.asm.frame.dead = body
    for clause in node.named_children:
        if clause.type == "else_clause":
            block(low, field(clause, "body"))
    ways.append((low.asm.frame.env, low.asm.frame.dead))
    for clause in node.named_children:
        if clause.type in {"except_clause", "except_group_clause"}:
            low.asm.frame.env, low.asm.frame.dead = dict(failed), was_dead
            _except(low, clause)
            ways.append((low.asm.frame.env, low.asm.frame.dead))
        elif clause.type == "finally_clause":
            final = clause.named_children[-1]
    low.asm.join(ways)
    if final is not None:
        dead = low.asm.frame.dead
        block(low, final)
        low.asm.frame.dead = low.asm.frame.dead or dead


def _except(low: Lowering, clause: Node) -> None:
    caught = clause.child_by_field_name("value")
    if caught is not None and caught.type == "as_pattern":
        classes = caught.named_children[0]
        options = classes.named_children if classes.type == "tuple" else [classes]
        thrown = low.asm.new()
        parts = [low.result(Op.NARROW, thrown, low.value(option), 1) for option in options if option.type != "comment"]
        alias = caught.child_by_field_name("alias")
        if alias is not None:
            bind(low, alias, low.asm.merge(parts))
    block(low, next((child for child in clause.named_children if child.type == "block"), None))


def _with(low: Lowering, node: Node) -> None:
    is_async = int(node.children[0].type == "async")
    for item in node.named_children[0].named_children:
        value = item.named_children[0] if item.type == "with_item" else item
        alias = value.child_by_field_name("alias") if value.type == "as_pattern" else None
        held = low.value(value.named_children[0] if alias is not None else value)
        entered = low.result(Op.ENTER, held, low.owner, line_of(value), is_async) if held >= 0 else -1
        if alias is not None:
            bind(low, alias, entered)
    block(low, field(node, "body"))


def _leave(low: Lowering, node: Node) -> None:
    """`raise` ends the way."""
    for position, child in enumerate(node.named_children):
        value = low.value(child)
        if position == 0 and value >= 0:
            low.asm.emit(Op.RAISE, value, low.owner, line_of(child))
    low.asm.frame.dead = True


def _assert(low: Lowering, node: Node) -> None:
    for child in node.named_children:
        low.value(child)
    narrow(low, node.named_children[0], holds=True)


def _match(low: Lowering, node: Node) -> None:
    subject = unwrap(node.children_by_field_name("subject")[0])
    held = low.value(subject)
    before, was_dead = low.asm.branch(), low.asm.frame.dead
    ways: list[tuple[Env, bool]] = [(dict(before), was_dead)]
    for clause in field(node, "body").named_children:
        if clause.type != "case_clause":
            continue
        low.asm.frame.env, low.asm.frame.dead = dict(before), was_dead
        _case(low, clause, subject, held)
        ways.append((low.asm.frame.env, low.asm.frame.dead))
    low.asm.join(ways)


def _case(low: Lowering, clause: Node, subject: Node, held: int) -> None:
    patterns = [child for child in clause.named_children if child.type == "case_pattern"]
    first = patterns[0].named_children[0] if len(patterns) == 1 and patterns[0].named_children else None
    alias = None
    if first is not None and first.type == "as_pattern":
        alias = first.named_children[-1]
        first = first.named_children[0]
        first = first.named_children[0] if first.type == "case_pattern" and first.named_children else first
    if first is not None and first.type == "class_pattern" and subject.type in {"identifier", "attribute"}:
        narrow_name(low, subject, [first.named_children[0]], keep=True)
        held = low.value(subject)
    if alias is not None and alias.type == "identifier":
        low.asm.assign(text_of(alias), held)
    elif first is not None and first.type == "dotted_name" and "." not in text_of(first):
        low.asm.assign(text_of(first), held)
    guard = clause.child_by_field_name("guard")
    for part in guard.named_children if guard is not None else ():
        low.value(part)
    block(low, field(clause, "consequence"))


def _values(low: Lowering, node: Node) -> None:
    for child in node.named_children:
        low.value(child)


def _import(low: Lowering, node: Node) -> None:
    """Bind what the imports of this statement bind; the facts list them by line."""
    frame = low.asm.frame
    first, last = node.start_point[0] + 1, node.end_point[0] + 1
    for index in low.imports_by_line(frame.scope, first, last):
        item = low.asm.imports[index]
        if item.symbol != "*":
            name = item.alias or item.module.partition(".")[0]
            low.asm.assign(name, low.result(Op.IMPORT, index))


Statement = Callable[[Lowering, Node], None]
STATEMENTS: dict[str, Statement] = {
    "expression_statement": _expression,
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "return_statement": _return,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "raise_statement": _leave,
    "assert_statement": _assert,
    "match_statement": _match,
    "delete_statement": _values,
    "print_statement": _values,
    "exec_statement": _values,
    "import_statement": _import,
    "import_from_statement": _import,
    "future_import_statement": lambda _, __: None,
}
