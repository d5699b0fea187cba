// How is text from a source shown? Only ever as text: nothing here or elsewhere in the page parses markup.

/** Make an element; a `text` becomes a text node, `on` holds listeners, other keys become attributes. */
function el(tag, { text, on, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  for (const [event, listener] of Object.entries(on ?? {})) element.addEventListener(event, listener);
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const byId = (id) => document.getElementById(id);

/** Show a long list piece by piece: `first` rows, then a button for more. */
function listOf(items, show, first, attributes = {}) {
  const list = el("ul", attributes);
  const more = el("button", { type: "button", class: "more" });
  let shown = 0;
  const extend = (count) => {
    const fresh = items.slice(shown, shown + count).map((item) => el("li", {}, show(item)));
    list.append(...fresh);
    shown += fresh.length;
    more.hidden = shown >= items.length;
    more.textContent = `Show ${number.format(Math.min(10 * first, items.length - shown))} more`;
    return fresh;
  };
  more.addEventListener("click", () =>
    extend(10 * first)[0]
      ?.querySelector("a, button")
      ?.focus(),
  );
  extend(first);
  return [list, more];
}

/** A link that chooses a node; it has an address of its own, so that a new tab can open it. */
function nodeLink(graph, node, text = shortName(graph, node)) {
  const title = graph.nodes.qualified_name[node];
  return el("a", {
    href: `#node/${graph.nodes.node_id[node]}`,
    class: "node",
    title,
    text,
    "data-kind": graph.nodes.kind[node],
  });
}

/** Move the focus among the matching elements of a container with the arrow keys, Home and End. */
function arrowKeys(container, selector) {
  container.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    const items = [...container.querySelectorAll(selector)];
    const at = items.indexOf(document.activeElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, at + step))].focus();
  });
}
