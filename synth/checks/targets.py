"""What do the calls in a piece of code lead to, in the languages that are told by their grammar alone?

Types are not followed, so a call through an object is left untold. What can be told: a function by its bare name, where
the sample is about it or about its file; a member of a type, package or namespace that is named; a method of the
type that the piece is from; and what `new` makes. All overloads of a name count as one target.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from synth.checks.base import Context
from synth.checks.code import Piece
from synth.graph.view import Node, Parameter
from synth.languages import LANGUAGES, syntax
from synth.languages.naming import split_name
from synth.languages.syntax import Call

OWNERS = {"class", "module", "package"}
SELF = {"this", "self", "Self"}
FAMILIES = ({"c", "cpp"}, {"javascript", "typescript", "tsx"})
"""Languages whose code calls each other's."""
CONSTRUCTORS = {"constructor", "initialize", "__construct"}


@dataclass(frozen=True)
class Reached:
    """The overloads that a call may lead to; `is_member` where a type was named before the name."""

    nodes: tuple[Node, ...]
    is_member: bool = False


@dataclass(frozen=True)
class Lacking:
    """A full name that its owner, which shows all that it has, does not have."""

    name: str


@dataclass(frozen=True)
class Targets:
    """Looks up what one piece of code calls."""

    piece: Piece
    sample: Mapping[str, Any]
    context: Context

    def of(self, call: Call) -> Reached | Lacking | None:
        """What a call leads to; None where that cannot be told."""
        *owner, name = call.chain or ("", "")
        if not name or "" in owner:
            return None
        if call.is_maker:
            return self._made(call.chain)
        if not owner:
            return self._bare(name)
        if owner[0] in SELF and len(owner) == 1:
            return self._of_type(self._home, name) if self._home else None
        return self._of_named(owner, name, call.is_scoped)

    @cached_property
    def _values(self) -> frozenset[str]:
        return syntax.values(self.piece.code, self.piece.language)

    @cached_property
    def _evidence(self) -> list[Node]:
        nodes = (self.context.graph.nodes.get(item["id"]) for item in self.sample["evidence"])
        return [node for node in nodes if node is not None]

    @cached_property
    def _home(self) -> Node | None:
        """The type that the piece is from: that of the piece of evidence that it defines."""
        defined = {item.name for item in syntax.functions(self.piece.code, self.piece.language)}
        owners = [self.context.graph.parent(node.node_id) for node in self._evidence if node.name in defined]
        types = {owner.node_id: owner for owner in owners if owner is not None and owner.kind == "class"}
        return next(iter(types.values())) if len(types) == 1 else None

    def _named(self, name: str) -> list[Node]:
        """The nodes of a last name in this language or one of its family."""
        family = next((group for group in FAMILIES if self.piece.language in group), {self.piece.language})
        same = self.context.graph.by_name.get(name, ())
        return [node for node in same if node.language in family and node.collection == self.sample["collection"]]

    def _bare(self, name: str) -> Reached | None:
        if self._home and LANGUAGES[self.piece.language].has_implicit_self:
            inherited = self._of_type(self._home, name)
            if inherited is None or isinstance(inherited, Reached):
                return inherited
        found = [node for node in self._named(name) if node.kind != "file"]
        paths = {node.path for node in self._evidence}
        is_near = any(node in self._evidence or node.path in paths for node in found)
        is_plain = all(node.kind == "function" for node in found) and name not in self.context.imported
        return Reached(tuple(found)) if found and is_near and is_plain and name not in self._values else None

    def _made(self, chain: tuple[str, ...]) -> Reached | None:
        types = [node for node in self._owners(chain) if node.kind == "class"]
        if len(types) != 1 or chain[0] in self._values:
            return None
        made = [
            node
            for node in self.context.graph.children(types[0].node_id, "method", "function")
            if node.variety == "constructor" or node.name in CONSTRUCTORS or node.name == types[0].name
        ]
        return Reached(tuple(made)) if made and types[0].variety not in {"record", "struct"} else None

    def _of_named(self, owner: list[str], name: str, is_scoped: bool) -> Reached | Lacking | None:
        """A member of what is named before it; a small first letter is that of a variable, but for a package's."""
        owners = [] if owner[0] in self._values or owner[0] in SELF else self._owners(owner)
        if self.piece.language == "go":
            owners = [node for node in owners if node.kind == "class" or self._imports(node)]
        elif not is_scoped and not owner[0][:1].isupper():
            return None
        if len({node.qualified_name for node in owners}) != 1:
            return None
        if name == "new" and self.piece.language == "ruby":
            name = "initialize"
        return self._of_type(owners[0], name)

    def _owners(self, parts: Iterable[str]) -> list[Node]:
        wanted = [part for part in parts if part not in {"crate", "super", "self", "global"}]
        if not wanted:
            return []
        return [
            node
            for node in self._named(wanted[-1])
            if node.kind in OWNERS and split_name(node.qualified_name)[-len(wanted) :] == wanted
        ]

    def _imports(self, package: Node) -> bool:
        """Whether a file that the sample is about imports a package."""
        graph = self.context.graph
        around = {other for node in self._evidence for other in self._around(node)}
        return any(edge.src in around for edge in graph.into(package.node_id, "imports"))

    def _around(self, node: Node) -> set[str]:
        """The ids of a node's file and of all that it stands in."""
        graph, found = self.context.graph, {item.node_id for item in self.context.files[node.collection, node.path]}
        owner: Node | None = node
        while owner is not None and owner.node_id not in found:
            found.add(owner.node_id)
            owner = graph.parent(owner.node_id)
        return found

    def _of_type(self, owner: Node, name: str) -> Reached | Lacking | None:
        graph, traits = self.context.graph, LANGUAGES[self.piece.language]
        chain = [owner, *graph.ancestors(owner.node_id)]
        found = [child for node in chain for child in graph.children(node.node_id) if child.name == name]
        has_unknown = graph.has_unknown_base(owner.node_id)
        if found:
            is_plain = all(node.kind in {"function", "method"} for node in found)
            return (
                Reached(tuple(found), is_member=True)
                if is_plain and not (has_unknown and traits.has_overloads)
                else None
            )
        is_open = has_unknown or any(not re.match(traits.harmless, text) for node in chain for text in node.decorators)
        is_known = name in self.context.code_words or name in traits.known
        if traits.shows_all and not is_open and not is_known and owner.kind in OWNERS:
            return Lacking(f"{owner.qualified_name}{traits.separator}{name}")
        return None


def fits(call: Call, reached: Reached, language: str) -> bool:
    """Whether a call has a number of arguments that one of its targets takes."""
    if call.arity < 0:
        return True
    return any(_takes(call.arity, node, reached.is_member, language) for node in reached.nodes)


def _takes(arity: int, node: Node, is_member: bool, language: str) -> bool:
    if node.parameters is None:
        return True
    receivers = LANGUAGES[language].receivers
    apart = {"keyword_only", "block"}
    taken = [item for item in node.parameters if item.name not in receivers and item.kind not in apart]
    if any(item.kind.startswith("var_") or "..." in item.name + (item.annotation or "") for item in taken):
        most = float("inf")
    else:
        most = len(taken)
    least = sum(not _is_optional(item) for item in taken)
    extra = is_member and node.kind == "method" and LANGUAGES[language].passes_object
    return least <= arity <= most or (extra and least <= arity - 1 <= most)


def _is_optional(item: Parameter) -> bool:
    return item.default is not None or item.kind.startswith("var_") or "?" in item.name or item.annotation == "void"
