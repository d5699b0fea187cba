"""How C# is read: what its queries cannot say."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Node, Tree

from synth.graph.code.csharp.branches import without_branches
from synth.graph.code.csharp.comments import without_tags
from synth.graph.code.csharp.steps import STEPS, UNKNOWN_TYPE, wanted_type
from synth.graph.code.csharp.types import written
from synth.graph.code.csharp.variables import declared_in, lambda_parameters, parts_of, type_in
from synth.graph.code.facts import Import
from synth.graph.code.toolkit.overloads import EXTENSION
from synth.graph.code.toolkit.syntax import Base, Named, Parameter, Step, Syntax
from synth.graph.code.toolkit.trees import line_of, one_line, text_of

_EACH = ".|each"
_BESIDE_NAMESPACE = frozenset(
    {
        "using_directive",
        "extern_alias_directive",
        "comment",
        "global_attribute",
        "preproc_pragma",
        "preproc_nullable",
        "preproc_if",
        "preproc_define",
        "preproc_undef",
        "preproc_region",
        "preproc_endregion",
    }
)
_MODIFIED = ("public", "protected", "private", "internal")
_TYPES = frozenset(
    {"class_declaration", "struct_declaration", "record_declaration", "interface_declaration", "enum_declaration",
     "delegate_declaration"}
)  # fmt: skip
_NAMELESS = {"destructor_declaration": "~", "indexer_declaration": "this[]"}


class CSharpSyntax(Syntax):
    """C#."""

    name = "csharp"
    steps: Mapping[str, Step] = STEPS
    fields: Mapping[str, str] = {}
    doc_marks = ("///", "/**")
    has_overloads = True
    callers = frozenset({"property", "event"})

    def __init__(self) -> None:
        super().__init__(tree_sitter_c_sharp.language(), Path(__file__).with_name("queries.scm"))

    def parse(self, source: bytes) -> Tree:
        """The only namespace of a file is read as that of the whole file, whichever way it is written."""
        if b"#" in source and not source.endswith(b"\n"):
            source += b"\n"  # the grammar wants an end of line after a directive
        tree = self.grammar.parse(source)
        body = _only_namespace(tree)
        if b"#if" in source and (tree.root_node.has_error or body is None):
            bare = without_branches(source)
            other = self.grammar.parse(bare)
            if tree.root_node.has_error or _only_namespace(other) is not None:
                source, tree, body = bare, other, _only_namespace(other)
        if body is None or tree.root_node.has_error:
            return tree
        text = bytearray(source)
        text[body.start_byte : body.start_byte + 1] = b";"
        text[body.end_byte - 1 : body.end_byte] = b" "
        changed = self.grammar.parse(bytes(text))
        return tree if changed.root_node.has_error else changed

    def part(self, node: Node, name: str) -> Node | None:
        """The grammar names parts differently from declaration to declaration."""
        if name == "returns":
            if node.type in {"constructor_declaration", "destructor_declaration"}:
                return None
            return node.child_by_field_name("returns") or node.child_by_field_name("type")
        if name == "body":
            found = node.child_by_field_name("body") or node.child_by_field_name("accessors")
            return found or _child(node, "arrow_expression_clause")
        if name == "parameters":
            return node.child_by_field_name("parameters") or _child(node, "parameter_list")
        if name == "arguments":
            return node.child_by_field_name("arguments") or _child(node, "argument_list")
        return super().part(node, name)

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """Operators are called by their sign, indexers `this[]`."""
        part = node.child_by_field_name("name")
        if node.type in _NAMELESS:
            return part, _NAMELESS[node.type] + text_of(part)
        if node.type == "operator_declaration":
            return None, f"operator {text_of(node.child_by_field_name('operator'))}"
        if node.type == "conversion_operator_declaration":
            declared = node.child_by_field_name("type")
            return None, f"operator {'' if declared is None else one_line([declared])}"
        return part, text_of(part).lstrip("@")

    def bound_name(self, node: Node, name: str) -> str:
        """A type with parameters has their number in its name."""
        listed = _type_parameters(node) if node.type in _TYPES else None
        count = 0 if listed is None else sum(child.type == "type_parameter" for child in listed.named_children)
        return f"{name}`{count}" if count else name

    def decorators(self, node: Node) -> list[Node]:
        """What stands in square brackets before it."""
        lists = [child for child in node.named_children if child.type == "attribute_list"]
        return [item for listed in lists for item in listed.named_children if item.type == "attribute"]

    def first_line(self, node: Node, whole: Node) -> int:
        """What a record takes has no comments of its own."""
        return 0 if node.type == "parameter" else super().first_line(node, whole)

    def documentation(self, text: str) -> str:
        """Without the XML."""
        return without_tags(text)

    def signature(self, node: Node, kind: str) -> str:
        """The header without attributes."""
        body = self.part(node, "body")
        end = node.end_byte if body is None else body.start_byte
        kept = [
            child for child in node.children
            if child.end_byte <= end and child.type not in {"attribute_list", "constructor_initializer"}
        ]  # fmt: skip
        return one_line(kept).rstrip(" ;{").removesuffix("=>").strip()

    def parameters(self, node: Node) -> list[Parameter]:
        """The parameters of a method, constructor, delegate or lambda."""
        listed = self.part(node, "parameters")
        if listed is None:
            return []
        if listed.type in {"identifier", "implicit_parameter"}:
            return [Parameter(text_of(listed), listed)]
        found = [_parameter(child) for child in listed.named_children if child.type == "parameter"]
        name = listed.child_by_field_name("name")
        if name is not None:  # `params T[] more` has no node of its own
            found.append(Parameter(text_of(name), name, "var_positional", listed.child_by_field_name("type")))
        return found

    def type_parameters(self, node: Node) -> list[Named]:
        """`T` with its first constraint that is a type."""
        listed = _type_parameters(node)
        if listed is None:
            return []
        bounds: dict[str, Node] = {}
        for clause in node.children:
            if clause.type == "type_parameter_constraints_clause" and clause.named_child_count:
                types = [child.child_by_field_name("type") for child in clause.named_children[1:]]
                known = [item for item in types if item is not None]
                if known:
                    bounds[text_of(clause.named_children[0])] = known[0]
        names = [child.child_by_field_name("name") for child in listed.named_children]
        return [Named(name, text_of(name), None, bounds.get(text_of(name))) for name in names if name is not None]

    def bases(self, node: Node) -> list[Base]:
        """The base class and interfaces."""
        listed = _child(node, "base_list")
        if listed is None or node.type == "enum_declaration":
            return []
        found = []
        for child in listed.named_children:
            item = child.child_by_field_name("type") if child.type == "primary_constructor_base_type" else child
            if item is not None and item.type != "argument_list":
                found.append(Base(item))
        return found

    def underlying(self, node: Node) -> str:
        """What a delegate gives."""
        declared = node.child_by_field_name("type") if node.type == "delegate_declaration" else None
        result = "" if declared is None else written(declared)
        return f"=>{result}" if result else ""

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """By its modifiers; without any, members are private and types internal."""
        words = {text_of(child) for child in node.named_children if child.type == "modifier"}
        for word in _MODIFIED:
            if word in words:
                return "package" if word == "internal" else word
        if parent in {"function", "method"}:
            return "private"
        above = node.parent.parent if node.parent is not None else None
        if node.type in {"enum_member_declaration", "parameter"}:
            around = above.type if above is not None else ""
            return "private" if around in {"class_declaration", "struct_declaration"} else "public"
        if above is not None and above.type == "interface_declaration":
            return "public"
        if node.type == "namespace_declaration" or _child(node, "explicit_interface_specifier") is not None:
            return "public"
        return "private" if parent == "class" else "package"

    def variety(self, node: Node, kind: str, variety: str, name: str, parent: str) -> str:
        """Extension methods, constants and structs that are records."""
        if node.type == "method_declaration":
            return EXTENSION if _is_extension(node) else variety
        if node.type == "field_declaration" and any(text_of(child) == "const" for child in node.named_children):
            return "const"
        return variety

    def is_async(self, node: Node) -> bool:
        """Whether it is declared so."""
        return any(child.type == "modifier" and text_of(child) == "async" for child in node.named_children)

    def named(self, node: Node) -> Iterator[Named]:
        """The variables of a declaration, a loop, a pattern or a query; what a lambda takes."""
        kind = node.type
        if kind in {"field_declaration", "event_field_declaration"}:
            declared = _child(node, "variable_declaration")
            if declared is not None:
                yield from declared_in(declared)
        elif kind == "variable_declaration":
            yield from declared_in(node)
        elif kind == "foreach_statement":
            name, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            if name is not None and name.type == "identifier":
                yield Named(name, text_of(name), value, type_in(node), _EACH)
            elif name is not None:
                yield from parts_of(name, value, _EACH)
        elif kind == "lambda_expression":
            yield from lambda_parameters(node)
        elif kind == "enum_member_declaration":
            name = node.child_by_field_name("name")
            above = node.parent.parent if node.parent is not None else None
            if name is not None and above is not None:
                yield Named(name, text_of(name), node.child_by_field_name("value"), above.child_by_field_name("name"))
        else:
            name = node.child_by_field_name("name")
            name = node.named_children[0] if kind == "let_clause" else name
            if name is not None and name.type == "identifier":
                clause = kind in {"from_clause", "let_clause"}
                value = node.named_children[-1] if clause else node.child_by_field_name("value")
                is_given = value is not None and value.type != "arrow_expression_clause"
                value = value if clause or (kind == "property_declaration" and is_given) else None
                yield Named(
                    name, text_of(name).lstrip("@"), value, type_in(node), _EACH if kind == "from_clause" else ""
                )

    def imports(self, node: Node, scope: int) -> Iterator[Import]:
        """A namespace, the static members of a type, or another name for either."""
        words = {child.type for child in node.children}
        names = node.named_children
        if not names:
            return
        alias = node.child_by_field_name("name")
        path = written(names[-1]).partition("<")[0]
        reach = "both" if "global" in words else "in"
        if alias is not None:
            module, _, symbol = path.rpartition(".")
            yield Import(scope, line_of(node), module or symbol, symbol if module else "", text_of(alias), reach)
        else:
            yield Import(scope, line_of(node), path, "*", "", reach)

    def package(self, node: Node) -> str:
        """The name of the namespace."""
        return "".join(text_of(node.child_by_field_name("name")).split())

    def type_of(self, node: Node, depth: int = 0) -> str:
        """See `synth.graph.code.csharp.types`."""
        return written(node, depth)

    def key(self, node: Node) -> str:
        """The member that an object initialiser sets."""
        made = node.parent.parent.parent if node.parent is not None and node.parent.parent is not None else None
        declared = made.child_by_field_name("type") if made is not None else None
        if made is not None and made.type == "implicit_object_creation_expression":
            chain = wanted_type(made)
        else:
            chain = "" if declared is None else written(declared)
        return f"{chain}{{}}.{text_of(node)}" if chain else f"{UNKNOWN_TYPE}.{text_of(node)}"

    def constructs(self, node: Node) -> bool:
        """`new` makes an object; casts and `as` do not."""
        return node.type in {"object_creation_expression", "implicit_object_creation_expression"}


