"""What does an expression do to values? Its instructions, and the variable that holds its result."""

from collections.abc import Callable, Mapping, Sequence

from tree_sitter import Node

from synth.graph.code.facts import Definition
from synth.graph.code.python.flow.frames import Assembler, Env, Frame
from synth.graph.code.python.flow.instructions import Op
from synth.graph.code.python.flow.narrowing import narrow
from synth.graph.code.python.grammar import COMPREHENSIONS, field, string_value, text_of

MAX_DEPTH = 90  # expressions inside of expressions; what lies deeper is unknown
MAX_STRING = 60  # characters of a literal that may be a key or an attribute's name

OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
COMPARISONS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
REFLECTED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}

Lower = Callable[["Lowering", Node], int]


class Lowering:
    """The code of a file while it is made; expressions and statements are registered by their node types."""

    def __init__(
        self, assembler: Assembler, facts: Sequence[Definition], definitions: Mapping[int, int],
        scopes: Mapping[int, int],
    ) -> None:  # fmt: skip
        self.asm = assembler
        self.facts = facts
        self.definitions = definitions  # by the id of the node that defines
        self.scopes = scopes  # of lambdas, by the id of the node
        self.finished: list[Frame] = []  # of classes, whose functions may still be read
        self.waiting: list[Callable[[], None]] = []  # bodies of functions, to read when their surroundings are done
        self.depth = 0
        self._imports: dict[int, list[tuple[int, int]]] = {}
        for index, item in enumerate(assembler.imports):
            self._imports.setdefault(item.scope, []).append((item.line, index))

    @property
    def owner(self) -> int:
        """The definition that makes the present calls."""
        return self.asm.frame.owner

    def imports_by_line(self, scope: int, first: int, last: int) -> list[int]:
        """The imports of a scope on these lines, as positions in the facts."""
        return [index for line, index in self._imports.get(scope, ()) if first <= line <= last]

    def value(self, node: Node | None) -> int:
        """Lower an expression; -1 where nothing is known of its value."""
        if node is None:
            return -1
        handler = EXPRESSIONS.get(node.type)
        if handler is None or self.depth > MAX_DEPTH:
            return -1
        self.depth += 1
        result = handler(self, node)
        self.depth -= 1
        return result

    def result(self, op: Op, *operands: int) -> int:
        """Emit an instruction whose first operand is a fresh variable, and return that."""
        variable = self.asm.new()
        self.asm.emit(op, variable, *operands)
        return variable

    def copy_into(self, target: int, source: int) -> None:
        """Let a variable flow into another."""
        if source >= 0:
            self.asm.emit(Op.COPY, target, source)

    def item(self, container: int, key: str, value: int, line: int) -> None:
        """Put a value into a container; `*` is any place."""
        if value >= 0:
            self.asm.emit(Op.SET_ITEM, container, self.asm.name(key), value, self.owner, line)

    def container(self, kind: str) -> int:
        """A new container."""
        return self.result(Op.NEW, self.asm.name(kind))

    def filled(self, kind: str, items: list[tuple[str, int]], line: int) -> int:
        """A container of known items; -1 where nothing in it is known."""
        known = [(key, value) for key, value in items if value >= 0]
        if items and not known:
            return -1
        container = self.container(kind)
        if not items:
            return container
        result = self.asm.new()
        for key, value in known:
            self.item(container, key, value, line)
            self.asm.emit(Op.HOLD, result, container, value)
        return result

    def iterate(self, iterable: int, line: int, *, is_async: bool = False) -> int:
        """What iterating over a value gives."""
        return self.result(Op.ITERATE, iterable, self.owner, line, int(is_async)) if iterable >= 0 else -1


def line_of(node: Node) -> int:
    """The line that an expression ends on."""
    return node.end_point[0] + 1


def _name(low: Lowering, node: Node) -> int:
    return low.asm.read(text_of(node))


def _attribute(low: Lowering, node: Node) -> int:
    holder = field(node, "object")
    name = low.asm.mangled(text_of(field(node, "attribute")))
    base = low.value(holder)
    if base < 0:
        return low.asm.frame.env.get(text_of(node), -1)
    result = low.result(Op.ATTRIBUTE, base, low.asm.name(name), low.owner, line_of(node))
    low.asm.attributes[result] = (base, name)
    return low.asm.frame.env.get(text_of(node), result)


def key_of(node: Node) -> str:
    """A literal key; `*` for one that is computed."""
    if node.type == "integer":
        return text_of(node)
    if node.type == "unary_operator" and text_of(node).replace(" ", "")[1:].isdigit():
        return text_of(node).replace(" ", "")
    text = string_value(node) if node.type == "string" else None
    return f"'{text}" if text is not None and _is_short(text) else "*"


