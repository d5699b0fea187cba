"""The page of a graph, in a real browser."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import launcher
from playwright.sync_api import Browser, Locator, Page, expect
from tables import edge, node, tables

from synth.errors import UserError
from synth.graph.page import check_page, page_data, render_page, write_page

expect.set_options(timeout=30_000)  # patience on a busy machine; nothing waits longer than it must
VENDOR = Path(__file__).parents[2] / "synth" / "graph" / "page" / "vendor"

SHOP = (
    [
        node("shop/basket.py", "file", path="shop/basket.py", end_line=40),
        node("shop.basket", "module", path="shop/basket.py", end_line=40),
        node(
            "shop.basket.Basket", "class", path="shop/basket.py", start_line=5, end_line=30, signature="class Basket",
            docstring="What a customer\nhas chosen.",
        ),
        node("shop.basket.Basket.total", "method", path="shop/basket.py", start_line=9, end_line=12),
        node("shop.basket.Basket.add", "method", path="shop/basket.py", start_line=14, end_line=20),
        node("shop/rules.py", "file", path="shop/rules.py", end_line=9),
        node("shop.rules", "module", path="shop/rules.py", end_line=9),
        node("shop.rules.discount", path="shop/rules.py", signature="def discount(price: float) -> float"),
        node("tests/test_basket.py", "file", path="tests/test_basket.py", is_test=True),
        node("tests.test_basket.test_total", path="tests/test_basket.py", is_test=True, start_line=3, end_line=8),
        node("decimal.Decimal", "external", path="", start_line=None, end_line=None),
    ],
    [
        edge("shop.basket", "shop.basket.Basket", "contains", how="syntax"),
        edge("shop.basket.Basket", "shop.basket.Basket.total", "contains", how="syntax"),
        edge("shop.basket.Basket", "shop.basket.Basket.add", "contains", how="syntax"),
        edge("shop.rules", "shop.rules.discount", "contains", how="syntax"),
        edge("shop/basket.py", "shop/rules.py", "depends_on", path="shop/basket.py", line=1),
        edge("shop/rules.py", "shop/basket.py", "depends_on", path="shop/rules.py", line=2),
        edge("shop.basket.Basket.total", "shop.rules.discount", path="shop/basket.py", line=11),
        edge("shop.basket.Basket.total", None, path="shop/basket.py", line=12, target="math.fsum"),
        edge("shop.rules.discount", "decimal.Decimal", "instantiates", path="shop/rules.py", line=6),
        edge("tests.test_basket.test_total", "shop.basket.Basket.total", "tests", path="tests/test_basket.py", line=7,
             confidence="inferred", how="flow"),
        edge("tests.test_basket.test_total", "shop.basket.Basket", "instantiates", path="tests/test_basket.py", line=6),
        edge("tests.test_basket.test_total", "shop.basket.Basket.add", confidence="ambiguous", how="unique_name"),
    ],
)  # fmt: skip

HOSTILE = [
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    '"><img src=x onerror="window.pwned = 1">',
    "' onmouseover='window.pwned = 1",
    "javascript:window.pwned=1",
    "<!--<script>",
    "</title></style></textarea><svg onload=window.pwned=1>",
    "{{ 7 * 7 }}",
    "../../etc/passwd",
    "__proto__",
    "constructor",
]  # fmt: skip


SMUGGLED = [
    "const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s)",
    "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.pwned=1>')",
    "const i = new Image(); i.setAttribute('onerror', 'window.pwned = 1'); i.dispatchEvent(new Event('error'))",
    "const a = document.createElement('a'); a.href = 'javascript:window.pwned=1'; document.body.append(a); a.click()",
    "fetch('http://127.0.0.1:9/').then(() => { window.pwned = 1 })",
    "new Image().src = 'http://127.0.0.1:9/'",
]


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Browser]]:
    with launcher() as start:
        yield start


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Browser:
    return launch()


class Opened:
    """A page in a browser, with what it complained of and what it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self._hear(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))

    def _hear(self, text: str) -> None:
        if "GL Driver Message" not in text:  # of the software renderer, about its own pace
            self.complaints.append(text)

    def open(self, path: Path, fragment: str = "") -> "Opened":
        self.page.goto(f"{path.as_uri()}{fragment}")
        self.page.wait_for_selector("html[data-ready]")
        return self

    @property
    def details(self) -> Locator:
        """The panel that describes what is chosen."""
        return self.page.locator("#details")

    def says(self, *words: str | re.Pattern[str]) -> None:
        """The details come to hold these words."""
        for word in words:
            expect(self.details).to_contain_text(word, use_inner_text=True)

    def shows(self, view: str) -> None:
        """The middle of the page comes to show the map, a node or a cycle."""
        expect(self.page.locator("#canvas")).to_have_attribute("data-view", view)

    def choose(self, query: str) -> None:
        """Search and take the first answer."""
        self.page.locator("#search").fill(query)
        self.page.keyboard.press("Enter")


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """A function that writes the page of a graph and opens it; at the end nothing was complained of or asked for."""
    context = browser.new_context(viewport={"width": 1300, "height": 800})
    found = Opened(context.new_page())

    def show(nodes: Any, edges: Any = (), fragment: str = "") -> Opened:
        write_page(*tables(nodes, edges), tmp_path / "graph.html")
        return found.open(tmp_path / "graph.html", fragment)

    yield show
    assert found.complaints == []
    assert [url for url in found.requests if not url.startswith(("file:", "blob:"))] == []
    context.close()


