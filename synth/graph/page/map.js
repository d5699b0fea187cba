// Where does everything lie? The map: boxes of folders and files, a dot for each node, and the lines of the chosen one.

const MAX_LINES = 4000; // more would hide what they lead to
const MAX_NAMES = 25;
const BAND = 12; // pixels that a box's name needs

/** The map; its nodes are laid out once, its lines are those of the chosen node. */
function makeMap(graph, state) {
  let colour = readColours();
  let boxes = [];
  let shown = {};
  const drawn = new graphology.Graph({ type: "directed" });
  const settings = { itemSizesReference: "positions", labelDensity: 0.6, labelRenderedSizeThreshold: 7 };
  const { sigma, fit } = makeStage(byId("stage-map"), drawn, settings);
  const layOut = () => {
    drawn.clear();
    shown = { near: [] };
    const frame = fit();
    const map = layOutMap(graph, frame);
    boxes = map.boxes;
    for (const [node, spot] of map.spots) {
      const side = spot.x > 0.8 * frame.width ? "left" : "right";
      addDot(graph, drawn, node, spot, colour, { size: spot.size, side });
    }
  };
  sigma.on("afterRender", () => drawBoxes(sigma, boxes, colour));
  layOut();
  return {
    sigma,
    fit,
    draw: () => {
      filterDots(graph, state, sigma, drawn, shown);
      light(graph, state, sigma, drawn, shown, colour);
    },
    recolour: () => {
      colour = readColours();
      layOut();
    },
  };
}

/** Hide what the filters leave out, if they have changed since the map was drawn. */
function filterDots(graph, state, sigma, drawn, shown) {
  if (shown.hidden === state.hidden && shown.tests === state.tests) return;
  [shown.hidden, shown.tests] = [state.hidden, state.tests];
  for (const key of drawn.nodes()) {
    const isHidden = !nodeVisible(graph, state, Number(key));
    if (isHidden !== sigma.getNodeState(key).isHidden) sigma.setNodeState(key, { isHidden });
  }
}

/** Light up the chosen node and all that it is joined to. */
function light(graph, state, sigma, drawn, shown, colour) {
  drawn.clearEdges();
  sigma.setNodesState(shown.near, { near: false, named: false });
  shown.near = [];
  const chosen = state.node;
  sigma.setGraphState({ focused: chosen >= 0 });
  if (chosen < 0) return;
  const uses = [...linesAt(graph, state, chosen, true)].map(([dst, edges]) => ({ src: chosen, dst, edges }));
  const users = [...linesAt(graph, state, chosen, false)].map(([src, edges]) => ({ src, dst: chosen, edges }));
  for (const item of [...uses, ...users].slice(0, MAX_LINES)) addLine(graph, drawn, item, colour, { size: 1 });
  const joined = drawn.neighbors(String(chosen));
  sigma.setNodesState(joined, { near: true, named: joined.length <= MAX_NAMES });
  sigma.setNodeState(String(chosen), { near: true, named: true });
  shown.near = [...joined, String(chosen)];
}

/** The boxes of folders and files under the dots, with names where there is room. */
function drawBoxes(sigma, boxes, colour) {
  const canvas = byId("boxes");
  const { width, height } = sigma.getDimensions();
  const scale = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = "top";
  for (const { name, box, band, depth, file } of boxes) {
    const from = sigma.graphToViewport({ x: box.x, y: -box.y });
    const to = sigma.graphToViewport({ x: box.x + box.width, y: -box.y - box.height });
    const [w, h] = [to.x - from.x, to.y - from.y];
    if (to.x < 0 || to.y < 0 || from.x > width || from.y > height || w < 3 || h < 3) continue;
    context.fillStyle = colour(file ? "box-file" : depth % 2 ? "box-odd" : "box-even");
    context.fillRect(from.x, from.y, w, h);
    context.strokeStyle = colour("rule");
    context.strokeRect(from.x, from.y, w, h);
    if (w < 30 || (band * h) / box.height < BAND || !name) continue;
    context.fillStyle = colour("muted");
    context.fillText(fitted(context, name, w - 6), Math.max(from.x, 0) + 3, Math.max(from.y, 0) + 2);
  }
}

/** As much of a text as is no wider than a width. */
function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let length = Math.floor((text.length * width) / context.measureText(text).width);
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return length > 1 ? `${text.slice(0, length)}…` : "";
}
