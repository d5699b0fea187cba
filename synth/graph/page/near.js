// What is around the chosen one? Draws the surroundings of a node, or a cycle.

const MANY = 60; // members of a cycle whose names no longer fit round it
const CYCLE_EDGES = { imports: ["depends_on"], calls: ["calls"] };

/** The drawing of a node's surroundings and of cycles; made anew each time, since it is small. */
function makeNear(graph, state, change) {
  let colour = readColours();
  const settings = { itemSizesReference: "screen", labelDensity: 100, labelRenderedSizeThreshold: 0 };
  const { sigma, fit } = makeStage(byId("stage-near"), new graphology.Graph({ type: "directed" }), settings);
  const views = {
    node: () => drawAround(graph, state, change, fit(), colour),
    cycle: () => drawCycle(graph, state, fit(), colour),
  };
  const draw = () => {
    const { drawn, labelDensity } = views[state.view]();
    sigma.setSetting("labelDensity", labelDensity);
    sigma.setGraph(drawn); // never changed afterwards: sigma would mistake its lines for those of an earlier graph
  };
  return { sigma, fit, draw, recolour: () => (colour = readColours()) };
}

function drawAround(graph, state, change, frame, colour) {
  const { levels, lines, leftOut } = neighbourhood(graph, state, state.node);
  const drawn = new graphology.Graph({ type: "directed" });
  const { spots, letters } = layOutAround(levels, frame);
  for (const [column, nodes] of levels) {
    const side = column < 0 ? "left" : column > 0 ? "right" : "above";
    for (const node of nodes) {
      const label = cut(shortName(graph, node), letters);
      addDot(graph, drawn, node, spots.get(node), colour, { label, size: column ? 5 : 9, side });
    }
  }
  for (const item of lines) addLine(graph, drawn, item, colour, { path: "curvedS" });
  const more = el("button", { type: "button", text: `Show ${number.format(Math.min(leftOut, state.limit))} more` });
  more.addEventListener("click", () => change({ limit: 2 * state.limit }));
  byId("left-out").replaceChildren(...(leftOut ? [`${counted(leftOut, "more node")} not drawn `, more] : []));
  return { drawn, labelDensity: 100 };
}

function drawCycle(graph, state, frame, colour) {
  const { kind, members } = graph.cycles[state.cycle];
  const drawn = new graphology.Graph({ type: "directed" });
  const many = members.length > MANY;
  for (const [node, spot] of layOutRing(members, frame)) {
    addDot(graph, drawn, node, spot, colour, {
      size: many ? 3 : 6,
      side: spot.x < frame.width / 2 - 1 ? "left" : "right",
    });
  }
  for (const item of linesWithin(graph, state, members, CYCLE_EDGES[kind])) {
    addLine(graph, drawn, item, colour, { size: many ? 0.5 : 1.5 });
  }
  byId("left-out").replaceChildren();
  return { drawn, labelDensity: many ? 1 : 100 };
}
