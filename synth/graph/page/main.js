// Puts the page together once its data is unpacked.

async function start() {
  const graph = readGraph(await unpack(byId("data").textContent.trim()));
  document.title = `Code graph of ${graph.title}`;
  byId("title").textContent = graph.title;
  byId("counts").textContent = `${counted(graph.n, "node")}, ${counted(graph.m, "edge")}`;
  const store = makeState(graph);
  setUpTabs();
  setUpSearch(graph);
  setUpTree(graph, store);
  setUpMostUsed(graph, store);
  setUpCycles(graph);
  setUpFilters(graph, store);
  setUpDetails(graph, store);
  setUpCanvas(graph, store);
  store.follow();
  document.documentElement.dataset.ready = "";
}

start().catch((error) => {
  byId("failed").hidden = false;
  byId("failed").textContent = `This page could not be opened: ${error.message}. It needs a browser of 2023 or later.`;
});