def _only_namespace(tree: Tree) -> Node | None:
    """The body of the namespace that all of a file is in, which is written with braces."""
    found = [child for child in tree.root_node.named_children if child.type not in _BESIDE_NAMESPACE]
    is_it = len(found) == 1 and found[0].type == "namespace_declaration"
    return found[0].child_by_field_name("body") if is_it else None


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.named_children if child.type == kind), None)


def _type_parameters(node: Node) -> Node | None:
    return node.child_by_field_name("type_parameters") or _child(node, "type_parameter_list")


def _is_extension(node: Node) -> bool:
    listed = node.child_by_field_name("parameters")
    first = listed.named_children[0] if listed is not None and listed.named_child_count else None
    return first is not None and any(text_of(child) == "this" for child in first.children if child.type == "modifier")


def _parameter(node: Node) -> Parameter:
    name, declared = node.child_by_field_name("name"), type_in(node)
    default = None
    if name is not None:
        rest = [child for child in node.named_children if child.start_byte > name.end_byte]
        default = rest[-1] if rest else None
    words = [text_of(child) for child in node.children if child.type == "modifier" and text_of(child) != "this"]
    text = None if declared is None else " ".join([*words, one_line([declared])])
    return Parameter(text_of(name).lstrip("@"), name, "positional", declared, default, written=text or "")