def test_the_page_is_one_file_that_asks_for_nothing(opened: Any) -> None:
    page = opened(*SHOP)
    assert page.page.title() == "Code graph of c"
    assert [url.rpartition("/")[2] for url in page.requests] == ["graph.html"]
    assert "11 nodes, 12 edges" in page.page.locator("header").inner_text()


def test_search_finds_a_node_and_says_what_it_is(opened: Any) -> None:
    page = opened(*SHOP)
    page.page.keyboard.press("/")
    page.page.keyboard.type("basket")
    names = page.page.locator("#found .name").all_inner_texts()
    assert names[:3] == ["Basket", "basket", "shop/basket.py"]  # the very name first, the more used before the less
    assert page.page.locator("#found-status").inner_text() == f"{len(names)} found"
    page.page.keyboard.press("Enter")
    page.says("class", "shop.basket.Basket", "shop/basket.py:5-30", "What a customer has chosen.")


def test_search_takes_several_words_arrow_keys_and_escape(opened: Any) -> None:
    page = opened(*SHOP).page
    page.locator("#search").fill("shop/basket total")
    assert page.locator("#found .where").all_inner_texts() == ["shop.basket.Basket.total"]
    page.locator("#search").fill("basket")
    page.keyboard.press("ArrowDown")
    assert page.locator("#found [aria-selected=true] .name").inner_text() == "basket"
    page.keyboard.press("Escape")
    assert page.locator("#found").is_hidden()
    assert page.locator("#search").input_value() == "basket"
    page.locator("#search").fill("nothing like it")
    assert page.locator("#found-status").inner_text() == "0 found"


def test_edges_are_links_with_place_confidence_and_how(opened: Any) -> None:
    page = opened(*SHOP)
    page.choose("total")
    page.says(re.compile(r"Used by\s*2"))  # by a test, and by what contains it
    page.says(re.compile(r"test_total\s+tests/test_basket.py:7\s+inferred, by flow"))
    page.says(re.compile(r"math.fsum\s+shop/basket.py:12\s+exact, by name"))
    page.details.get_by_role("link", name="discount").click()
    page.says("def discount(price: float) -> float", "Decimal")
    page.page.go_back()
    page.says("shop.basket.Basket.total")


def test_a_link_to_a_node_opens_it(opened: Any) -> None:
    opened(*SHOP, fragment="#node/shop.rules.discount").says("def discount(price")


def test_a_link_to_a_node_that_is_gone_opens_the_map(opened: Any) -> None:
    opened(*SHOP, fragment="#node/nowhere").says("The whole graph")


def test_the_tree_is_used_with_keys(opened: Any) -> None:
    page = opened(*SHOP)
    tree = page.page.get_by_role("tree")
    assert tree.get_by_role("treeitem").all_inner_texts() == ["shop", "tests", "outside the source"]
    tree.get_by_role("treeitem", name="shop").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "Enter"):
        page.page.keyboard.press(key)
    page.says("shop.basket.Basket.total")
    expect(page.page.locator("#tree [aria-selected=true] > .line")).to_have_text("total")
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("ArrowLeft")
    assert page.page.locator("#tree").get_by_text("total").is_hidden()


