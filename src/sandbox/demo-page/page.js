// The page is thin: the server sends what is to be seen, this puts it where it belongs.
const REACTIONS = { eyes: "👀", rocket: "🚀", "-1": "👎", "+1": "👍" };
const GOOD = new Set(["success", "Synced", "Healthy"]);
const BAD = new Set(["failure", "error", "Degraded", "OutOfSync", "Missing", "action_required"]);

const byId = (id) => document.getElementById(id);
let current;
let state;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "html") made.innerHTML = value;
    else if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const tone = (word) => (GOOD.has(word) ? "good" : BAD.has(word) ? "bad" : "busy");

function colourDiffs(root) {
  for (const code of root.querySelectorAll("code.language-diff")) {
    const lines = code.textContent.replace(/\n$/, "").split("\n");
    code.replaceChildren(
      ...lines.map((line) => {
        const kind = line.startsWith("+")
          ? "line-add"
          : line.startsWith("-")
            ? "line-del"
            : line.startsWith("@@")
              ? "line-at"
              : undefined;
        return kind === undefined
          ? document.createTextNode(`${line}\n`)
          : element("span", { class: kind }, line);
      }),
    );
  }
  return root;
}

function showComment(comment) {
  const by = element("div", { class: "byline" }, element("b", {}, comment.author), " ");
  if (comment.isBot) by.append(element("span", { class: "bot" }, "bot"), " ");
  by.append(new Date(comment.at).toLocaleTimeString(), comment.isEdited ? " · edited" : "");
  const reactions = comment.reactions.map((one) => REACTIONS[one] ?? one).join(" ");
  const text = colourDiffs(element("div", { class: "text", html: comment.html }));
  const item = element("li", { "data-comment": String(comment.id) }, by, text);
  if (reactions !== "") item.append(element("div", { class: "reactions" }, reactions));
  return item;
}

function showPull(pull) {
  byId("title").replaceChildren(
    `${pull.title} #${pull.number} `,
    element("span", { class: `state ${pull.state}` }, pull.state),
  );
  byId("branches").textContent =
    `${pull.author} wants to merge ${pull.head} (${pull.headSha.slice(0, 7)}) into ${pull.base}`;
  const open = new Set(
    [...document.querySelectorAll("#comments details[open] > summary")].map((one) => one.textContent),
  );
  byId("comments").replaceChildren(...pull.comments.map(showComment));
  for (const summary of document.querySelectorAll("#comments details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.setAttribute("open", "");
  }
  byId("checks").replaceChildren(
    ...pull.checks.map((check) =>
      element(
        "details",
        { "data-check": check.name, "data-state": check.state },
        element(
          "summary",
          {},
          element("b", { class: tone(check.state) }, check.state),
          ` ${check.name}: ${check.title}`,
        ),
        colourDiffs(element("div", { class: "text", html: check.html })),
      ),
    ),
  );
  byId("statuses").tBodies[0].replaceChildren(
    ...pull.statuses.map((status) =>
      element(
        "tr",
        { "data-status": status.context, "data-state": status.state },
        element("td", { class: tone(status.state) }, status.state),
        element("td", {}, status.context, element("div", { class: "dim" }, status.description)),
      ),
    ),
  );
  for (const id of ["merge", "push"]) byId(id).disabled = pull.state !== "open";
}

function showApplications(applications) {
  byId("applications").tBodies[0].replaceChildren(
    ...applications.map((one) =>
      element(
        "tr",
        { "data-application": one.name, "data-sync": one.sync, "data-health": one.health },
        element(
          "td",
          {},
          element("b", {}, one.name),
          element("div", { class: "dim" }, one.message || one.revision.slice(0, 7)),
        ),
        element("td", { class: tone(one.sync) }, one.sync),
        element("td", { class: tone(one.health) }, one.health),
      ),
    ),
  );
}

function show() {
  byId("where").textContent = `${state.repository} → ${state.cluster}`;
  byId("clone").textContent = `git clone ${state.cloneUrl}`;
  const pull = state.pullRequests.find(({ number }) => number === current) ?? state.pullRequests[0];
  current = pull?.number;
  byId("pulls").replaceChildren(
    ...state.pullRequests.map(({ number }) => {
      const button = element(
        "button",
        { type: "button", "aria-current": String(number === current) },
        `#${number}`,
      );
      button.addEventListener("click", () => {
        current = number;
        show();
      });
      return button;
    }),
  );
  if (byId("as").options.length === 0) {
    byId("as").append(
      ...state.people.map(({ login, role }) => element("option", { value: login }, `${login} (${role})`)),
    );
  }
  if (pull !== undefined) showPull(pull);
  showApplications(state.applications);
}

async function send(path, fields) {
  byId("trouble").textContent = "";
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ number: current, as: byId("as").value, ...fields }),
  });
  if (!response.ok) byId("trouble").textContent = (await response.json()).message;
  return response.ok;
}

let loading = false;
let again = false;
async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  state = await (await fetch("/state")).json();
  show();
  loading = false;
  if (again) {
    again = false;
    await load();
  }
}

byId("reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await send("/comment", { body: byId("body").value })) byId("body").value = "";
});
for (const action of ["push", "merge", "open"])
  byId(action).addEventListener("click", () => send(`/${action}`, {}));
new EventSource("/events").addEventListener("message", load);
