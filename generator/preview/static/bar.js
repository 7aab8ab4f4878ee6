// The bar at the bottom: whose page this is and who sees it when, and the buttons for the rest.

/** Copy a text. A page that was not opened over a safe connection may only copy what is selected. */
async function copyText(text, root) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { class: "unseen" });
  field.value = text;
  root.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** Return what is said of a page that no release or standing page is shown on. */
function wordsFor(facts, path) {
  if (facts.words) return facts.words;
  const mark = facts.marks[path];
  if (mark) return say("unseen", { mark });
  return say(facts.found ? "made" : "not_found");
}

function problemItem(problem) {
  const kind = problem.severity === "error" ? "problem" : "warning";
  const item = make(
    "li",
    { class: kind },
    make("p", { class: "where" }, make("strong", {}, say(kind)), ` ${placeOf(problem)}`),
    make("p", { class: "what" }, problem.what),
  );
  if (problem.text) item.append(make("pre", {}, problem.text));
  if (problem.fix) item.append(make("p", { class: "fix" }, make("strong", {}, say("fix")), ` ${problem.fix}`));
  return item;
}

function makeProblems() {
  const list = make("ul", {});
  const more = make("p", {});
  const element = make("div", { class: "problems" }, list, more);
  function update({ problems, count }) {
    list.replaceChildren(...problems.map(problemItem));
    const unlisted = count - problems.length;
    more.textContent = count === 0 ? say("no_problems") : unlisted ? say("more", { n: unlisted }) : "";
    more.hidden = more.textContent === "";
  }
  return { element, update };
}

/** Make the file's path with the button that copies it. */
function makeFile() {
  const path = make("code", {});
  const said = make("span", { role: "status", class: "copied" });
  const copy = make("button", { type: "button", class: "plain", "aria-label": say("copy"), title: say("copy") }, icon("copy"));
  const element = make("p", { class: "file", hidden: true }, path, copy, said);
  let file = "";
  copy.addEventListener("click", async () => {
    await copyText(file, element);
    copy.focus();
    said.textContent = say("copied");
    setTimeout(() => { said.textContent = ""; }, 2000);
  });
  function update(facts) {
    file = facts.file;
    path.textContent = facts.source;
    path.title = facts.source;
    element.hidden = !facts.source;
  }
  return { element, update };
}

/** Make the bar. `widths` belong into it, `root` returns the document that is shown, `changed` is called as in view.js. */
function makeBar({ widths, root, changed }) {
  const view = makeView({ changed });
  const problems = makeProblems();
  const file = makeFile();
  const cards = make("div", { class: "both" });
  const following = make("div", { class: "following" });
  const fill = {
    view: () => following.replaceChildren(makeFollowSwitch()),
    problems: () => {},
    cards: () => cards.replaceChildren(...cardsOf(root())),
  };
  const panels = makePanels({ opened: (name) => fill[name]() });

  const count = make("span", { class: "count" });
  const looking = panels.add("view", "eye", view.element, following);
  const wrong = panels.add("problems", "warning", problems.element);
  const sharing = panels.add("cards", "share", cards);
  wrong.append(count);

  const words = make("p", { class: "words" });
  const fold = make("button", { type: "button", class: "plain", "aria-label": say("collapse"), title: say("collapse"), click: () => collapse(true) }, icon("down"));
  const bar = make(
    "div",
    { class: "bar" },
    make("div", { class: "state" }, make("span", { class: "dot" }), make("div", {}, words, file.element)),
    make("div", { class: "tools" }, looking, wrong, sharing, widths.group),
    fold,
  );
  const unfold = make(
    "button",
    { type: "button", class: "unfold", "aria-label": say("expand"), title: say("expand"), click: () => collapse(false) },
    make("span", { class: "dot" }),
    make("span", { class: "label" }, say("preview")),
    icon("up"),
  );
  const ribbon = make("p", { class: "ribbon", hidden: true });
  const element = make("div", {}, ribbon, panels.element, bar, unfold);

  function fit(collapsed) {
    bar.hidden = collapsed;
    unfold.hidden = !collapsed;
  }
  function collapse(collapsed) {
    panels.close();
    remembered("collapsed", collapsed ? "yes" : "no");
    fit(collapsed);
    (collapsed ? unfold : fold).focus();
  }
  fit(remembered("collapsed") === "yes");

  /** Show the facts of the page at the address `path`. */
  function update(facts, path) {
    words.textContent = wordsFor(facts, path);
    element.dataset.state = facts.state || (facts.marks[path] ? "unseen" : "");
    file.update(facts);
    view.update(facts);
    looking.classList.toggle("on", !facts.look.staff);
    problems.update(facts);
    count.textContent = String(facts.count);
    wrong.dataset.worst = facts.problems.some((each) => each.severity === "error") ? "error" : facts.count ? "warning" : "";
    ribbon.textContent = facts.look.staff ? facts.marks[path] ?? "" : lookInWords(facts.look);
    ribbon.hidden = ribbon.textContent === "";
    ribbon.classList.toggle("look", !facts.look.staff);
    if (panels.isOpen("cards")) fill.cards();
  }
  return { element, bar, update, close: panels.close };
}
