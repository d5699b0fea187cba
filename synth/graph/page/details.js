// What is known of the chosen node? Its definition, and every edge that reaches or leaves it, as links.

const FIRST_EDGES = 25;

/** The right panel: a node, a cycle, or the graph as a whole. */
function setUpDetails(graph, { state, listen }) {
  const show = () => {
    const panel = byId("details");
    if (state.view === "cycle") panel.replaceChildren(...cycleDetails(graph, state));
    else if (state.node >= 0) panel.replaceChildren(...nodeDetails(graph, state));
    else panel.replaceChildren(...graphDetails(graph));
    panel.scrollTop = 0;
  };
  listen((patch) => (patch.view || patch.hidden || patch.tests !== undefined) && show());
}

function graphDetails(graph) {
  const open = graph.edges.dst.filter((end) => end < 0).length;
  const facts = [
    ["Nodes", number.format(graph.n)],
    ["Edges", number.format(graph.m)],
    ["Edges without a known end", number.format(open)],
    ["Cycles", number.format(graph.cycles.length)],
  ];
  return [
    el("h2", { text: "The whole graph" }),
    el("p", {
      class: "note",
      text: "A box is a folder or a file, a dot is something defined there. Choose one to see what it is joined to.",
    }),
    factList(facts),
    el("h3", { text: "Most depended on" }),
    el(
      "ul",
      {},
      ...mostUsed(graph, 12).map((node) =>
        el(
          "li",
          {},
          nodeLink(graph, node),
          " ",
          el("span", { class: "n", text: number.format(graph.nodes.dependants[node]) }),
        ),
      ),
    ),
  ];
}

function mostUsed(graph, limit) {
  const used = graph.nodes.dependants;
  const nodes = graph.nodes.node_id.map((_, node) => node).filter((node) => used[node] > 0);
  return nodes.sort((one, other) => used[other] - used[one] || one - other).slice(0, limit);
}

