"""How JavaScript is read: what its queries cannot say. TypeScript adds to it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import tree_sitter_javascript
from tree_sitter import Node

from synth.graph.code.facts import Import
from synth.graph.code.javascript.headers import decorators_of, given_bases, header_of
from synth.graph.code.javascript.imports import imports_of
from synth.graph.code.javascript.naming import EXPORTS, FUNCTIONS, root_name, statement_of, target_of, title_of
from synth.graph.code.javascript.steps import STEPS
from synth.graph.code.javascript.variables import VARIABLES, exported_value
from synth.graph.code.toolkit.syntax import Base, Named, Parameter, Receiver, Step, Syntax
from synth.graph.code.toolkit.trees import one_line, text_of

HERE = Path(__file__).parent
SUITES = frozenset({"describe", "context", "suite", "xdescribe", "fdescribe"})
SETUPS = frozenset({
    "beforeEach", "beforeAll", "before", "setup", "suiteSetup", "afterEach", "afterAll", "after", "teardown",
    "suiteTeardown",
})  # fmt: skip


class ScriptSyntax(Syntax):
    """JavaScript, with JSX."""

    name = "javascript"
    steps: Mapping[str, Step] = STEPS
    fields: Mapping[str, str] = {}
    spreads = frozenset({"spread_element"})
    holds_members = re.compile(
        rb"(?:\s|//[^\n]*\n|/\*.*?\*/)*(?:[^{;=(]*?(?<![.\w])(?:class|interface|enum|namespace|module)\s+(?=[\w<])"
        rb"|(?:describe|context|suite)\b[^\n]*(?=\())",
        re.DOTALL,
    )
    queries: tuple[Path, ...] = (HERE / "queries.scm", HERE / "grammar.scm", HERE / "jsx.scm")

    def __init__(self, language: object = None) -> None:
        super().__init__(language or tree_sitter_javascript.language(), *self.queries)

    def separator_before(self, kind: str, variety: str) -> str:
        """Tests stand in their suites as test runners print them."""
        return " > " if variety in {"test", "suite"} else self.separator

    def name_of(self, node: Node) -> tuple[Node | None, str]:
        """A function without a name has that of what it is assigned to; a test has its title."""
        if node.type == "call_expression":
            callee = node.child_by_field_name("function")
            root = root_name(callee)
            return callee, root if root in SETUPS else title_of(node)
        target = target_of(node)
        return target.node, target.name

    def bound_name(self, node: Node, name: str) -> str:
        """A key of a literal or class binds nothing; what is exported in passing is known as `exports.name`."""
        if node.type == "call_expression":
            return ""
        target = target_of(node)
        if target.holder in {"exports", "="}:
            return f"exports.{target.name}"
        return "" if target.is_key or target.holder else name

    def receiver(self, node: Node) -> Receiver | None:
        """`app` of `app.use = function`, `View.prototype` of `View.prototype.render = …`."""
        if node.type == "assignment_expression":
            left = node.child_by_field_name("left")
            holder = text_of(left.child_by_field_name("object")) if left is not None else ""
            return Receiver("exports") if holder in EXPORTS or text_of(left) in EXPORTS else None
        if node.type not in {*FUNCTIONS, "method_definition"}:
            return None
        holder = target_of(node).holder
        return Receiver(holder) if holder not in {"", "=", "exports"} else None

    def whole(self, node: Node) -> Node:
        """The declaration or assignment, with `export`; of several declared together only the one."""
        return statement_of(node)

    def variety(self, node: Node, kind: str, variety: str, name: str, parent: str) -> str:
        """`const`, `let`, `var`; accessors and constructors; whether a call of a test runner is a suite."""
        if variety == "test":
            root = root_name(node.child_by_field_name("function"))
            callee = text_of(node.child_by_field_name("function")).partition("(")[0]
            return "suite" if root in SUITES or ".describe" in callee else "test"
        if node.type == "variable_declarator":
            declaration = node.parent
            return text_of(declaration.children[0]) if declaration is not None else variety
        if node.type == "method_definition":
            words = {child.type for child in node.children}
            accessor = "getter" if "get" in words else "setter" if "set" in words else ""
            return accessor or (
                "constructor" if name == "constructor" and parent == "class" else "generator" * ("*" in words)
            )
        return variety or ("generator" if node.type.startswith("generator") else "")

    def visibility(self, node: Node, kind: str, name: str, parent: str) -> str:
        """What is exported is public, as are members that do not begin with `#`; see `settling` for later exports."""
        if name.startswith("#"):
            return "private"
        if parent in {"class", "variable"}:
            return "public"
        if parent in {"function", "method"}:
            return "private"
        whole = statement_of(node)
        is_exported = whole.type == "export_statement" or target_of(node).holder or node.type == "assignment_expression"
        return "public" if is_exported else "private"

    def decorators(self, node: Node) -> list[Node]:
        """Those before a class, its `export`, or a member."""
        return decorators_of(node)

    def signature(self, node: Node, kind: str) -> str:
        """The header of a function, class or test, with the name that it is assigned to."""
        return header_of(node, self.part(node, "body"))

    def parameters(self, node: Node) -> list[Parameter]:
        """Parameters; one that is taken apart is called as it is written. A plain function has a `this` of its own."""
        found: list[Parameter] = []
        single = node.child_by_field_name("parameter")
        if single is not None:
            found.append(Parameter(text_of(single), single))
        listed = node.child_by_field_name("parameters")
        for child in listed.named_children if listed is not None else ():
            parameter = self.parameter(child)
            if parameter is not None:
                found.append(parameter)
        if node.type in {"function_expression", "generator_function"} and not target_of(node).name:
            found.append(Parameter("this", node))
        return found

    def parameter(self, node: Node) -> Parameter | None:
        """One parameter."""
        if node.type == "assignment_pattern":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            name = left if left is not None and left.type == "identifier" else None
            return Parameter(one_line([left or node]), name, default=right)
        if node.type == "rest_pattern":
            name = node.named_children[0] if node.named_child_count else None
            is_plain = name is not None and name.type == "identifier"
            return Parameter(one_line([name or node]), name if is_plain else None, "var_positional", many=True)
        if node.type in {"identifier", "object_pattern", "array_pattern"}:
            return Parameter(one_line([node]), node if node.type == "identifier" else None)
        return None

    def bases(self, node: Node) -> list[Base]:
        """`extends`, `inherits(A, B)`, `A.prototype = Object.create(B.prototype)`."""
        if node.type in {"call_expression", "assignment_expression"}:
            return given_bases(node)
        heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
        return [Base(child) for child in heritage.named_children] if heritage is not None else []

    def is_async(self, node: Node) -> bool:
        """Whether `async` stands before it."""
        return any(child.type == "async" for child in node.children)

    def named(self, node: Node) -> Iterable[Named]:
        """The variables of a declaration, a loop, a `catch`, a parameter or an assignment, and fields of a class."""
        reader = VARIABLES.get(node.type)
        return reader(node) if reader is not None else exported_value(node)

    def imports(self, node: Node, scope: int) -> Iterator[Import]:
        """Imports, exports and what CommonJS does with `require` and `exports`."""
        return imports_of(node, scope)

    def type_of(self, node: Node, depth: int = 0) -> str:
        """A class by its name, as `extends` and `new` give it."""
        return "".join(text_of(node).split()).removesuffix(".prototype")

    def constructs(self, node: Node) -> bool:
        """A cast or an annotation makes nothing."""
        return node.type == "new_expression"

    def has_body(self, node: Node, kind: str) -> bool:
        """Only what TypeScript declares has none."""
        return True
