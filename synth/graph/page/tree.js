// What lies where? Folders, files and what they define, as a tree whose branches are made when they are opened.

/** Folders by name, files by path, definitions by place. */
function makeFolders(graph) {
  const root = { name: "", path: "", folders: new Map(), files: new Map() };
  for (let node = 0; node < graph.n; node += 1) {
    const path = graph.nodes.path[node];
    if (!path) continue;
    const parts = path.split("/");
    let folder = root;
    parts.slice(0, -1).forEach((name, depth) => {
      if (!folder.folders.has(name)) {
        folder.folders.set(name, {
          name,
          path: parts.slice(0, depth + 1).join("/"),
          folders: new Map(),
          files: new Map(),
        });
      }
      folder = folder.folders.get(name);
    });
    if (!folder.files.has(path)) folder.files.set(path, { name: parts.at(-1), path, node: -1, members: [] });
    const file = folder.files.get(path);
    if (graph.nodes.kind[node] === "file") file.node = node;
    else file.members.push(node);
  }
  return root;
}

const sorted = (entries) => [...entries.values()].sort((one, other) => one.name.localeCompare(other.name, "en"));

/** The branches of a folder: a folder that holds nothing but one folder is shown with it on one line. */
function folderBranches(graph, folder) {
  const folders = sorted(folder.folders).map((inner) => {
    let [label, last] = [inner.name, inner];
    while (last.files.size === 0 && last.folders.size === 1) {
      [last] = last.folders.values();
      label += `/${last.name}`;
    }
    return { label, kind: "folder", path: last.path, branches: () => folderBranches(graph, last) };
  });
  const files = sorted(folder.files).map((file) => ({
    label: file.name,
    kind: "file",
    path: file.path,
    node: file.node,
    branches: file.members.length ? () => fileBranches(graph, file) : null,
  }));
  return [...folders, ...files];
}

/** What a file defines; members hang under what contains them. */
function fileBranches(graph, file) {
  const here = new Set(file.members);
  const under = new Map();
  for (const node of file.members) {
    const parent = here.has(graph.parent[node]) && !isModule(graph, graph.parent[node]) ? graph.parent[node] : -1;
    if (!under.has(parent)) under.set(parent, []);
    under.get(parent).push(node);
  }
  const branch = (node) => ({
    label: graph.nodes.name[node],
    kind: graph.nodes.kind[node],
    path: file.path,
    node,
    branches: under.has(node) ? () => under.get(node).map(branch) : null,
  });
  return (under.get(-1) ?? []).map(branch);
}

/** What the source only uses, by the package that it comes from. */
function outsideBranches(graph) {
  const suppliers = new Map();
  for (let node = 0; node < graph.n; node += 1) {
    if (graph.nodes.path[node]) continue;
    const name = supplierOf(graph, node);
    if (!suppliers.has(name)) suppliers.set(name, []);
    suppliers.get(name).push(node);
  }
  const leaf = (node) => ({
    label: graph.nodes.qualified_name[node],
    kind: graph.nodes.kind[node],
    path: "",
    node,
    branches: null,
  });
  const byName = (one, other) => one.label.localeCompare(other.label, "en");
  const branches = [...suppliers].map(([name, nodes]) => ({
    label: name,
    kind: "supplier",
    path: "",
    branches: () => nodes.map(leaf).sort(byName),
  }));
  const count = branches.length;
  return count
    ? [{ label: "outside the source", kind: "outside", path: "", branches: () => branches.sort(byName) }]
    : [];
}

/** The package of a name that the source only uses, such as `@scope/pkg` or the first part of a dotted name. */
function supplierOf(graph, node) {
  return /^(@[^/]+\/)?[^.:/]*/.exec(graph.nodes.qualified_name[node])[0];
}

function isModule(graph, node) {
  return graph.nodes.kind[node] === "module" || graph.nodes.kind[node] === "package";
}

