// How are nodes and lines drawn? Sets up sigma.js, and says what a node and a line look like.

const LONGEST_NAME = 26; // characters of a name beside a node
const [DASH, SOLID] = [5, 1e6]; // pixels: a line that is not sure is dashed

/** The colours of the style sheet, so that the canvas follows it into the dark. */
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const cache = new Map();
  return (name) => {
    if (!cache.has(name)) cache.set(name, style.getPropertyValue(`--${name}`).trim());
    return cache.get(name);
  };
}

/** A WebGL canvas in an element, in whose coordinates a unit is a pixel until one zooms. */
function makeStage(element, drawn, settings) {
  const sigma = new Sigma(drawn, element, sigmaOptions(settings));
  const fit = () => {
    const { width, height } = sigma.getDimensions();
    sigma.setCustomBBox({ x: [0, width], y: [-height, 0] });
    sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    return { width, height };
  };
  return { sigma, fit };
}

function sigmaOptions(settings) {
  const { sdfCircle, layerFill, pathLine, pathCurvedS, extremityArrow, layerDashed } = Sigma.rendering;
  const family = getComputedStyle(document.body).fontFamily;
  const dashes = { dashSize: { attribute: "dash", mode: "pixels" }, gapSize: { value: 4, mode: "pixels" } };
  return {
    customNodeState: { near: false, named: false },
    customGraphState: { focused: false },
    primitives: {
      nodes: { shapes: [sdfCircle()], layers: [layerFill()], label: { font: { family, size: 12 }, margin: 4 } },
      edges: {
        paths: [pathLine(), pathCurvedS({ orientation: "horizontal" })],
        extremities: [extremityArrow({ lengthRatio: 5, widthRatio: 4 })],
        variables: { dash: { type: "number", default: SOLID } },
        layers: [layerDashed({ ...dashes, align: 0, solidExtremities: "head" })],
      },
    },
    styles: { nodes: NODE_STYLE, edges: EDGE_STYLE },
    settings: {
      stagePadding: 0,
      minEdgeThickness: 0.5,
      nodePickingPadding: 2,
      allowInvalidContainer: true,
      ...settings,
    },
  };
}

const attribute = (name, defaultValue) => ({ attribute: name, defaultValue });

const NODE_STYLE = {
  ...Object.fromEntries(["x", "y", "size", "color", "label", "labelColor"].map((name) => [name, attribute(name)])),
  labelPosition: attribute("side", "right"),
  visibility: { whenState: "isHidden", then: "hidden", else: "visible" },
  opacity: { when: (_, own, all) => all.focused && !own.near, then: 0.25, else: 1 },
  labelVisibility: { when: (_, own) => own.isHovered || own.named, then: "visible", else: "auto" },
  depth: { when: (_, own) => own.isHovered || own.near, then: "topNodes", else: "nodes" },
};

const EDGE_STYLE = {
  color: attribute("color"),
  size: attribute("size"),
  dash: attribute("dash", SOLID),
  path: attribute("path", "straight"),
  head: "arrow",
};

const cut = (name, letters) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name);

/** Put a node into a drawing. */
function addDot(graph, drawn, node, { x, y }, colour, attributes) {
  const label = cut(shortName(graph, node), LONGEST_NAME);
  const look = { label, color: colour(`kind-${graph.nodes.kind[node]}`), labelColor: colour("ink") };
  drawn.addNode(String(node), { x, y: -y, ...look, ...attributes });
}

/** Put a line into a drawing. */
function addLine(graph, drawn, { src, dst, edges }, colour, attributes) {
  const sure = edges.some((edge) => graph.edges.confidence[edge] === "exact");
  const look = { color: colour(`edge-${lineKind(graph, edges)}`), dash: sure ? SOLID : DASH, size: 1.5 };
  drawn.addDirectedEdge(String(src), String(dst), { ...look, ...attributes });
}
