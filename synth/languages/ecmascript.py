"""How JavaScript and TypeScript are spoken of and written."""

from synth.languages.traits import EXTENDS, IMPLEMENTS, WIDENS, Grammar, Kin, Link, Mark, Traits, words

_LINKS = (
    Link(r"^\s*export\b.*\bfrom\b", "re-export", "re-exports", "re-export"),
    Link(r"\brequire\s*\(", "`require` call", "requires", "require"),
    Link(r"\bimport\s*\(", "dynamic import"),
    Link(),
)
_FRAMEWORKS = (
    (r"""['"]vitest['"]""", "Vitest test"), (r"""['"]node:test['"]""", "Node test"),
    (r"""['"]@playwright/test['"]""", "Playwright test"), (r"""['"]@jest/globals['"]|\bjest\.""", "Jest test"),
    (r"""['"]bun:test['"]""", "Bun test"), (r"""['"](?:mocha|chai)['"]""", "Mocha test"),
    (r"""['"]ava['"]""", "AVA test"), (r"""['"]tape['"]""", "tape test"), (r"\bQUnit\b", "QUnit test"),
)  # fmt: skip
_KNOWN = words(
    "Array ArrayBuffer BigInt Boolean DataView Date Error EvalError Function Infinity Intl JSON Map Math NaN Number "
    "Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError "
    "WeakMap WeakRef WeakSet Uint8Array Int32Array Float64Array globalThis undefined null true false NaN arguments "
    "parseInt parseFloat isNaN isFinite decodeURIComponent encodeURIComponent console process module exports require "
    "window document Buffer URL URLSearchParams AbortController AbortSignal fetch Request Response Headers Event "
    "EventTarget setTimeout clearTimeout setInterval clearInterval queueMicrotask structuredClone constructor prototype"
)
_TYPES = words(
    "any unknown never void string number boolean object bigint symbol Partial Required Readonly Record Pick Omit "
    "Exclude Extract NonNullable Parameters ReturnType InstanceType Awaited Iterable Iterator AsyncIterable Generator "
    "PromiseLike ReadonlyArray ReadonlyMap ReadonlySet Uppercase Lowercase this"
)
_FUNCTIONS = (
    "function_declaration", "generator_function_declaration", "method_definition", "variable_declarator", "pair",
    "assignment_expression",
)  # fmt: skip
_GRAMMAR = Grammar(
    "tree_sitter_javascript",
    wrappers=(
        ("class C {\n", "\n}"), ("x = {\n", "\n};"), ("async function* f() {\n", "\n}"), ("x =\n", "\n;"),
        ("class C extends B {\nconstructor() {\n", "\n} }"),
    ),
    calls=("call_expression", "new_expression"),
    makers=("new_expression",),
    callee=("function", "constructor"),
    spreads=("spread_element",),
    functions=(*_FUNCTIONS, "field_definition"),
    imports=("import_statement", "lexical_declaration", "variable_declaration"),
)  # fmt: skip

JAVASCRIPT = Traits(
    title="JavaScript",
    fence="javascript",
    aliases=("js", "jsx", "mjs", "cjs", "node"),
    grammar=_GRAMMAR,
    example="src/module.Class.method",
    words={"default": "default export", "export": "exported value"},
    kin=(Kin("", "", EXTENDS),),
    links=_LINKS,
    mark=Mark("decorator", "decorated with"),
    parameter="{name}: {type}",
    frameworks=_FRAMEWORKS,
    failing=r"\btoThrow|\.throws\b|\brejects\b|\bthrow\(",
    has_fixed_arity=False,
    known=_KNOWN,
)

TYPESCRIPT = JAVASCRIPT._replace(
    title="TypeScript",
    fence="typescript",
    aliases=("ts", "mts", "cts"),
    grammar=_GRAMMAR._replace(
        module="tree_sitter_typescript",
        function="language_typescript",
        wrappers=(*_GRAMMAR.wrappers, ("abstract class C {\n", "\n}"), ("interface I {\n", "\n}"),
                  ("enum E {\n", "\n}"), ("namespace N {\n", "\n}")),
        functions=(*_FUNCTIONS, "function_signature", "method_signature", "abstract_method_signature",
                   "public_field_definition"),
    ),
    kin=(Kin("interface", "", WIDENS), Kin("", "interface", IMPLEMENTS), Kin("", "", EXTENDS)),
    returns="after",
    has_fixed_arity=True,
    known=_KNOWN | _TYPES,
)  # fmt: skip

TSX = TYPESCRIPT._replace(
    title="TypeScript with JSX",
    fence="tsx",
    aliases=(),
    grammar=TYPESCRIPT.grammar._replace(function="language_tsx"),
)