def _is_short(text: str) -> bool:
    """Whether a literal may be a key or a name: no half of a character that only an escape can write is in one."""
    return len(text) <= MAX_STRING and not any("\ud800" <= character <= "\udfff" for character in text)


def _subscript(low: Lowering, node: Node) -> int:
    base = low.value(field(node, "value"))
    keys = node.children_by_field_name("subscript")
    for key in keys:
        low.value(key)
    if base < 0:
        return -1
    name = key_of(keys[0]) if len(keys) == 1 else "*"
    if len(keys) == 1 and keys[0].type == "slice":
        first = keys[0].named_children[0] if keys[0].named_children else None
        begins = first is not None and first.type == "integer" and keys[0].children[0].type == "integer"
        name = f":{text_of(first)}" if first is not None and begins else ":"
    result = low.result(Op.ITEM, base, low.asm.name(name), low.owner, line_of(node))
    return low.asm.frame.env.get(text_of(node), result) if is_path(node) else result


def is_path(node: Node) -> bool:
    """Whether an expression is a name with attributes and literal keys: it means the same until it is assigned."""
    while node.type in {"attribute", "subscript"}:
        if node.type == "subscript":
            keys = node.children_by_field_name("subscript")
            if len(keys) != 1 or keys[0].type not in {"string", "integer"}:
                return False
            node = field(node, "value")
        else:
            node = field(node, "object")
    return node.type == "identifier"


def _sequence(low: Lowering, node: Node) -> int:
    kind = {"expression_list": "tuple", "pattern_list": "tuple", "list_pattern": "list"}.get(node.type, node.type)
    items = [child for child in node.named_children if child.type != "comment"]
    exact = kind in {"list", "tuple"}
    values = []
    for position, item in enumerate(items):
        if item.type == "list_splat":
            exact = False
            values.append(("*", low.iterate(low.value(item.named_children[0]), line_of(item))))
        else:
            values.append((str(position) if exact else "*", low.value(item)))
    return low.filled(kind.removesuffix("_pattern"), values, line_of(node))


def _dictionary(low: Lowering, node: Node) -> int:
    items = []
    for item in node.named_children:
        if item.type == "pair":
            key, value = field(item, "key"), field(item, "value")
            items.append(("#", -1 if key.type == "string" else low.value(key)))
            items.append((key_of(key), low.value(value)))
        elif item.type == "dictionary_splat":
            items.append(("**", low.value(item.named_children[0])))
    return low.filled("dict", items, line_of(node))


def _comprehension(low: Lowering, node: Node) -> int:
    frame = low.asm.frame
    opened, before = len(frame.hidden), low.asm.branch()
    for child in node.named_children:
        if child.type == "for_in_clause":
            iterable = low.value(child.children_by_field_name("right")[0])
            is_async = child.children[0].type == "async"
            element = low.iterate(iterable, line_of(child), is_async=is_async)
            frame.hidden.append({})
            hide(low, field(child, "left"), element, frame.hidden[-1])
        elif child.type == "if_clause":
            _narrowed(low, child.named_children[0], holds=True)
    kind = {"list_comprehension": "list", "set_comprehension": "set", "generator_expression": "generator"}
    body = field(node, "body")
    if body.type == "pair":
        items = [("#", low.value(field(body, "key"))), ("*", low.value(field(body, "value")))]
    else:
        items = [("*", low.value(body))]
    result = low.filled(kind.get(node.type, "dict"), items, line_of(body))
    del frame.hidden[opened:]
    low.asm.restore(before)
    return result


def hide(low: Lowering, target: Node, element: int, names: Env) -> None:
    """Bind the target of a comprehension where only the comprehension sees it."""
    if target.type == "identifier":
        names[text_of(target)] = element
        return
    for position, part in enumerate(child for child in target.named_children if child.type != "comment"):
        hide(low, part, unpacked(low, element, position, target), names)


def unpacked(low: Lowering, value: int, position: int, target: Node) -> int:
    """What the part of a tuple at this position is bound to."""
    if value < 0:
        return -1
    parts = [child for child in target.named_children if child.type != "comment"]
    starred = next((index for index, part in enumerate(parts) if part.type == "list_splat_pattern"), len(parts))
    key = str(position) if position < starred else f":{position}" if position == starred else "*"
    return low.result(Op.ITEM, value, low.asm.name(f"@{key}"), low.owner, line_of(target))


def _narrowed(low: Lowering, condition: Node, *, holds: bool) -> None:
    low.value(condition)
    narrow(low, condition, holds=holds)