@pytest.mark.parametrize(("name", "above"), [("discount", "rules.py"), ("decimal.Decimal", "decimal")])
def test_a_chosen_node_is_shown_in_the_tree(opened: Any, name: str, above: str) -> None:
    page = opened(*SHOP)
    page.choose(name)
    row = page.page.locator("#tree [aria-selected=true]")
    expect(row.locator("> .line")).to_have_text(name)
    expect(row.locator("xpath=../../*[@class='line']")).to_have_text(above)


def test_most_used_ranks_by_dependants_with_and_without_tests(opened: Any) -> None:
    page = opened(*SHOP).page
    page.get_by_role("tab", name="Most used").click()
    rows = page.locator("#most-used li")
    assert {re.sub(r"\s+", " ", text) for text in rows.all_inner_texts()} == {
        "Basket 1", "Basket.total 1", "discount 1", "shop/basket.py 1", "shop/rules.py 1", "Decimal 1"
    }  # fmt: skip
    page.get_by_role("tab", name="Kinds").click()
    page.get_by_label("in tests").uncheck()
    names = page.locator("#most-used a")
    assert names.all_text_contents() == ["shop/basket.py", "shop/rules.py", "discount", "Decimal"]
    page.get_by_label("external").uncheck()
    assert names.all_text_contents() == ["shop/basket.py", "shop/rules.py", "discount"]


def test_kinds_have_counts_and_filter_the_edges(opened: Any) -> None:
    page = opened(*SHOP)
    page.page.get_by_role("tab", name="Kinds").click()
    counts = page.page.locator("#filters label").all_inner_texts()
    assert {"class\n1", "method\n2", "external\n1", "contains\n4", "ambiguous\n1"} <= set(counts)
    page.choose("add")
    page.says("ambiguous, by unique name")
    page.page.get_by_label("ambiguous").uncheck()
    page.says("1 hidden by the filters")
    expect(page.details).not_to_contain_text("unique name")
    page.page.get_by_label("contains").uncheck()
    page.says("2 hidden by the filters")


def test_cycles_are_listed_and_explained(opened: Any) -> None:
    page = opened(*SHOP)
    page.page.get_by_role("tab", name=re.compile("Cycles")).click()
    page.page.get_by_text("2 files that import each other").click()
    page.shows("cycle")
    assert page.page.locator(".walk a").all_inner_texts() == ["shop/basket.py", "shop/rules.py", "shop/basket.py"]
    page.says("shop/rules.py:2")


