"""Pages become Markdown: what they are about stays, what leads elsewhere goes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.extract.formats import extract
from synth.sources.extract.html import to_markdown
from synth.sources.skips import Skip

TAGS = [
    "<p>", "</p>", "<ul>", "<li>", "<pre>", "x", "<table>", "<tr>", "<td>", "<b>", "</b>", "<h1>", "&", "<!--", "-->",
    "<dl>", "<dt>", "<br>",
]  # fmt: skip


def md(body: str) -> str:
    """The Markdown of a page with such a body."""
    return to_markdown(f"<html><body>{body}</body></html>")[0].rstrip("\n")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h2>A <em>b</em></h2><p>One\n two</p>", "## A b\n\nOne two"),
        ("loose <b>text</b><p>and a paragraph", "loose text\n\nand a paragraph"),
        ("<p>Call <code>f()</code> or <tt>g</tt>.<br>Then stop.</p>", "Call `f()` or `g`.\nThen stop."),
        ("<p>See <a href='x'>the manual</a>.</p>", "See the manual."),
        ("<p>10<sup>6</sup> is much.<sup><a href='#f1'>1</a></sup></p>", "10^6 is much."),
        ("<p>Free <a class='footnote-reference' href='#f'>2</a>.</p>", "Free."),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", "- a\n  - b\n- c\n\n  d"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<dl><dt>term</dt><dd>what it is</dd><dt>other</dt><dd>more</dd></dl>", "term\n: what it is\n\nother\n: more"),
        ("<blockquote><p>said</p><p>again</p></blockquote>", "> said\n>\n> again"),
        ("<table><tr><th>k</th><th>v</th></tr><tr><td>a|b</td><td>2</td></tr></table>",
         "| k | v |\n| --- | --- |\n| a\\|b | 2 |"),
        ("<table><tr><td><h2>Layout</h2></td><td><p>text</p></td></tr></table>", "## Layout\n\ntext"),
        ("<p># of files</p>", "\\# of files"),
        ("<p>a&amp;b &lt;c&gt; of\u00adfice \ufb01x\u00a0y</p>", "a&b <c> office fix y"),
        ("<p>is <math><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></math></p>", "is $x^2$"),
    ],
)  # fmt: skip
def test_elements_become_markdown(html, text):
    assert md(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre>if x:\n    y = 1\n\n    z</pre>", "```\nif x:\n    y = 1\n\n    z\n```"),
        ('<pre><code class="language-c++">int x;</code></pre>', "```c++\nint x;\n```"),
        ('<div class="highlight-python3 notranslate"><div class="highlight"><pre><b>def</b> f(): ...</pre></div></div>',
         "```python3\ndef f(): ...\n```"),
        ('<pre class="brush: js">a</pre>', "```js\na\n```"),
        ('<table><tr><td class="linenos"><pre>1\n2</pre></td><td class="code"><pre>a\nb</pre></td></tr></table>',
         "```\na\nb\n```"),
        ("<pre>```\nx</pre>", "````\n```\nx\n````"),
        ("<pre>a<br>b</pre>", "```\na\nb\n```"),
        ("<ul><li><p>do</p><pre>x = 1\n\ny</pre></li></ul>", "- do\n\n  ```\n  x = 1\n\n  y\n  ```"),
    ],
)  # fmt: skip
def test_code_keeps_its_lines_and_its_language(html, text):
    assert md(html) == text


@pytest.mark.parametrize(
    "noise",
    [
        "<nav>NOISE</nav>", "<script>NOISE</script>", "<style>NOISE</style>", "<footer>NOISE</footer>",
        "<div class='sphinxsidebar'><p>NOISE</p></div>", "<div role='navigation'>NOISE</div>", "<!-- NOISE -->",
        "<ul class='breadcrumbs'><li>NOISE</li></ul>", "<p hidden>NOISE</p>", "<button>NOISE</button>",
        "<p>[ <a href='a'>Previous</a> | <a href='b'>Up</a> | <a href='c'>Next</a> ]</p>",
        "<ul><li><a accesskey='p' href='a'>Précédent</a></li><li><a accesskey='n' href='b'>Suivant</a></li></ul>",
        "<noscript>NOISE</noscript>", "<div id='toc'><a href='#x'>NOISE</a></div>", "<svg><text>NOISE</text></svg>",
        "<template>NOISE</template>", "<textarea>NOISE</textarea>",
        "<h1>Title<a class='headerlink' href='#t'></a></h1>",
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_left_out(noise):
    text = md(f"{noise}<p>The text itself.</p>")
    assert text.removeprefix("# Title\n\n") == "The text itself."


def test_the_main_part_is_taken_where_a_page_names_it():
    page = "<div>Site name</div><div role='main'><h1>Page</h1><p>Text.</p></div><div>Made by a tool</div>"
    assert md(page) == "# Page\n\nText."


def test_a_part_that_is_named_like_navigation_but_holds_the_heading_stays():
    assert md("<div class='menu'><h1>Menus</h1><p>How to make one.</p></div>") == "# Menus\n\nHow to make one."


def test_a_heading_that_says_search_or_index_is_no_navigation():
    assert md("<h2><a id='s'></a>Search</h2><p>How to search.</p>") == "## Search\n\nHow to search."


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<head><title>Site - Page</title></head><h1>Page</h1>", "Page"),
        ("<head><title> Site\n - Page </title></head><p>x</p>", "Site - Page"),
        ("<p>x</p>", ""),
    ],
)
def test_the_title_is_the_first_heading_else_that_of_the_head(html, title):
    assert to_markdown(html)[1] == title


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ('<meta charset="iso-8859-1"><p>Zo\u00eb \u2019t</p>'.encode("cp1252"), "Zo\u00eb \u2019t\n", "cp1252"),
        ('<?xml version="1.0" encoding="koi8-r"?><p>\u0434\u0430</p>'.encode("koi8-r"), "\u0434\u0430\n", "koi8-r"),
        ('<meta charset="iso-8859-1"><p>Zo\u00eb</p>'.encode(), "Zo\u00eb\n", "utf-8"),
        (b'<meta charset="no-such"><p>plain</p>', "plain\n", "utf-8"),
    ],
)
def test_the_encoding_that_a_page_declares_is_used_where_it_is_not_utf8(data, text, encoding):
    document = extract(data, "html")
    assert (document.text, document.encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("data", "is_template"),
    [
        (b'{% extends "base.html" %}<p>x</p>', True),
        (b'<p><a href="{{ url }}">x</a></p>', True),
        (b"<?php echo 1 ?><p>x</p>", True),
        (b'<?xml version="1.0"?><p>x</p>', False),
        (b"<pre>{% for x in y %}</pre><p>&lt;a href='{{ url }}'&gt;</p>", False),
    ],
)
def test_a_template_is_no_document_but_a_page_about_templates_is(data, is_template):
    if is_template:
        with pytest.raises(Skip, match="no_document"):
            extract(data, "html")
    else:
        assert extract(data, "html").text


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(TAGS),
        max_size=30,
    )
)
def test_any_soup_of_tags_is_read(pieces):
    text, _ = to_markdown("".join(pieces))
    assert text.count("x") <= pieces.count("x") * 2
    assert "\n\n\n" not in text.replace("```\n", "")


def test_elements_nested_without_end_are_read_flat():
    text, _ = to_markdown("<div>" * 3000 + "deep" + "<b>" * 2000 + "er")
    assert text.split() == ["deep", "er"] or text.strip() == "deeper"
