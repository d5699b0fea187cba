// Where is everything drawn? Pure functions from nodes to pixels of the canvas, y downwards; a graph is drawn alike
// every time.

const ROOM = { top: 52, side: 14, bottom: 20 }; // for the buttons over the canvas
const HEADING = 20;
const LABEL = 180; // room for a name beside a node
const LETTER = 6.5;
const ROW = { most: 30, least: 15 };

/** Divide a rectangle among items by weight, in rows that keep the parts near to squares (squarified treemap). */
function treemap(items, { x, y, width, height }) {
  const left = [...items].sort((one, other) => other.weight - one.weight);
  const total = left.reduce((sum, item) => sum + item.weight, 0);
  const scale = total ? (width * height) / total : 0;
  const placed = [];
  let [x0, y0, w, h] = [x, y, width, height];
  while (left.length) {
    const row = [];
    let area = 0;
    do {
      const item = left.shift();
      row.push({ item, part: item.weight * scale });
      area += item.weight * scale;
    } while (left.length && fits(row, area, left[0].weight * scale, Math.min(w, h)));
    const wide = w >= h;
    const thick = area ? area / Math.min(w, h) : 0;
    let along = 0;
    for (const { item, part } of row) {
      const long = thick ? part / thick : 0;
      const box = wide
        ? { x: x0, y: y0 + along, width: thick, height: long }
        : { x: x0 + along, y: y0, width: long, height: thick };
      placed.push({ item, box });
      along += long;
    }
    if (wide) [x0, w] = [x0 + thick, w - thick];
    else [y0, h] = [y0 + thick, h - thick];
  }
  return placed;
}

/** Whether one more part in a row makes its parts no less square. */
function fits(row, area, part, side) {
  return worst([...row, { part }], area + part, side) <= worst(row, area, side);
}

/** How far the worst part of a row is from a square. */
function worst(row, area, side) {
  const thick = area / side;
  return row.reduce((most, { part }) => Math.max(most, thick ** 2 / part, part / thick ** 2), 0);
}

function inset({ x, y, width, height }, by, top = by) {
  return { x: x + by, y: y + top, width: Math.max(0, width - 2 * by), height: Math.max(0, height - by - top) };
}

/** The map: a box for each folder and file, and a dot in it for each node. */
function layOutMap(graph, { width, height }) {
  const boxes = [];
  const spots = new Map();
  const weigh = (folder) => {
    const inner = [...folder.folders.values()].map(weigh);
    const files = [...folder.files.values()].map((file) => ({
      ...file,
      weight: file.members.length + (file.node >= 0 ? 1 : 0),
    }));
    return {
      ...folder,
      parts: [...inner, ...files],
      weight: [...inner, ...files].reduce((sum, part) => sum + part.weight, 0),
    };
  };
  const fill = (part, box, depth) => {
    const margin = depth ? Math.min(4, 0.03 * Math.min(box.width, box.height)) : 0;
    const band = depth ? Math.min(18, 0.15 * box.height) : 0; // room for its name
    boxes.push({ name: part.name, box, band, depth, file: !part.parts });
    const room = inset(box, margin, Math.max(band, margin));
    if (part.parts) treemap(part.parts, room).forEach(({ item, box: inner }) => fill(item, inner, depth + 1));
    else scatter([...(part.node >= 0 ? [part.node] : []), ...part.members], inset(room, margin), spots);
  };
  const outside = [];
  for (let node = 0; node < graph.n; node += 1) if (!graph.nodes.path[node]) outside.push(node);
  const source = weigh(makeFolders(graph));
  const parts = outside.length
    ? [source, { name: "outside the source", node: -1, members: outside, weight: outside.length / 2 }]
    : [source];
  const whole = { x: ROOM.side, y: ROOM.top, width: width - 2 * ROOM.side, height: height - ROOM.top - ROOM.bottom };
  treemap(parts, whole).forEach(({ item, box }) => fill(item, box, item.parts ? 0 : 1));
  return { boxes, spots };
}

/** Spread nodes evenly over a box, row by row, in their order. */
function scatter(nodes, box, spots) {
  const columns = Math.max(1, Math.round(Math.sqrt((nodes.length * box.width) / (box.height || 1))));
  const rows = Math.ceil(nodes.length / columns);
  const size = 0.36 * Math.min(box.width / columns, box.height / rows);
  nodes.forEach((node, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    spots.set(node, {
      x: box.x + ((column + 0.5) * box.width) / columns,
      y: box.y + ((row + 0.5) * box.height) / rows,
      size,
    });
  });
}

/** A node between the columns of what uses it, to the left, and of what it uses, to the right. */
function layOutAround(levels, { width, height }) {
  const spots = new Map();
  const columns = [...levels.keys()].filter((column) => levels.get(column).length).sort((one, other) => one - other);
  const label = Math.min(LABEL, width / 3);
  const apart = (width - 2 * label) / Math.max(1, columns.length - 1);
  const middle = (height + ROOM.top + HEADING - ROOM.bottom) / 2;
  columns.forEach((column, i) => {
    const nodes = levels.get(column);
    const x = columns.length === 1 ? width / 2 : label + i * apart;
    const row = Math.min(ROW.most, Math.max(ROW.least, (height - ROOM.top - HEADING - ROOM.bottom) / nodes.length));
    nodes.forEach((node, j) => spots.set(node, { x, y: middle + (j - (nodes.length - 1) / 2) * row }));
  });
  return { spots, letters: Math.max(6, Math.floor((Math.min(apart, label) - 20) / LETTER)) };
}

/** The members of a cycle on a ring. */
function layOutRing(members, { width, height }) {
  const radius = Math.max(
    40,
    Math.min(width / 2 - Math.min(LABEL, width / 3), (height - ROOM.top - ROOM.bottom) / 2 - 20),
  );
  const middle = { x: width / 2, y: (height + ROOM.top - ROOM.bottom) / 2 };
  const angle = (i) => (2 * Math.PI * i) / members.length - Math.PI / 2;
  const spot = (i) => ({ x: middle.x + radius * Math.cos(angle(i)), y: middle.y + radius * Math.sin(angle(i)) });
  return new Map(members.map((node, i) => [node, spot(i)]));
}
