"""Which names does every script know? Those of the language, of browsers and of Node.js."""

from synth.graph.code.toolkit.rules import words

_NAMES = words(
    "AbortController AbortSignal AggregateError Array ArrayBuffer AsyncIterable AsyncIterator Atomics BigInt "
    "BigInt64Array BigUint64Array Blob Boolean BroadcastChannel Buffer Bun CSS CustomEvent DOMException DOMParser "
    "DataView Date Deno Document DocumentFragment Element Error EvalError Event EventTarget FinalizationRegistry "
    "File FileReader Float32Array Float64Array FormData Function HTMLElement Headers Image Infinity Int16Array "
    "Int32Array Int8Array IntersectionObserver Intl Iterable IterableIterator Iterator JSON KeyboardEvent Map "
    "Math MessageChannel MessageEvent MouseEvent MutationObserver NaN Node NodeJS Number Object Promise "
    "PromiseLike Proxy RangeError ReadableStream ReadonlyArray ReadonlyMap ReadonlySet ReferenceError Reflect "
    "RegExp Request ResizeObserver Response Set SharedArrayBuffer String Symbol SyntaxError TextDecoder "
    "TextEncoder TransformStream TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array "
    "Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket Worker WritableStream XMLHttpRequest alert "
    "atob btoa cancelAnimationFrame clearImmediate clearInterval clearTimeout confirm console crypto "
    "customElements decodeURI decodeURIComponent document encodeURI encodeURIComponent escape eval exports fetch "
    "getComputedStyle global globalThis history isFinite isNaN localStorage location matchMedia module navigator "
    "parseFloat parseInt performance process prompt queueMicrotask requestAnimationFrame require self "
    "sessionStorage setImmediate setInterval setTimeout structuredClone undefined unescape window __dirname "
    "__filename arguments Awaited Exclude Extract InstanceType NonNullable Omit Parameters Partial Pick Readonly "
    "Record Required ReturnType ThisType Uppercase Lowercase Capitalize Uncapitalize NoInfer JSX PropertyKey "
    "ArrayLike Generator AsyncGenerator describe context suite it test specify expect assert jest vi beforeEach "
    "beforeAll before afterEach afterAll after setup teardown expectTypeOf assertType xit xdescribe fit fdescribe "
    "sinon cy chai should"
)
BUILTINS = _NAMES | {f"{name}()" for name in _NAMES}
"""With what calling them gives."""

NODE = words(
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns "
    "domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring "
    "readline repl stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads "
    "zlib"
)
"""Modules that come with Node.js; a file of the source is never meant by them."""

SAME = words("filter slice concat reverse sort splice toSorted toReversed flat")
ELEMENT = words("find findLast pop shift at")
"""Methods of arrays that give an array of the same elements, and those that give one element."""