def _conditional(low: Lowering, node: Node) -> int:
    then, condition, otherwise = [child for child in node.named_children if child.type != "comment"]
    low.value(condition)
    before = low.asm.branch()
    narrow(low, condition, holds=True)
    first = low.value(then)
    low.asm.restore(before)
    narrow(low, condition, holds=False)
    second = low.value(otherwise)
    low.asm.restore(before)
    return low.asm.merge((first, second))


def _boolean(low: Lowering, node: Node) -> int:
    before = low.asm.branch()
    left = low.value(field(node, "left"))
    is_and = text_of(field(node, "operator")) == "and"
    narrow(low, field(node, "left"), holds=is_and)
    right = low.value(field(node, "right"))
    low.asm.restore(before)
    return low.asm.merge((left, right))


def _binary(low: Lowering, node: Node) -> int:
    chain = []
    while node.type == "binary_operator":  # long sums lean to the left
        chain.append(node)
        node = field(node, "left")
    left = low.value(node)
    for part in reversed(chain):
        right = low.value(field(part, "right"))
        name = OPERATORS[text_of(field(part, "operator"))]
        left = operate(low, left, right, name, line_of(part))
    return left


def operate(low: Lowering, left: int, right: int, name: str, line: int) -> int:
    """The call of an operator's method, where either side is known."""
    if left < 0 and right < 0:
        return -1
    return low.result(Op.OPERATE, left, right, low.asm.name(name), low.owner, line)


def _comparison(low: Lowering, node: Node) -> int:
    operands = [child for child in node.named_children if child.type != "comment"]
    signs = [text_of(child) for child in node.children_by_field_name("operators")]
    values = [low.value(operand) for operand in operands]
    for sign, left, right in zip(signs, values, values[1:], strict=False):
        if sign in COMPARISONS:
            operate(low, left, right, COMPARISONS[sign], line_of(node))
        elif sign in {"in", "not in"} and right >= 0:
            low.result(Op.METHOD, right, low.asm.name("__contains__"), low.owner, line_of(node))
    return -1


def _unary(low: Lowering, node: Node) -> int:
    value = low.value(field(node, "argument"))
    name = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}.get(node.children[0].type)
    if value < 0 or name is None:
        return -1
    return low.result(Op.METHOD, value, low.asm.name(name), low.owner, line_of(node))


def _not(low: Lowering, node: Node) -> int:
    test(low, low.value(field(node, "argument")), line_of(node))
    return -1


def test(low: Lowering, value: int, line: int) -> None:
    """Ask a value whether it is true."""
    if value >= 0:
        low.result(Op.METHOD, value, low.asm.name("__bool__"), low.owner, line)


def _walrus(low: Lowering, node: Node) -> int:
    value = low.value(field(node, "value"))
    low.asm.assign(text_of(field(node, "name")), value)
    return value


def _await(low: Lowering, node: Node) -> int:
    value = low.value(node.named_children[-1])
    return low.result(Op.AWAIT, value, low.owner, line_of(node)) if value >= 0 else -1


def _yield(low: Lowering, node: Node) -> int:
    values = [child for child in node.named_children if child.type != "comment"]
    value = low.value(values[0]) if values else -1
    if any(child.type == "from" for child in node.children):
        return low.result(Op.YIELD_FROM, low.owner, value, line_of(node)) if value >= 0 else -1
    if value >= 0:
        low.asm.emit(Op.YIELD, low.owner, value)
    return -1


def _string(low: Lowering, node: Node) -> int:
    for part in node.named_children:
        if part.type == "interpolation":
            value = low.value(part.named_children[0])
            if value >= 0:
                low.result(Op.METHOD, value, low.asm.name("__format__"), low.owner, line_of(part))
    text = string_value(node) if node.named_child_count <= 3 else None
    return low.result(Op.STRING, low.asm.name(text)) if text and _is_short(text) else -1


def _inner(low: Lowering, node: Node) -> int:
    values = [low.value(child) for child in node.named_children if child.type != "comment"]
    return values[-1] if values else -1


EXPRESSIONS: dict[str, Lower] = {  # `lowering` adds calls and lambdas
    "identifier": _name,
    "attribute": _attribute,
    "subscript": _subscript,
    **dict.fromkeys(
        ("list", "tuple", "set", "expression_list", "pattern_list", "list_pattern", "tuple_pattern"), _sequence
    ),
    "dictionary": _dictionary,
    **dict.fromkeys(COMPREHENSIONS, _comprehension),
    "conditional_expression": _conditional,
    "boolean_operator": _boolean,
    "binary_operator": _binary,
    "comparison_operator": _comparison,
    "unary_operator": _unary,
    "not_operator": _not,
    "named_expression": _walrus,
    "await": _await,
    "yield": _yield,
    "string": _string,
    "concatenated_string": _inner,
    "parenthesized_expression": _inner,
    "slice": _inner,
    "list_splat": _inner,
    "type": _inner,
}
