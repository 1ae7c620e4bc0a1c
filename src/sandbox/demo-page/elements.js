// Pieces that the page is made of: nodes, lists that change as little as they can, times, and diffs in colour.
const TONES = {
  good: ["success", "Synced", "Healthy"],
  bad: ["failure", "error", "timed_out", "Degraded", "OutOfSync", "Missing", "action_required"],
};
/** What stands before a line, by its tone. */
export const SIGNS = { good: "✓", bad: "✕", busy: "●" };

/** How a state is meant: `good`, `bad`, or `busy` for all others. */
export const tone = (word) => Object.keys(TONES).find((one) => TONES[one].includes(word)) ?? "busy";
/** The first characters of a commit's name. */
export const short = (sha) => sha.slice(0, 7);
/** "1 commit", "2 commits". */
export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "html") made.innerHTML = value;
    else if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Puts one node an item into a parent, and leaves those alone whose item is what it was: folds stay open, text selected. */
export function fill(parent, items, make) {
  const known = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const before = known.get(item.key);
    const content = JSON.stringify(item);
    if (before?.dataset.content === content) return before;
    const node = make(item);
    node.dataset.key = item.key;
    node.dataset.content = content;
    if (before !== undefined) keepOpen(before, node);
    return node;
  });
  if (
    nodes.length === parent.children.length &&
    nodes.every((node, index) => node === parent.children[index])
  )
    return;
  parent.replaceChildren(...nodes);
}

function keepOpen(before, after) {
  const folds = (node) => [...(node.matches("details") ? [node] : []), ...node.querySelectorAll("details")];
  const name = (fold) => fold.querySelector("summary b, summary")?.textContent;
  const known = new Map(folds(before).map((fold) => [name(fold), fold.open]));
  for (const fold of folds(after)) fold.open = known.get(name(fold)) ?? fold.open;
}

/** "2 minutes ago", said again as time goes by. */
export function timeElement(at) {
  const date = new Date(at);
  return element("time", { datetime: date.toISOString(), title: date.toLocaleString() }, ago(at));
}

export function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} seconds ago`;
  if (seconds < 3600) return `${count(Math.floor(seconds / 60), "minute")} ago`;
  return `${count(Math.floor(seconds / 3600), "hour")} ago`;
}

export function colourDiffs(root) {
  for (const code of root.querySelectorAll("code.language-diff")) {
    const lines = code.textContent.replace(/\n$/, "").split("\n");
    code.replaceChildren(
      ...lines.map((line) => {
        const kind = { "+": "line-add", "-": "line-del", "@": "line-at" }[line.charAt(0)];
        return kind === undefined ? `${line}\n` : element("span", { class: kind }, line);
      }),
    );
  }
  return root;
}
