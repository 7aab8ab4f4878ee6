// What is wrong with the page, laid over its last good version until it is mended.

/** Return the words for where a problem is. */
const placeOf = ({ path, line }) => (line ? `${path}, ${say("line")} ${line}` : path);

function rowsOf({ rows, path }) {
  const list = make("pre", { tabindex: "0", role: "region", "aria-label": path });
  for (const { line, text, here } of rows) {
    const row = make("span", { class: here ? "row here" : "row" }, make("span", { class: "number" }, String(line)), `${text}\n`);
    list.append(here ? make("mark", {}, row) : row);
  }
  return list;
}

function mistakeOf(problem) {
  const shown = make("li", {}, make("h3", {}, placeOf(problem)));
  if (problem.rows.length) shown.append(rowsOf(problem));
  else if (problem.text) shown.append(make("pre", {}, problem.text));
  shown.append(make("p", { class: "what" }, problem.what));
  if (problem.fix) shown.append(make("p", { class: "fix" }, make("strong", {}, say("fix")), ` ${problem.fix}`));
  return shown;
}

/** Make what is laid over a page with mistakes. */
function makeMistakes() {
  const heading = make("h2", { id: "mistake", tabindex: "-1" }, say("mistake"));
  const list = make("ol", {});
  const behind = make("p", { class: "behind" }, say("last_good"));
  const closer = make("button", { type: "button", class: "plain", "aria-label": say("close"), click: () => close() }, icon("close"));
  const sheet = make("div", { role: "alertdialog", "aria-labelledby": "mistake", class: "sheet" }, make("header", {}, heading, closer), list, behind);
  const element = make("div", { class: "mistakes", hidden: true }, sheet);
  let known = "";
  let focused = null;

  function uncover() {
    element.hidden = true;
    cover("mistakes", false);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    focused = null;
  }

  /** Lay it aside until there is something else to say. Tells whether it was there. */
  function close() {
    const was = !element.hidden;
    if (was) uncover();
    return was;
  }

  /** Show what is wrong here, or go away; `whole` says whether a good version stands behind. */
  function update(here, whole) {
    const wrong = here.some((problem) => problem.severity === "error") ? here : [];
    const now = JSON.stringify(wrong);
    if (now === known) return;
    known = now;
    list.replaceChildren(...wrong.map(mistakeOf));
    behind.hidden = !whole;
    element.classList.toggle("alone", !whole);
    if (!wrong.length) {
      close();
    } else if (element.hidden) {
      const own = element.getRootNode().activeElement;
      focused = own ? null : document.activeElement;
      element.hidden = false;
      cover("mistakes", true);
      // Whoever is using the bar goes on there.
      if (!own) heading.focus({ preventScroll: true });
    }
  }
  return { element, update, close };
}
