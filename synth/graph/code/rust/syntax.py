"""How Rust is read: what its queries cannot say."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import tree_sitter_rust
from tree_sitter import Language, Node, Parser, Query, Tree

from synth.graph.code.facts import Import
from synth.graph.code.rust.imports import imports_in
from synth.graph.code.rust.macros import unfold
from synth.graph.code.rust.patterns import names_in
from synth.graph.code.rust.steps import STEPS
from synth.graph.code.rust.types import bounds_of, written
from synth.graph.code.toolkit.syntax import Base, Named, Parameter, Receiver, Step, Syntax
from synth.graph.code.toolkit.trees import one_line, text_of

_PATTERNS = frozenset({"let_declaration", "let_condition"})
_ITERATED = ".into_iter(0).next(0).unwrap(0)"
_IN_TRAIT = frozenset({"trait_item", "impl_item"})


class RustSyntax(Syntax):
    """Rust."""

    name = "rust"
    separator = "::"
    steps: Mapping[str, Step] = STEPS
    fields: Mapping[str, str] = {"returns": "return_type"}
    doc_marks = ("///", "/**")

    def __init__(self) -> None:
        super().__init__(tree_sitter_rust.language(), Path(__file__).with_name("queries.scm"))
        language = Language(tree_sitter_rust.language())
        self._parser = Parser(language)
        self._macros = Query(language, "(macro_invocation) @macro")

    def parse(self, source: bytes) -> Tree:
        """With the arguments of well-known macros as expressions."""
        return unfold(self._parser, self._macros, source)

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """The name, without the mark that lets it be a keyword."""
        part, name = super().name_of(node)
        return part, name.removeprefix("r#")

    def bound_name(self, node: Node, name: str) -> str:
        """Macros have names of their own."""
        return f"{name}!" if node.type == "macro_definition" else name

    def beginning(self, whole: Node) -> Node:
        """The first of the attributes above it."""
        attributes = _attributes(whole)
        return attributes[0] if attributes else whole

    def first_line(self, node: Node, whole: Node) -> int:
        """The comment may stand above the attributes or between them."""
        line = whole.start_point[0]
        for attribute in reversed(_attributes(whole)):
            if attribute.end_point[0] < line - 1:
                break
            line = attribute.start_point[0]
        return line + 1

    def decorators(self, node: Node) -> list[Node]:
        """What stands in the `#[…]` above."""
        return [child for item in _attributes(node) for child in item.named_children if child.type == "attribute"]

    def signature(self, node: Node, kind: str) -> str:
        """The header; of a macro only its name."""
        if node.type == "macro_definition":
            return f"macro_rules! {text_of(node.child_by_field_name('name'))}"
        body = node.child_by_field_name("body")
        is_tuple = body is not None and body.type == "ordered_field_declaration_list"
        kept = [child for child in node.children if is_tuple or body is None or child.end_byte <= body.start_byte]
        return one_line(kept).rstrip(" ;{=")

    def parameters(self, node: Node) -> list[Parameter]:
        """Those of a function without the receiver; a pattern is kept as written, and its names are bound apart."""
        listed = node.child_by_field_name("parameters")
        if listed is None or listed.type != "parameters":
            return []
        found: list[Parameter] = []
        for child in listed.named_children:
            if child.type == "parameter":
                pattern = child.child_by_field_name("pattern")
                plain = pattern if pattern is not None and pattern.type == "identifier" else None
                name = "" if pattern is None else one_line([pattern])
                found.append(Parameter(name, plain, "positional", child.child_by_field_name("type")))
            elif child.type == "variadic_parameter":
                found.append(Parameter("...", None, "var_positional"))
        return found

    def payload(self, node: Node) -> list[Parameter]:
        """What is in the brackets of a variant."""
        body = node.child_by_field_name("body")
        if body is None:
            return []
        if body.type == "ordered_field_declaration_list":
            types = body.children_by_field_name("type")
            return [Parameter(str(position), None, "positional", item) for position, item in enumerate(types)]
        fields = [child for child in body.named_children if child.type == "field_declaration"]
        return [
            Parameter(text_of(child.child_by_field_name("name")), None, "keyword_only",
                      child.child_by_field_name("type"))
            for child in fields
        ]  # fmt: skip

    def type_parameters(self, node: Node) -> list[Named]:
        """Those of the definition, and for a method those of its `impl`, with their first bound that says something."""
        above = _impl_of(node)
        found: dict[str, Named] = {}
        for holder in (above, node) if above is not None else (node,):
            listed = holder.child_by_field_name("type_parameters")
            wanted = _wanted(holder)
            for child in listed.named_children if listed is not None else ():
                name = child.child_by_field_name("name")
                if child.type == "type_parameter" and name is not None:
                    text = text_of(name)
                    bounds = child.child_by_field_name("bounds")
                    bound = bounds if bounds is not None and bounds_of(bounds) else wanted.get(text)
                    found[text] = Named(name, text, None, bound)
        return list(found.values())

    def returns(self, node: Node) -> str:
        """The type after the arrow; `Self` stays what it is."""
        part = node.child_by_field_name("return_type")
        return "" if part is None else written(part)

    def bases(self, node: Node) -> list[Base]:
        """The traits that a trait extends, or the one that an `impl` is of."""
        if node.type == "impl_item":
            trait = node.child_by_field_name("trait")
            receiver = _receiver_of(node)
            owner = "" if receiver is None else receiver.partition("<")[0]
            return [Base(trait, "implements", owner)] if trait is not None and owner else []
        bounds = node.child_by_field_name("bounds") if node.type == "trait_item" else None
        listed = bounds.named_children if bounds is not None else []
        return [Base(child) for child in listed if child.type not in {"lifetime", "removed_trait_bound"}]

    def underlying(self, node: Node) -> str:
        """What the fields of a tuple struct are."""
        body = node.child_by_field_name("body")
        if body is None or body.type != "ordered_field_declaration_list":
            return ""
        return f"({','.join(written(item) or '?' for item in body.children_by_field_name('type'))})"

    def receiver(self, node: Node) -> Receiver | None:
        """The type of the `impl` that it is in."""
        above = _impl_of(node)
        written_type = None if above is None else _receiver_of(above)
        return None if not written_type else Receiver(written_type.partition("<")[0])

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """What the trait or enum is, is what is in it; else the word that is written."""
        if parent in {"function", "method"}:
            return "private"
        if node.type == "enum_variant" or _is_of_trait(node):
            return "public"
        if node.type == "macro_definition":
            exported = any(text_of(item).startswith("#[macro_export") for item in _attributes(node))
            return "public" if exported else "package"
        word = next((child for child in node.children if child.type == "visibility_modifier"), None)
        return (
            "private" if word is None else "public" if word.child_count == 1 and text_of(word) == "pub" else "package"
        )

    def has_body(self, node: Node, kind: str) -> bool:
        """A method of a trait counts as defined; a function of another language is only declared."""
        if node.type != "function_signature_item":
            return True
        above = node.parent.parent if node.parent is not None else None
        return above is not None and above.type in _IN_TRAIT

    def is_async(self, node: Node) -> bool:
        """Whether `async` stands before `fn`."""
        words = next((child for child in node.children if child.type == "function_modifiers"), None)
        return words is not None and "async" in text_of(words).split()

    def named(self, node: Node) -> Iterator[Named]:
        """Fields, constants and aliases; the names in patterns."""
        kind = node.type
        if kind in _PATTERNS:
            declared = node.child_by_field_name("type")
            yield from names_in(node.child_by_field_name("pattern"), node.child_by_field_name("value"), "", declared)
        elif kind == "for_expression":
            yield from names_in(node.child_by_field_name("pattern"), node.child_by_field_name("value"), _ITERATED)
        elif kind == "match_arm":
            yield from _in_arm(node)
        elif kind == "closure_parameters":
            yield from _in_closure(node)
        elif kind == "parameters":
            yield from _in_parameters(node)
        else:
            name = node.child_by_field_name("name")
            if name is not None:
                declared = node.child_by_field_name("type")
                if kind == "associated_type":
                    declared = node.child_by_field_name("bounds")
                above = node.parent.parent if kind == "enum_variant" and node.parent is not None else None
                if above is not None:
                    declared = above.child_by_field_name("name")
                yield Named(name, text_of(name), node.child_by_field_name("value"), declared)

    def binds_after(self, node: Node) -> bool:
        """`let x = f(x);` speaks of the `x` before."""
        return node.type == "let_declaration"

    def imports(self, node: Node, scope: int) -> Iterator[Import]:
        """`use`, `extern crate` and `mod x;`."""
        return imports_in(node, scope)

    def type_of(self, node: Node, depth: int = 0) -> str:
        """See `synth.graph.code.rust.types`."""
        return written(node, depth)

    def key(self, node: Node) -> str:
        """The field of a struct literal."""
        made = node.parent.parent.parent if node.parent is not None and node.parent.parent is not None else None
        name = made.child_by_field_name("name") if made is not None and made.type == "struct_expression" else None
        chain = "" if name is None else written(name)
        return f"{chain}{{}}.{text_of(node)}" if chain else ""

    def constructs(self, node: Node) -> bool:
        """A struct literal makes an object; `as` does not."""
        return node.type == "struct_expression"


def _attributes(node: Node) -> list[Node]:
    """The attributes right above a definition, in order."""
    found: list[Node] = []
    above = node.prev_named_sibling
    while above is not None and (above.type == "attribute_item" or "comment" in above.type):
        if above.type == "attribute_item":
            found.insert(0, above)
        above = above.prev_named_sibling
    return found


def _impl_of(node: Node) -> Node | None:
    """The `impl` that an item stands in."""
    body = node.parent
    above = body.parent if body is not None and body.type == "declaration_list" else None
    return above if above is not None and above.type == "impl_item" else None


def _receiver_of(block: Node) -> str | None:
    """The type that an `impl` is for; None where it has no name."""
    part = block.child_by_field_name("type")
    chain = "" if part is None else written(part)
    if not chain or chain[0] in "(=":
        return None
    return "Vec" if chain.endswith("[]") else chain


def _wanted(node: Node) -> dict[str, Node]:
    """The bounds of a `where` clause by the type parameter that they are for."""
    found: dict[str, Node] = {}
    for clause in node.children:
        for item in clause.named_children if clause.type == "where_clause" else ():
            left, bounds = item.child_by_field_name("left"), item.child_by_field_name("bounds")
            if left is not None and bounds is not None and bounds_of(bounds):
                found.setdefault(text_of(left), bounds)
    return found


def _is_of_trait(node: Node) -> bool:
    body = node.parent
    above = body.parent if body is not None and body.type == "declaration_list" else None
    if above is None:
        return False
    return above.type == "trait_item" or (above.type == "impl_item" and above.child_by_field_name("trait") is not None)


def _in_arm(node: Node) -> Iterator[Named]:
    """The pattern of an arm is matched with what the `match` is about."""
    above = node.parent.parent if node.parent is not None else None
    value = above.child_by_field_name("value") if above is not None else None
    yield from names_in(node.child_by_field_name("pattern"), value)


def _in_parameters(node: Node) -> Iterator[Named]:
    """The names in those parameters of a function that are patterns."""
    for child in node.named_children:
        pattern = child.child_by_field_name("pattern")
        if child.type == "parameter" and pattern is not None and pattern.type != "identifier":
            yield from names_in(pattern, None, "", child.child_by_field_name("type"))


def _in_closure(node: Node) -> Iterator[Named]:
    """What a closure takes: as declared, else what the method that it is given to hands out."""
    closure = node.parent
    listed = closure.parent if closure is not None else None
    called = listed.parent if listed is not None and listed.type == "arguments" else None
    function = called.child_by_field_name("function") if called is not None else None
    is_method = function is not None and function.type == "field_expression"
    value = function.child_by_field_name("value") if is_method and function is not None else None
    method = text_of(function.child_by_field_name("field")) if is_method and function is not None else ""
    for position, child in enumerate(node.named_children):
        declared = child.child_by_field_name("type") if child.type == "parameter" else None
        pattern = child.child_by_field_name("pattern") if child.type == "parameter" else child
        yield from names_in(pattern, value, f".{method}|{position}(0)" if method else "", declared)
