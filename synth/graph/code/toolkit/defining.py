"""What does a file define? Classes, functions, variables, and what they are made of."""

from tree_sitter import Node

from synth.graph.code.facts import Binding, Definition, Scope, Use
from synth.graph.code.toolkit.binding import bind, read_parameters
from synth.graph.code.toolkit.chains import chain_of, take_apart
from synth.graph.code.toolkit.comments import above
from synth.graph.code.toolkit.notation import UNKNOWN, is_call, join_links
from synth.graph.code.toolkit.reading import Frame, Reading, open_scope
from synth.graph.code.toolkit.syntax import MAX_TEXT, NUMBERED, Base, Parameter
from synth.graph.code.toolkit.trees import last_line_of, line_of, one_line
from synth.graph.code.toolkit.using import silence_head


def define(reading: Reading, node: Node, kind: str, variety: str) -> None:
    """Add what a node defines; one with a syntax error in it is left out."""
    if node.has_error and kind not in {"class", "module"} and not reading.syntax.keeps_broken:
        reading.blank_until = node.end_byte
    elif kind == "variable":
        _define_variables(reading, node, variety)
    else:
        _define_block(reading, node, kind, variety)


def _define_variables(reading: Reading, node: Node, variety: str) -> None:
    syntax = reading.syntax
    frame = reading.stack[0 if variety in syntax.global_varieties else -1]
    whole = syntax.whole(node)
    first = len(reading.definitions)
    receiver = syntax.receiver(node)
    attached = "" if receiver is None else receiver.type
    for named in (item for item in syntax.named(node) if item.name):
        word = syntax.variety(node, "variable", variety, named.name, frame.kind)
        index = _add(reading, node, "variable", word, named.name, named.node, whole, -1, attached, frame)
        part = b"" if named.value is None else reading.source[named.value.start_byte : named.value.end_byte]
        value = part.decode("utf-8", "replace")[:MAX_TEXT]
        reading.definitions[index] = reading.definitions[index]._replace(value=value)
        if word == "type_alias":
            _bind_alias_parameters(reading, node, index)
        if word == "enum_member":
            _read_payload(reading, syntax.payload(node), index)
        bound = named._replace(name=f"{attached}.{named.name}") if attached else named
        bind(reading, bound, frame.scope, "definition", index)
        reading.attributes[frame.scope, named.name] = index
    if len(reading.definitions) > first:
        caller = first if reading.definitions[first].variety in syntax.callers else frame.caller
        reading.stack.append(Frame(node.end_byte, frame.scope, first, caller, frame.kind))


def _bind_alias_parameters(reading: Reading, node: Node, index: int) -> None:
    """Give the type parameters of an alias a scope of their own."""
    named = reading.syntax.type_parameters(node)
    if named:
        reading.scopes.append(Scope(reading.stack[-1].scope, "type_parameters", -1))
        scope = len(reading.scopes) - 1
        reading.definitions[index] = reading.definitions[index]._replace(body=scope)
        for item in named:
            bind(reading, item, scope, "type_parameter", index)


def _read_payload(reading: Reading, parameters: list[Parameter], index: int) -> None:
    """Note what a member of an enum holds, as if it were a function that takes it."""
    if parameters:
        types = ["" if item.annotation is None else reading.syntax.type_of(item.annotation) for item in parameters]
        written = f"({','.join(item or UNKNOWN for item in types)})"
        reading.definitions[index] = reading.definitions[index]._replace(returns=written)
        read_parameters(reading, parameters, 0, index)


def define_attributes(reading: Reading, node: Node) -> None:
    """What a method assigns to its object defines a field of the class, if nothing before did."""
    outer = next((frame for frame in reversed(reading.stack) if frame.kind == "class"), None)
    scope = -1 if outer is None else outer.scope
    while scope >= 0 and reading.scopes[scope].kind != "class":
        scope = reading.scopes[scope].parent
    if outer is None or scope < 0:
        return
    place = Frame(outer.end, scope, outer.owner, outer.owner, "class")
    for named in reading.syntax.named(node):
        index = reading.attributes.get((scope, named.name), -1)
        if index < 0:
            whole = reading.syntax.whole(node)
            index = _add(reading, node, "variable", "field", named.name, named.node, whole, -1, "", place)
        bind(reading, named, scope, "definition", index)
        reading.attributes[scope, named.name] = index


