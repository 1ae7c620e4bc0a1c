// The conversation: what was said, pushed and merged, in order.
import { colourDiffs, element, short, timeElement } from "./elements.js";

const REACTIONS = {
  eyes: "👀",
  rocket: "🚀",
  "-1": "👎",
  "+1": "👍",
  heart: "❤️",
  hooray: "🎉",
  laugh: "😄",
  confused: "😕",
};

function avatar({ author, isBot }, people) {
  const hue = people.findIndex(({ login }) => login === author);
  const kind = isBot ? "bot-face" : `hue-${Math.max(hue, 0)}`;
  return element("span", { class: `avatar ${kind}`, "aria-hidden": "true" }, author.charAt(0).toUpperCase());
}

function showComment(comment, people) {
  const by = element("div", { class: "byline" }, element("b", {}, comment.author), " ");
  if (comment.isBot) by.append(element("span", { class: "bot" }, "bot"), " ");
  by.append("commented ", timeElement(comment.at), comment.isEdited ? " · edited" : "");
  const text = colourDiffs(element("div", { class: "text", html: comment.html }));
  const box = element("div", { class: "comment" }, by, text);
  if (comment.reactions.length > 0) {
    const pills = comment.reactions.map((one) =>
      element(
        "span",
        { title: `${one.by.join(", ")}: ${one.content}` },
        `${REACTIONS[one.content] ?? one.content} ${one.by.length}`,
      ),
    );
    box.append(element("div", { class: "reactions" }, ...pills));
  }
  return element("li", {}, avatar(comment, people), box);
}

function showEvent({ badge, kind, who, words, sha, at }) {
  const sign = element("span", { class: `badge ${kind}`, "aria-hidden": "true" }, badge);
  const line = [
    sign,
    " ",
    element("b", {}, who),
    ` ${words} `,
    element("code", {}, short(sha)),
    " ",
    timeElement(at),
  ];
  return element("li", {}, element("div", { class: "event" }, ...line));
}

/** Everything that happened, in order: what was said, pushed and merged. */
export function happenings(pull) {
  const { commits, comments, merged } = pull;
  const opened = { key: "opened", author: pull.author, at: pull.createdAt, html: pull.html, reactions: [] };
  const pushed = commits.map(({ sha, author, title, at }) => ({
    ...{ key: sha, event: true, badge: "↑", kind: "", who: author, words: `pushed “${title}”` },
    ...{ sha, at: Math.max(at, pull.createdAt) },
  }));
  const said = comments.map((comment) => ({ key: String(comment.id), ...comment }));
  const end = {
    key: "merged",
    event: true,
    badge: "⇥",
    kind: "merged",
    who: merged?.by,
    words: "merged this as",
  };
  const ended = merged === null ? [] : [{ ...end, sha: merged.sha, at: merged.at }];
  return [opened, ...[...pushed, ...said, ...ended].sort((a, b) => a.at - b.at)];
}

/** One of them, as a line of the conversation. */
export function showHappening(one, people) {
  return one.event ? showEvent(one) : showComment(one, people);
}
