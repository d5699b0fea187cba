// Where is it? Ranks nodes for what is typed, and lets the answer be chosen with mouse or keys.

const MAX_FOUND = 50;

/** A function from a query to the best nodes: all words must occur in the qualified name or the path. */
function makeSearch(graph) {
  const names = graph.nodes.name.map((name) => name.toLowerCase());
  const texts = graph.nodes.qualified_name.map((name, node) => `${name} ${graph.nodes.path[node] ?? ""}`.toLowerCase());
  const match = (name, last) => (name === last ? 3 : name.startsWith(last) ? 2 : name.includes(last) ? 1 : 0);
  return (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const last = words
      .at(-1)
      ?.split(/[.:/]+/)
      .at(-1);
    const found = [];
    for (let node = 0; words.length && node < graph.n; node += 1) {
      if (words.every((word) => texts[node].includes(word))) found.push({ node, match: match(names[node], last) });
    }
    const used = graph.nodes.dependants;
    found.sort((one, other) => other.match - one.match || used[other.node] - used[one.node] || one.node - other.node);
    return { total: found.length, nodes: found.slice(0, MAX_FOUND).map(({ node }) => node) };
  };
}

/** The search box with its list of answers. */
function setUpSearch(graph) {
  const [input, list, status] = [byId("search"), byId("found"), byId("found-status")];
  const find = makeSearch(graph);
  let at = -1;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (node) => {
    close();
    location.hash = `node/${graph.nodes.node_id[node]}`;
  };
  const mark = (position) => {
    at = Math.max(0, Math.min(list.children.length - 1, position));
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    const option = list.children[at];
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
  };
  const show = () => {
    const { total, nodes } = find(input.value);
    list.replaceChildren(...nodes.map((node, i) => option(graph, node, i, choose)));
    list.hidden = nodes.length === 0;
    input.setAttribute("aria-expanded", String(nodes.length > 0));
    status.textContent = input.value.trim() ? `${number.format(total)} found` : "";
    if (nodes.length) mark(0);
  };
  input.addEventListener("input", show);
  input.addEventListener("focus", () => input.value && show());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.children.length) mark(at + step);
    else if (event.key === "Enter" && !list.hidden) choose(Number(list.children[at].dataset.node));
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName)) return;
    event.preventDefault();
    input.select();
    input.focus();
  });
}

function option(graph, node, i, choose) {
  const item = el(
    "li",
    { role: "option", id: `found-${i}`, "data-node": node },
    el("span", { class: "name", "data-kind": graph.nodes.kind[node], text: shortName(graph, node) }),
    el("span", { class: "kind", text: graph.nodes.variety[node] || graph.nodes.kind[node] }),
    el("span", { class: "where", text: graph.nodes.qualified_name[node] }),
  );
  item.addEventListener("mousedown", (event) => event.preventDefault()); // else the list closes before the click
  item.addEventListener("click", () => choose(node));
  return item;
}
