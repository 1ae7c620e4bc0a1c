// The page is thin: the server sends what is to be seen, this puts it where it belongs.
import { happenings, showHappening } from "./conversation.js";
import { ago, colourDiffs, count, element, fill, SIGNS, short, timeElement, tone } from "./elements.js";

const SUGGESTIONS = ["/diff", "/status", "/explain", "/sync", "/sync --dry-run", "/help"];
const SAY_TIMES_AGAIN_MS = 15_000;

const byId = (id) => document.getElementById(id);
let current;
let state;

function showHeading(pull) {
  const { merged, author, head, base } = pull;
  byId("title").replaceChildren(`${pull.title} `, element("span", { class: "number" }, `#${pull.number}`));
  byId("branches").replaceChildren(
    element("span", { class: `state ${pull.state}` }, pull.state),
    element("b", {}, merged?.by ?? author),
    ` ${merged === null ? "wants to merge" : "merged"} ${count(pull.commits.length, "commit")} into `,
    element("code", { class: "branch" }, base),
    " from ",
    element("code", { class: "branch" }, head),
  );
}

function showCheck(check) {
  const kind = tone(check.state);
  const again = element("button", { type: "button", title: "Ask for this check to be run again" }, "Re-run");
  again.addEventListener("click", (event) => {
    event.preventDefault();
    send("/rerun", { check: check.id });
  });
  const summary = element(
    "summary",
    {},
    element("span", { class: `sign ${kind}`, "aria-hidden": "true" }, SIGNS[kind]),
    element(
      "span",
      { class: "grow" },
      element("b", {}, check.name),
      ` ${check.title} `,
      element("span", { class: "dim" }, check.state.replace("_", " ")),
    ),
    again,
  );
  return element(
    "details",
    { "data-state": check.state },
    summary,
    colourDiffs(element("div", { class: "text", html: check.html })),
  );
}

function showStatus({ context, state: word, description }) {
  const kind = tone(word);
  return element(
    "div",
    { "data-state": word },
    element("span", { class: `sign ${kind}`, title: word }, SIGNS[kind]),
    element("span", {}, element("b", {}, context), ` ${description}`),
  );
}

/** As GitHub words it; a failing check stops only where a branch's rules say so. */
function mergeability({ state: word, merged, checks }) {
  if (merged !== null)
    return `Merged as ${short(merged.sha)}. What becomes of it is told above, and at that commit.`;
  if (word === "closed") return "This pull request is closed.";
  if (checks.some((check) => tone(check.state) === "bad")) return "Some checks were not successful.";
  if (checks.length === 0 || checks.some((check) => tone(check.state) === "busy"))
    return "Some checks have not completed yet.";
  return "All checks have passed. This branch has no conflicts with the base branch.";
}

function showPull(pull) {
  showHeading(pull);
  fill(byId("comments"), happenings(pull), (one) => showHappening(one, state.people));
  fill(
    byId("checks"),
    pull.checks.map((check) => ({ key: check.name, ...check })),
    showCheck,
  );
  fill(
    byId("statuses"),
    pull.statuses.map((one) => ({ key: one.context, ...one })),
    showStatus,
  );
  byId("mergeability").textContent = mergeability(pull);
  byId("merge").hidden = pull.state !== "open";
  for (const id of ["push", "break"]) byId(id).disabled = pull.state !== "open";
}

function showApplication(one) {
  const note = one.message || (one.revision === "" ? "" : `at ${short(one.revision)}`);
  const about = element("div", { class: "dim" }, note.replaceAll("`", ""));
  if (one.message === "" && one.syncedAt !== null) about.append(", synced ", timeElement(one.syncedAt));
  return element(
    "tr",
    { "data-application": one.name, "data-sync": one.sync, "data-health": one.health },
    element("td", {}, element("b", {}, one.name), about),
    element("td", { class: tone(one.sync) }, one.sync),
    element("td", { class: tone(one.health) }, one.health),
  );
}

function showTab({ number, title }) {
  const tab = element(
    "button",
    { type: "button", "aria-current": String(number === current) },
    `${title} #${number}`,
  );
  tab.addEventListener("click", () => {
    current = number;
    show();
  });
  return element("li", {}, tab);
}

function showOffer({ branch }) {
  const open = element("button", { type: "button" }, "Open a pull request");
  open.addEventListener("click", () => openPull({ branch }));
  const words = element("span", {}, element("code", { class: "branch" }, branch), " was pushed");
  return element("li", {}, words, open);
}

function show() {
  const pull = state.pullRequests.find(({ number }) => number === current) ?? state.pullRequests[0];
  current = pull?.number;
  byId("repository").textContent = state.repository.replace("/", " / ");
  byId("clone").textContent = `git clone ${state.cloneUrl}`;
  byId("cluster").textContent = state.cluster;
  const tabs = state.pullRequests.map(({ number, title }) => ({
    key: String(number),
    number,
    title,
    current,
  }));
  fill(byId("pulls"), tabs, showTab);
  fill(
    byId("offers"),
    state.branches.map((branch) => ({ key: branch, branch })),
    showOffer,
  );
  if (byId("as").options.length === 0) {
    const people = state.people.map(({ login, role }) =>
      element("option", { value: login }, `${login} (${role})`),
    );
    byId("as").append(...people);
  }
  byId("drift").hidden = !state.mayDrift;
  for (const id of ["merging", "reply"]) byId(id).hidden = pull === undefined;
  for (const id of ["push", "break"]) byId(id).disabled = pull === undefined;
  document.title = pull === undefined ? "Plumbline demo" : `${pull.title} · Pull request #${pull.number}`;
  if (pull !== undefined) showPull(pull);
  const applications = state.applications.map((one) => ({ key: one.name, ...one }));
  fill(byId("applications").tBodies[0], applications, showApplication);
}

async function send(path, fields) {
  byId("trouble").textContent = "";
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ number: current, as: byId("as").value, ...fields }),
  });
  const answer = await response.json();
  if (!response.ok) byId("trouble").textContent = answer.message;
  return response.ok ? answer : undefined;
}

/** The new one is what the page goes on with. */
async function openPull(fields) {
  const answer = await send("/open", fields);
  if (answer === undefined) return;
  current = answer.opened;
  await load();
}

let isLoading = false;
let isStale = false;
async function load() {
  isStale = true;
  if (isLoading) return;
  isLoading = true;
  while (isStale) {
    isStale = false;
    state = await (await fetch("/state")).json();
    show();
  }
  isLoading = false;
}

byId("suggestions").append(
  ...SUGGESTIONS.map((command) => {
    const button = element("button", { type: "button", class: "chip" }, command);
    button.addEventListener("click", () => {
      byId("body").value = command;
      byId("body").focus();
    });
    return button;
  }),
);
byId("reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await send("/comment", { body: byId("body").value })) byId("body").value = "";
});
byId("body").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("reply").requestSubmit();
});
for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", () => send(`/${button.dataset.action}`, {}));
}
byId("open").addEventListener("click", () => openPull({}));
setInterval(() => {
  for (const time of document.querySelectorAll("time")) time.textContent = ago(Date.parse(time.dateTime));
}, SAY_TIMES_AGAIN_MS);

const events = new EventSource("/events");
events.addEventListener("open", () => {
  byId("ended").hidden = true;
});
events.addEventListener("message", () => load().catch(() => undefined));
events.addEventListener("error", () => {
  isLoading = false;
  byId("ended").hidden = false;
});