function factList(facts) {
  const rows = facts.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return el("dl", {}, ...rows.map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", {}, value))));
}

function nodeDetails(graph, state) {
  const node = state.node;
  const { nodes } = graph;
  const parent = graph.parent[node];
  const kind = nodes.variety[node] ? `${nodes.variety[node]} (${nodes.kind[node]})` : nodes.kind[node];
  const toggle =
    state.view === "map"
      ? el("a", { href: `#node/${nodes.node_id[node]}`, class: "button", text: "Draw its surroundings" })
      : el("a", { href: `#map/${nodes.node_id[node]}`, class: "button", text: "Find it on the map" });
  return [
    el("p", { class: "kind", "data-kind": nodes.kind[node], text: kind }),
    el("h2", { text: nodes.name[node] }),
    el("p", { class: "qualified" }, el("code", { text: nodes.qualified_name[node] })),
    toggle,
    nodes.signature[node]
      ? el("pre", {
          class: "signature",
          text: [...nodes.decorators[node].map((name) => `@${name}`), nodes.signature[node]].join("\n"),
        })
      : null,
    nodes.docstring[node] ? el("pre", { class: "docstring", text: nodes.docstring[node] }) : null,
    factList([
      ["Where", place(graph, node) ? el("code", { text: place(graph, node) }) : "outside the source"],
      ["In", parent >= 0 ? nodeLink(graph, parent, nodes.qualified_name[parent]) : ""],
      ["Bases", nodes.bases[node].join(", ")],
      ["Value", nodes.value[node] ? el("code", { text: nodes.value[node] }) : ""],
      ["Visibility", nodes.visibility[node]],
      ["Language", nodes.language[node]],
      ["Test", nodes.is_test[node] ? "yes" : ""],
      ["Depended on by", counted(nodes.dependants[node], "node")],
      ["Id", el("code", { text: nodes.node_id[node] })],
    ]),
    ...edgeSection(graph, state, "Used by", graph.into(node), graph.edges.src),
    ...edgeSection(graph, state, "Uses", graph.out(node), graph.edges.dst),
  ].filter(Boolean);
}

/** Edges at one side of a node, by kind. */
function edgeSection(graph, state, title, rows, ends) {
  const shown = [...rows].filter(
    (edge) => edgeVisible(graph, state, edge) && (ends[edge] < 0 || nodeVisible(graph, state, ends[edge])),
  );
  const hidden = rows.length - shown.length;
  const kinds = tally(shown.map((edge) => graph.edges.kind[edge])).map(([kind]) => kind);
  kinds.sort((one, other) => PRIORITY.indexOf(one) - PRIORITY.indexOf(other));
  const note = hidden ? el("p", { class: "note", text: `${number.format(hidden)} hidden by the filters` }) : null;
  const parts = kinds.flatMap((kind) => {
    const edges = shown.filter((edge) => graph.edges.kind[edge] === kind);
    const heading = el(
      "h4",
      {},
      el("span", { class: "swatch", "data-edge": kind, text: kind.replaceAll("_", " ") }),
      el("span", { class: "n", text: number.format(edges.length) }),
    );
    return [heading, ...listOf(edges, (edge) => edgeRow(graph, edge, ends[edge]), FIRST_EDGES, { class: "edges" })];
  });
  return [el("h3", {}, title, el("span", { class: "n", text: number.format(shown.length) })), ...parts, note].filter(
    Boolean,
  );
}

function edgeRow(graph, edge, end) {
  const { target, confidence, how, path, line } = graph.edges;
  const name =
    end >= 0
      ? nodeLink(graph, end)
      : el("span", { class: "open", title: "not in the source", text: target[edge] ?? "?" });
  const sure = el("span", {
    class: "sure",
    "data-confidence": confidence[edge],
    text: `${confidence[edge]}, by ${how[edge].replaceAll("_", " ")}`,
  });
  return el("div", { class: "edge" }, name, el("span", { class: "where", text: `${path[edge]}:${line[edge]}` }), sure);
}

function cycleDetails(graph, state) {
  const { kind, members, walk } = graph.cycles[state.cycle];
  const lines = linesWithin(graph, state, members, CYCLE_EDGES[kind]);
  const known = new Set(lines.map(({ src, dst }) => `${src} ${dst}`));
  const mutual = lines.filter(({ src, dst }) => src < dst && known.has(`${dst} ${src}`));
  const pair = ({ src, dst }) => el("span", {}, nodeLink(graph, src), " and ", nodeLink(graph, dst));
  return [
    el("p", { class: "kind", text: "cycle" }),
    el("h2", { text: `${number.format(members.length)} ${CYCLE_NAMES[kind] ?? kind}` }),
    el("p", { class: "note", text: "Each of them reaches every other. A short way round:" }),
    el(
      "ol",
      { class: "walk" },
      ...[...walk, walk[0]].map((node) => el("li", {}, nodeLink(graph, node, graph.nodes.qualified_name[node]))),
    ),
    ...(mutual.length && members.length > 2
      ? [
          el("h3", {}, "Directly both ways", el("span", { class: "n", text: number.format(mutual.length) })),
          ...listOf(mutual, pair, FIRST_EDGES),
        ]
      : []),
    el("h3", {}, "Members", el("span", { class: "n", text: number.format(members.length) })),
    ...listOf(members, (node) => nodeLink(graph, node, graph.nodes.qualified_name[node]), FIRST_EDGES),
    el("h3", {}, "Edges among them", el("span", { class: "n", text: number.format(lines.length) })),
    ...listOf(
      lines.flatMap(({ edges }) => edges),
      (edge) => cycleEdge(graph, edge),
      FIRST_EDGES,
    ),
  ];
}

function cycleEdge(graph, edge) {
  const { src, dst, path, line } = graph.edges;
  return el(
    "div",
    { class: "edge" },
    nodeLink(graph, src[edge]),
    el("span", { text: "→" }),
    nodeLink(graph, dst[edge]),
    el("span", { class: "where", text: `${path[edge]}:${line[edge]}` }),
  );
}
