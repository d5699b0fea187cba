// What stands out? The nodes that most depend on, the cycles, and the kinds with their counts, which filter the rest.

const FIRST_ROWS = 50;

/** The tabs of the panel: arrow keys change them. */
function setUpTabs() {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const choose = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  tabs.forEach((tab) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("focus", () => choose(tab));
  });
  arrowKeys(byId("tabs"), '[role="tab"]');
}

/** The nodes on which most others depend, of the kinds that are shown. */
function setUpMostUsed(graph, { state, listen }) {
  const show = () => {
    const counts = state.tests ? graph.nodes.dependants : graph.nodes.dependants_without_tests;
    const ranked = graph.nodes.node_id
      .map((_, node) => node)
      .filter((node) => counts[node] > 0 && nodeVisible(graph, state, node));
    ranked.sort((one, other) => counts[other] - counts[one] || one - other);
    const most = counts[ranked[0]] ?? 1;
    const row = (node) =>
      el(
        "div",
        { class: "ranked" },
        nodeLink(graph, node),
        el("span", { class: "n", text: number.format(counts[node]) }),
        el("meter", { min: 0, max: most, value: counts[node], "aria-hidden": true }),
      );
    const note = state.tests ? "How many other nodes depend on it." : "How many other nodes depend on it, tests aside.";
    byId("most-used").replaceChildren(el("p", { class: "note", text: note }), ...listOf(ranked, row, FIRST_ROWS));
  };
  listen((patch) => (patch.hidden || patch.tests !== undefined) && show());
  show();
}

const CYCLE_NAMES = { imports: "files that import each other", calls: "functions that call each other" };

/** Groups of nodes each of which reaches every other. */
function setUpCycles(graph) {
  const row = ({ cycle, i }) => {
    const walk = [...cycle.walk, cycle.walk[0]].map((node) => graph.nodes.name[node]).join(" → ");
    const heading = `${number.format(cycle.members.length)} ${CYCLE_NAMES[cycle.kind] ?? cycle.kind}`;
    return el("a", { href: `#cycle/${i}`, class: "cycle" }, el("b", { text: heading }), el("span", { text: walk }));
  };
  const cycles = graph.cycles.map((cycle, i) => ({ cycle, i }));
  const none = el("p", { class: "note", text: "No files import each other, and no functions call each other." });
  byId("cycles").replaceChildren(...(cycles.length ? listOf(cycles, row, FIRST_ROWS) : [none]));
  byId("tab-cycles").append(el("span", { class: "count", text: number.format(cycles.length) }));
}

/** The kinds of nodes and edges with their counts: a legend whose boxes filter the page. */
function setUpFilters(graph, { state, change }) {
  const hide = (group, value, hidden) => {
    const values = new Set(state.hidden[group]);
    if (hidden) values.add(value);
    else values.delete(value);
    change({ hidden: { ...state.hidden, [group]: values } });
  };
  const box = (group, value, count) => {
    const input = el("input", { type: "checkbox" });
    input.checked = !state.hidden[group].has(value);
    input.addEventListener("change", () => hide(group, value, !input.checked));
    const name = el("span", { class: "swatch", [`data-${group}`]: value, text: value.replaceAll("_", " ") });
    return el("label", {}, input, name, el("span", { class: "n", text: number.format(count) }));
  };
  const fieldset = (title, group, values) =>
    el(
      "fieldset",
      {},
      el("legend", { text: title }),
      ...tally(values).map(([value, count]) => box(group, value, count)),
    );
  const tests = el("input", { type: "checkbox", id: "with-tests" });
  tests.checked = state.tests;
  tests.addEventListener("change", () => change({ tests: tests.checked }));
  const nTests = graph.nodes.is_test.reduce((sum, is) => sum + is, 0);
  byId("filters").replaceChildren(
    fieldset("Nodes", "kind", graph.nodes.kind),
    el(
      "label",
      { class: "apart" },
      tests,
      el("span", { text: "in tests" }),
      el("span", { class: "n", text: number.format(nTests) }),
    ),
    fieldset("Edges", "edge", graph.edges.kind),
    fieldset("Confidence", "confidence", graph.edges.confidence),
  );
}
