// What is in the page? Unpacks the tables of nodes and edges, and indexes edges by their ends.

/** Decode the JSON that the page carries as base64 of gzip. */
async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** The columns of a table: text is kept once, beside a code for each row; an absent value is null. */
function readTable(packed) {
  const read = (column) => (column.codes ? column.codes.map((code) => column.values[code] ?? null) : column);
  return Object.fromEntries(Object.entries(packed).map(([name, column]) => [name, read(column)]));
}

/** For each of `n` nodes the rows of edges that have it at one end, in the order of the edge table. */
function index(ends, n) {
  const starts = new Int32Array(n + 1);
  for (const end of ends) if (end >= 0) starts[end + 1] += 1;
  for (let node = 0; node < n; node += 1) starts[node + 1] += starts[node];
  const rows = new Int32Array(starts[n]);
  const next = starts.slice();
  ends.forEach((end, row) => {
    if (end >= 0) rows[next[end]++] = row;
  });
  return (node) => rows.subarray(starts[node], starts[node + 1]);
}

/** The graph that every part of the page reads; nodes and edges are row numbers. */
function readGraph(data) {
  const nodes = readTable(data.nodes);
  const edges = readTable(data.edges);
  const n = nodes.node_id.length;
  const graph = {
    title: data.title,
    cycles: data.cycles,
    nodes,
    edges,
    n,
    m: edges.src.length,
    out: index(edges.src, n),
    into: index(edges.dst, n),
    byId: new Map(nodes.node_id.map((id, node) => [id, node])),
    parent: new Int32Array(n).fill(-1),
  };
  for (let edge = 0; edge < graph.m; edge += 1) {
    const child = edges.dst[edge];
    if (edges.kind[edge] === "contains" && child >= 0 && graph.parent[child] < 0) graph.parent[child] = edges.src[edge];
  }
  return graph;
}

/** What contains a node, from the nearest on. */
function ancestors(graph, node) {
  const found = [];
  for (let at = graph.parent[node]; at >= 0 && !found.includes(at); at = graph.parent[at]) found.push(at);
  return found;
}

/** A short name that tells one node from another: of a member its class too, of a file its folder. */
function shortName(graph, node) {
  const parent = graph.parent[node];
  if (graph.nodes.kind[node] === "file") return graph.nodes.path[node].split("/").slice(-2).join("/");
  const member = graph.nodes.kind[node] === "method" || (parent >= 0 && graph.nodes.kind[parent] === "class");
  return member && parent >= 0 ? `${graph.nodes.name[parent]}.${graph.nodes.name[node]}` : graph.nodes.name[node];
}

/** Path and lines of a node, or an empty text for what the source only uses. */
function place(graph, node) {
  const { path, start_line: start, end_line: end, kind } = graph.nodes;
  if (!path[node] || kind[node] === "file") return path[node] ?? "";
  return start[node] === end[node] ? `${path[node]}:${start[node]}` : `${path[node]}:${start[node]}-${end[node]}`;
}

/** How often each value occurs, the most frequent first. */
function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]);
}

const number = new Intl.NumberFormat("en");
const counted = (n, noun) => `${number.format(n)} ${noun}${n === 1 ? "" : "s"}`;
