// What is being looked at? One state, kept in the address too, so that Back, bookmarks and links work.

const FIRST_LIMIT = 40; // nodes that a column of a drawing shows before one asks for more

/** The state and those who listen for its changes. */
function makeState(graph) {
  const state = {
    view: "map",
    node: -1,
    cycle: -1,
    depth: 1,
    limit: FIRST_LIMIT,
    hidden: { kind: new Set(), edge: new Set(), confidence: new Set() },
    tests: true,
  };
  const listeners = [];
  const change = (patch) => {
    Object.assign(state, patch);
    for (const listener of listeners) listener(patch);
  };
  const follow = () => {
    const [view, key = ""] = location.hash.slice(1).split("/");
    const node = graph.byId.get(key) ?? -1;
    const cycle = view === "cycle" && graph.cycles[Number(key)] ? Number(key) : -1;
    if (view === "node" && node >= 0) change({ view, node, cycle: -1, limit: FIRST_LIMIT });
    else if (cycle >= 0) change({ view, node: -1, cycle });
    else change({ view: "map", node, cycle: -1 });
  };
  addEventListener("hashchange", follow);
  return { state, change, follow, listen: (listener) => listeners.push(listener) };
}

/** Whether the filters let a node be seen. */
function nodeVisible(graph, state, node) {
  return !state.hidden.kind.has(graph.nodes.kind[node]) && (state.tests || !graph.nodes.is_test[node]);
}

/** Whether the filters let an edge be seen, whatever they say of its ends. */
function edgeVisible(graph, state, edge) {
  const { kind, confidence } = graph.edges;
  return !state.hidden.edge.has(kind[edge]) && !state.hidden.confidence.has(confidence[edge]);
}