def pixels(page: Page, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Where the drawing shows a colour, in pixels of the window."""
    shot = base64.b64encode(page.screenshot()).decode()
    looking = page.context.browser.new_page()
    found = looking.evaluate(
        """async ([shot, red, green, blue]) => {
            const bytes = Uint8Array.from(atob(shot), (character) => character.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
            const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
            context.drawImage(image, 0, 0);
            const { data } = context.getImageData(0, 0, image.width, image.height);
            const found = [];
            for (let at = 0; at < data.length; at += 4) {
                const away = [red, green, blue].map((value, i) => Math.abs(data[at + i] - value));
                if (Math.max(...away) < 4) found.push([(at / 4) % image.width, Math.floor(at / 4 / image.width)]);
            }
            return found;
        }""",
        [shot, *colour],
    )
    looking.close()
    box = page.locator("#canvas").bounding_box()
    assert box is not None
    inside = [(x, y) for x, y in found if box["x"] < x < box["x"] + box["width"] and y > box["y"]]
    return sorted(inside)


CLASS_COLOUR = (194, 112, 46)


def test_a_dot_of_the_map_can_be_clicked(opened: Any) -> None:
    page = opened(*SHOP)
    dot = pixels(page.page, CLASS_COLOUR)
    x, y = dot[len(dot) // 2]
    page.page.mouse.click(x, y)
    page.says("Draw its surroundings", "shop.basket.Basket")
    page.shows("map")
    page.page.get_by_text("Draw its surroundings").click()
    page.shows("node")


def test_a_filter_takes_dots_off_the_map(opened: Any) -> None:
    page = opened(*SHOP).page
    assert pixels(page, CLASS_COLOUR)
    page.get_by_role("tab", name="Kinds").click()
    page.get_by_label("class").uncheck()
    assert pixels(page, CLASS_COLOUR) == []


def test_the_surroundings_reach_one_or_two_steps(opened: Any) -> None:
    page = opened(*SHOP).page
    page.goto(f"{page.url}#node/tests.test_basket.test_total")
    steps = []
    for depth in ("1", "2"):
        page.get_by_label("reaching").select_option(depth)
        steps.append(len(pixels(page, (47, 102, 144))))  # functions: the centre, and at two steps discount
    assert steps[0] < steps[1]


def test_many_neighbours_are_drawn_when_asked_for(opened: Any) -> None:
    users = [node(f"m.f{i}") for i in range(100)]
    page = opened([node("m.hub"), *users], [edge(user["node_id"], "m.hub") for user in users], "#node/m.hub").page
    assert page.locator("#left-out").inner_text() == "60 more nodes not drawn Show 40 more"
    page.get_by_role("button", name="Show 40 more").first.click()
    assert page.locator("#left-out").inner_text() == "20 more nodes not drawn Show 20 more"
    assert page.locator("#details .edges li").count() == 25
    page.locator("#details .more").first.click()
    assert page.locator("#details .edges li").count() == 100


def test_hostile_text_is_only_ever_text(opened: Any) -> None:
    nodes = [
        node(
            f"{i:032x}", "class", qualified_name=text, collection=text, variety=text, name=text, path=f"{text}/x.py",
            signature=text, docstring=text, language=text, visibility=text, decorators=[text], bases=[text], value=text,
        )
        for i, text in enumerate(HOSTILE)
    ]  # fmt: skip
    ids = [row["node_id"] for row in nodes]
    edges = [
        edge(src, dst, path=text, target=text) for src, text in zip(ids, HOSTILE, strict=True) for dst in (*ids, None)
    ]
    page = opened(nodes, edges)
    for tab in ("Most used", "Cycles", "Kinds", "Files"):
        page.page.get_by_role("tab", name=re.compile(tab)).click()
    for node_id, text in zip(ids, HOSTILE, strict=True):
        page.page.locator("#search").fill(text)
        page.page.evaluate("(id) => { location.hash = `node/${id}` }", node_id)
        expect(page.details.locator("h2")).to_have_text(text)
        assert page.details.inner_text().count(text) >= 5
    assert page.page.evaluate("window.pwned") is None
    tags = page.page.evaluate("[...new Set([...document.querySelectorAll('*')].map((element) => element.localName))]")
    assert not {"img", "svg", "iframe", "object", "base"} & set(tags)
    assert page.page.locator("script").count() == 4  # the data, two libraries and the page's own


def test_hidden_characters_are_spelt_out(opened: Any) -> None:
    page = opened([node("m.f", docstring="access = \u202e\u2066'user'\u2069 \u2028 \x00", name="f\u200b")])
    page.choose("m.f")
    page.says("f⟨U+200B⟩")
    page.says("access = ⟨U+202E⟩⟨U+2066⟩'user'⟨U+2069⟩ ⟨U+2028⟩ ⟨U+0000⟩")


def test_no_script_but_the_pages_own_can_run(browser: Browser, tmp_path: Path) -> None:
    write_page(*tables(*SHOP), tmp_path / "graph.html")
    context = browser.new_context()
    page = Opened(context.new_page()).open(tmp_path / "graph.html")
    sent: list[str] = []
    page.page.on("requestfinished", lambda request: sent.append(request.url))
    page.page.on("requestfailed", lambda request: None if request.failure == "csp" else sent.append(request.url))
    for attempt in SMUGGLED:
        page.page.evaluate(f"() => {{ try {{ {attempt} }} catch {{}} }}")
    assert page.page.evaluate("window.pwned") is None
    assert sent == []
    context.close()


def test_the_policy_names_the_pages_own_scripts_and_allows_nothing_else() -> None:
    head, _, body = render_page(*tables(*SHOP)).partition("</head>")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', head)
    found = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    scripts = re.findall(r"<script>(.*?)</script>", body, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", head, re.DOTALL)
    assert found.pop("script-src") == [sha256(script) for script in scripts]
    assert found.pop("style-src") == [sha256(style)]
    assert found == {
        "default-src": ["'none'"], "base-uri": ["'none'"], "form-action": ["'none'"],
        "require-trusted-types-for": ["'script'"], "trusted-types": ["'none'"],
    }  # fmt: skip


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_it_works_without_webgl(launch: Callable[..., Browser], tmp_path: Path) -> None:
    write_page(*tables(*SHOP), tmp_path / "graph.html")
    page = Opened(launch("--disable-3d-apis").new_page()).open(tmp_path / "graph.html")
    assert page.page.get_by_text("This browser has no WebGL 2").is_visible()
    assert page.page.get_by_role("button", name="Zoom in").is_hidden()
    page.choose("total")
    page.says("shop.basket.Basket.total")
    assert page.complaints == []


def test_ten_thousand_nodes_can_be_explored(opened: Any) -> None:
    names = [f"pkg.m{i // 50}.f{i}" for i in range(10_000)]
    nodes = [node(name, path=f"pkg/m{i // 50}.py") for i, name in enumerate(names)]
    edges = [edge(names[i], names[i * step % 10_000]) for i in range(10_000) for step in (3, 7, 11, 101, 0)]
    page = opened(nodes, edges)
    page.choose("f9999")
    page.says("pkg.m199.f9999")
    page.choose("pkg.m0.f0")
    page.says("9,999 nodes")
    page.page.get_by_text("Find it on the map").click()
    page.shows("map")


def test_it_follows_the_readers_colours_and_window(opened: Any) -> None:
    page = opened(*SHOP).page
    look = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(look)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(look) != light
    assert not pixels(page, CLASS_COLOUR)  # the drawing has changed its colours too
    for width in (360, 800, 1300):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part in ("aside", "#canvas", "#details"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["width"] > 250, (width, part)


def test_all_that_can_be_used_has_a_name_and_is_reached_with_keys(opened: Any) -> None:
    page = opened(*SHOP).page
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, a")]
            .filter((element) => !(element.ariaLabel || element.textContent.trim() || element.labels?.length))
            .map((element) => element.outerHTML)"""
    )
    assert nameless == []
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('role')"))
    assert {"search", "tab-tree", "treeitem", "canvas", "view-map", "zoom-in"} <= reached
    page.locator("#tab-tree").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#most-used").is_visible()


def test_collections_of_one_page_are_kept_apart(opened: Any) -> None:
    nodes = [node(f"{name}.f", collection=name, path="src/m.py") for name in ("one", "two")]
    page = opened(nodes)
    assert page.page.title() == "Code graph of one, two"
    assert page.page.get_by_role("treeitem").all_inner_texts() == ["one/src", "two/src"]


def test_a_graph_of_nothing_has_a_page_too(opened: Any) -> None:
    opened([]).says(re.compile(r"Nodes\s*0"))


def test_the_same_graph_gives_the_same_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render_page(*tables(*SHOP))
    monkeypatch.setattr("time.time", lambda: 1e9)
    assert render_page(*tables(*SHOP)) == before


def test_the_page_carries_the_graph_and_the_licences() -> None:
    page = render_page(*tables(*SHOP))
    (packed,) = re.findall(r'<script type="text/plain" id="data">([A-Za-z0-9+/=]*)</script>', page)
    assert json.loads(gzip.decompress(base64.b64decode(packed))) == json.loads(json.dumps(page_data(*tables(*SHOP))))
    for name in ("sigma", "graphology"):
        assert (VENDOR / f"LICENSE-{name}.txt").read_text(encoding="utf-8").strip() in page


def test_long_texts_are_cut() -> None:
    data = page_data(*tables([node("m.f", docstring="x" * 5_000)]))
    assert data["nodes"]["docstring"]["values"] == [f"{'x' * 1_500} … (3,500 more characters)"]


def test_the_bundled_libraries_are_the_published_ones() -> None:
    table = (VENDOR / "README.md").read_text(encoding="utf-8")
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}
    assert found == dict(re.findall(r"^\| `(\S+)` \|.*\| `([0-9a-f]{64})` \|$", table, re.MULTILINE))


def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^--html \S+ is a folder; name a file in it, such as \S+/graph.html$"):
        check_page(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"^--html \S+ cannot be written: .*; choose another file$"):
        write_page(*tables(*SHOP), tmp_path / "file" / "page.html")
