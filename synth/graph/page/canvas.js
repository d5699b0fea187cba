// Which drawing is shown, and how is it handled? Pointer, keys and buttons of the middle of the page.

/** The drawings, each made when it is first shown; without WebGL 2 a message stands in their place. */
function setUpCanvas(graph, { state, listen, change }) {
  if (!document.createElement("canvas").getContext("webgl2")) {
    byId("no-webgl").hidden = false;
    for (const controls of document.querySelectorAll(".toolbar, .zoom")) controls.hidden = true;
    return;
  }
  const drawings = {};
  const current = () => {
    const name = state.view === "map" ? "map" : "near";
    if (!drawings[name]) {
      drawings[name] = name === "map" ? makeMap(graph, state) : makeNear(graph, state, change);
      setUpPointer(drawings[name].sigma, graph, state);
    }
    return drawings[name];
  };
  const draw = () => {
    byId("canvas").dataset.view = state.view;
    current().draw();
  };
  setUpCamera(() => current().sigma.getCamera());
  setUpToolbar(graph, { state, listen, change });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const drawing of Object.values(drawings)) drawing.recolour();
    draw();
  });
  listen(draw);
}

/** Pointing at a node says what it is; a click chooses it; on the map a second click draws its surroundings. */
function setUpPointer(sigma, graph, state) {
  const say = (node) => {
    byId("pointed").textContent = [graph.nodes.qualified_name[node], graph.nodes.kind[node], place(graph, node)].join(
      " · ",
    );
  };
  const choose = (key) => {
    const node = Number(key);
    const view = state.view === "map" && state.node !== node ? "map" : "node";
    location.hash = `${view}/${graph.nodes.node_id[node]}`;
  };
  sigma.on("enterNode", ({ node }) => say(Number(node)));
  sigma.on("leaveNode", () => byId("pointed").replaceChildren());
  sigma.on("clickNode", ({ node }) => choose(node));
  sigma.on("clickStage", () => {
    if (state.view === "map" && state.node >= 0) location.hash = "map";
  });
}

/** Zoom by buttons and keys, move by arrow keys. */
function setUpCamera(camera) {
  const duration = { duration: 120 };
  const move = (x, y) => {
    const { x: x0, y: y0, ratio } = camera().getState();
    camera().setState({ x: x0 + 0.05 * x * ratio, y: y0 + 0.05 * y * ratio });
  };
  const actions = {
    "+": () => camera().animatedZoom(duration),
    "-": () => camera().animatedUnzoom(duration),
    0: () => camera().animatedReset(duration),
    ArrowLeft: () => move(-1, 0),
    ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, 1),
    ArrowDown: () => move(0, -1),
  };
  byId("canvas").addEventListener("keydown", (event) => {
    const action = actions[event.key === "=" ? "+" : event.key];
    if (!action || event.target !== byId("canvas") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
  byId("zoom-in").addEventListener("click", actions["+"]);
  byId("zoom-out").addEventListener("click", actions["-"]);
  byId("zoom-fit").addEventListener("click", actions[0]);
}

/** The buttons above the drawing: which one, and how far it reaches. */
function setUpToolbar(graph, { state, change, listen }) {
  const [map, near, depth] = [byId("view-map"), byId("view-node"), byId("depth")];
  const chosen = () => graph.nodes.node_id[state.node];
  map.addEventListener("click", () => {
    location.hash = state.node >= 0 ? `map/${chosen()}` : "map";
  });
  near.addEventListener("click", () => {
    location.hash = `node/${chosen()}`;
  });
  depth.addEventListener("change", () => change({ depth: Number(depth.value), limit: FIRST_LIMIT }));
  listen((patch) => {
    if (!patch.view) return;
    map.setAttribute("aria-pressed", String(state.view === "map"));
    near.setAttribute("aria-pressed", String(state.view === "node"));
    near.disabled = state.node < 0;
    byId("reach").hidden = state.view !== "node";
    byId("left-out").hidden = state.view !== "node";
  });
}