/** The tree of the panel, after the pattern for trees of the ARIA practices. */
function setUpTree(graph, { listen }) {
  const tree = byId("tree");
  const rows = new Map();
  const open = (row, wanted) => {
    if (!row.branches) return;
    if (wanted && !row.group) {
      row.group = el("ul", { role: "group" });
      row.group.append(...row.branches().map((branch) => makeRow(branch, row)));
      row.item.append(row.group);
    }
    if (row.group) row.group.hidden = !wanted;
    row.item.setAttribute("aria-expanded", String(wanted));
  };
  const makeRow = (branch, parent) => {
    const row = { ...branch, parent };
    const known = branch.node !== undefined && branch.node >= 0;
    const twisty = el("span", { class: "twisty", "aria-hidden": true });
    const name = el("span", { class: "name", "data-kind": branch.kind, text: branch.label });
    row.line = el("span", { class: "line", title: branch.path }, twisty, name);
    row.item = el(
      "li",
      { role: "treeitem", tabindex: -1, "aria-expanded": branch.branches ? "false" : null },
      row.line,
    );
    row.line.addEventListener("click", (event) => {
      if (known && event.target !== twisty) location.hash = `node/${graph.nodes.node_id[branch.node]}`;
      else open(row, row.item.getAttribute("aria-expanded") !== "true");
      focusRow(tree, row.item);
    });
    rows.set(row.item, row);
    return row.item;
  };
  const branches = [...folderBranches(graph, makeFolders(graph)), ...outsideBranches(graph)];
  tree.append(...branches.map((branch) => makeRow(branch, null)));
  tree.firstElementChild?.setAttribute("tabindex", "0");
  tree.addEventListener("keydown", (event) => onTreeKey(event, tree, rows, open));
  listen(({ node }) => node >= 0 && markRow(graph, tree, rows, open, node));
}

function focusRow(tree, item) {
  for (const other of tree.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  item.setAttribute("tabindex", "0");
  item.focus({ preventScroll: true });
  item.firstElementChild.scrollIntoView({ block: "nearest" });
}

function onTreeKey(event, tree, rows, open) {
  const item = event.target.closest('[role="treeitem"]');
  const visible = [...tree.querySelectorAll('[role="treeitem"]')].filter((other) => other.offsetParent !== null);
  const at = visible.indexOf(item);
  const expanded = item.getAttribute("aria-expanded");
  const row = rows.get(item);
  const go = (to) => to && focusRow(tree, to);
  if (event.key === "ArrowDown") go(visible[at + 1]);
  else if (event.key === "ArrowUp") go(visible[at - 1]);
  else if (event.key === "Home") go(visible[0]);
  else if (event.key === "End") go(visible.at(-1));
  else if (event.key === "ArrowRight" && expanded === "false") open(row, true);
  else if (event.key === "ArrowRight" && expanded === "true") go(visible[at + 1]);
  else if (event.key === "ArrowLeft" && expanded === "true") open(row, false);
  else if (event.key === "ArrowLeft") go(row.parent?.item);
  else if (event.key === "Enter" || event.key === " ") row.line.click();
  else return;
  event.preventDefault();
}

/** Open the branches that lead to the chosen node and mark its row. */
function markRow(graph, tree, rows, open, node) {
  tree.querySelector('[aria-selected="true"]')?.removeAttribute("aria-selected");
  const path = graph.nodes.path[node];
  let level = [...tree.children];
  while (level.length) {
    const holds = (row) => row.node === node || leadsTo(graph, row, node, path);
    const row = level.map((item) => rows.get(item)).find(holds);
    if (!row) return;
    if (row.node === node) {
      row.item.setAttribute("aria-selected", "true");
      row.line.scrollIntoView({ block: "nearest" });
      return;
    }
    open(row, true);
    level = [...(row.group?.children ?? [])];
  }
}

function leadsTo(graph, row, node, path) {
  if (row.kind === "outside") return !path;
  if (row.kind === "supplier") return !path && row.label === supplierOf(graph, node);
  if (row.kind === "folder") return path.startsWith(`${row.path}/`);
  if (row.path !== path || !row.branches) return false;
  if (row.kind === "file") return true;
  return ancestors(graph, node).includes(row.node);
}