def _define_block(reading: Reading, node: Node, kind: str, variety: str) -> None:
    syntax = reading.syntax
    outer = reading.stack[0 if variety in syntax.global_varieties else -1]
    name_node, name = syntax.name_of(node)
    if name == NUMBERED:
        reading.nameless[outer.owner] = reading.nameless.get(outer.owner, 0) + 1
        name = f"{NUMBERED}{reading.nameless[outer.owner]}"
    is_attached = kind in {"function", "method"} or (kind == "class" and syntax.has_outer_classes)
    receiver = syntax.receiver(node) if is_attached else None
    if kind == "function" and (receiver is not None or outer.kind in syntax.method_scopes):
        kind = "method"
    scope_kind = kind if kind in {"class", "module"} else "function"
    index = len(reading.definitions) if name else outer.owner
    scope = open_scope(reading, node, scope_kind, index, index if name else outer.caller)
    if not name:
        return
    attached = "" if receiver is None else receiver.type
    word = syntax.variety(node, kind, variety, name, outer.kind)
    _add(reading, node, kind, word, name, name_node, syntax.whole(node), scope, attached, outer)
    underlying = syntax.underlying(node) if kind == "class" else ""
    if not attached:
        bound = syntax.bound_name(node, name)
        line = line_of(node)
        if bound:
            reading.bindings.append(Binding(outer.scope, bound, "definition", line, "", underlying, index))
    for named in syntax.type_parameters(node):
        bind(reading, named, scope, "type_parameter", index)
    if receiver is not None and receiver.name:
        reading.silent.add(receiver.node.start_byte if receiver.node else -1)
        reading.bindings.append(Binding(scope, receiver.name, "self", line_of(node), "", receiver.type, index))
    if kind in {"function", "method"}:
        read_parameters(reading, syntax.parameters(node), scope, index)
    for base in syntax.bases(node) if kind == "class" else ():
        _read_base(reading, base, outer.scope, index)


def _add(
    reading: Reading, node: Node, kind: str, variety: str, name: str, name_node: Node | None, whole: Node, body: int,
    attached: str = "", outer: Frame | None = None,
) -> int:  # fmt: skip
    """Add a definition; returns its index."""
    syntax, frame = reading.syntax, outer or reading.stack[-1]
    parent = frame.caller if kind == "variable" else frame.owner
    above_it = reading.definitions[parent] if parent >= 0 else None
    if name_node is not None:
        reading.silent.add(name_node.start_byte)
    decorators = syntax.decorators(node)
    index = len(reading.definitions)
    takes = kind in {"function", "method"}
    if kind != "variable" and not variety and not syntax.has_body(node, kind):
        variety = "declaration"
    prefix = attached.replace(".", syntax.separator) or (above_it.local_name if above_it is not None else "")
    if attached and above_it is not None and syntax.has_outer_classes:
        prefix = f"{above_it.local_name}{syntax.separator}{prefix}"
    begin = syntax.beginning(whole)
    reading.definitions.append(
        Definition(
            kind=kind, variety=variety, name=name, parent=parent, scope=frame.scope, body=body,
            local_name=f"{prefix}{syntax.separator_before(kind, variety)}{name}" if prefix else name,
            line=line_of(name_node or node), start_line=line_of(begin), end_line=last_line_of(whole),
            start_byte=begin.start_byte, end_byte=whole.end_byte,
            signature="" if kind == "variable" else " ".join(syntax.signature(node, kind).splitlines()),
            docstring=syntax.documentation(above(reading.comments, syntax.first_line(node, whole), syntax.doc_marks)),
            decorators=[one_line([item]).lstrip("@") for item in decorators],
            bases=[], value="", returns=syntax.returns(node) if takes else "",
            visibility=syntax.visibility(node, kind, name, above_it.kind if above_it is not None else ""),
            returns_self=False, is_async=takes and syntax.is_async(node), is_generator=False, attached=attached,
        )
    )  # fmt: skip
    for item in decorators:
        spine = take_apart(reading, item)
        links = [link for link in reversed(spine.links) if not is_call(link)]
        reading.uses.append(Use(frame.scope, index, "decorator", join_links(links), line_of(item), -1, ""))
    return index


def read_bases(reading: Reading, node: Node) -> None:
    """Record bases that are written outside of the header of a class."""
    frame = reading.stack[-1]
    for base in reading.syntax.bases(node):
        _read_base(reading, base, frame.scope, frame.owner)


def _read_base(reading: Reading, base: Base, scope: int, owner: int) -> None:
    silence_head(reading, base.node)
    chain = base.name or reading.syntax.type_of(base.node)
    if not chain:
        return
    reading.uses.append(Use(scope, -1 if base.owner else owner, base.role, chain, line_of(base.node), -1, base.owner))
    if owner >= 0 and not base.owner:
        reading.definitions[owner].bases.append(base.name or one_line([base.node]))


def read_return(reading: Reading, node: Node) -> None:
    """Note what a function gives that does not say what it returns."""
    frame, scope = reading.stack[-1], reading.stack[-1].scope
    while reading.scopes[scope].kind == "block":
        scope = reading.scopes[scope].parent
    if reading.scopes[scope].kind == "function" and frame.owner >= 0 and not reading.definitions[frame.owner].returns:
        chain = chain_of(reading, node)
        reading.uses.append(Use(frame.scope, frame.owner, "return", chain or UNKNOWN, line_of(node), -1, ""))
