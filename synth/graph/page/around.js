// What is near a node? Its users and what it uses, one or two steps away, after the filters.

const PRIORITY = [
  "inherits",
  "overrides",
  "instantiates",
  "calls",
  "imports",
  "depends_on",
  "decorates",
  "uses_type",
  "references",
  "tests",
  "mentions",
  "co_occurs",
  "contains",
]; // of several edges between two nodes the first kind gives the line its colour

/** The lines that the filters let through, one for each pair of nodes, from a node or towards it. */
function linesAt(graph, state, node, outgoing) {
  const [rows, ends] = outgoing ? [graph.out(node), graph.edges.dst] : [graph.into(node), graph.edges.src];
  const lines = new Map();
  for (const edge of rows) {
    const other = ends[edge];
    if (other < 0 || other === node || !edgeVisible(graph, state, edge) || !nodeVisible(graph, state, other)) continue;
    if (!lines.has(other)) lines.set(other, []);
    lines.get(other).push(edge);
  }
  return lines;
}

/** The nodes around one, by column: negative ones use it, positive ones are used by it. */
function neighbourhood(graph, state, centre) {
  const levels = new Map([[0, [centre]]]);
  const seen = new Set([centre]);
  const lines = new Map();
  let leftOut = 0;
  for (const side of [1, -1]) {
    for (let step = 1; step <= state.depth; step += 1) {
      const found = new Map();
      for (const node of levels.get(side * (step - 1)) ?? []) {
        for (const [other, edges] of linesAt(graph, state, node, side > 0)) {
          const [src, dst] = side > 0 ? [node, other] : [other, node];
          lines.set(`${src} ${dst}`, { src, dst, edges });
          if (!seen.has(other)) found.set(other, Math.min(found.get(other) ?? Infinity, rank(graph, edges)));
        }
      }
      const used = graph.nodes.dependants;
      const order = [...found.keys()].sort(
        (one, other) => found.get(one) - found.get(other) || used[other] - used[one] || one - other,
      );
      const shown = order.slice(0, state.limit);
      leftOut += order.length - shown.length;
      shown.forEach((node) => seen.add(node));
      levels.set(side * step, inOrderOfPlace(graph, shown));
    }
  }
  return { levels, leftOut, lines: [...lines.values()].filter(({ src, dst }) => seen.has(src) && seen.has(dst)) };
}

/** The lines inside a set of nodes, over edges of some kinds. */
function linesWithin(graph, state, members, kinds) {
  const inside = new Set(members);
  return members.flatMap((src) =>
    [...linesAt(graph, state, src, true)]
      .map(([dst, edges]) => ({ src, dst, edges: edges.filter((edge) => kinds.includes(graph.edges.kind[edge])) }))
      .filter(({ dst, edges }) => inside.has(dst) && edges.length),
  );
}

/** The kind that a line is drawn as. */
function lineKind(graph, edges) {
  return PRIORITY.find((kind) => edges.some((edge) => graph.edges.kind[edge] === kind)) ?? graph.edges.kind[edges[0]];
}

function rank(graph, edges) {
  return PRIORITY.indexOf(lineKind(graph, edges));
}

function inOrderOfPlace(graph, nodes) {
  const { path, start_line: line } = graph.nodes;
  return [...nodes].sort(
    (one, other) => (path[one] ?? "").localeCompare(path[other] ?? "", "en") || line[one] - line[other],
  );
}
