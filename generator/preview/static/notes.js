// Quiet notes above the bar: another file was saved, or the server is away.

/** Make the switch that leads to each page that is saved, as it was last set. */
function makeFollowSwitch() {
  const change = ({ target }) => remembered("follow", target.checked ? "yes" : "no");
  const input = make("input", { type: "checkbox", role: "switch", checked: remembered("follow") === "yes", change });
  return make("label", {}, input, make("span", {}, say("follow")));
}

/**
 * Make the place of the notes. `shown()` tells the address and the source that are shown and the site's base path,
 * `go` leads to an address.
 */
function makeNotes({ shown, go }) {
  const saves = make("div", { role: "status" });
  const server = make("div", { role: "status" });
  const element = make("div", { class: "notes" }, saves, server);

  const closer = () =>
    make("button", { type: "button", class: "plain", "aria-label": say("close"), click: () => saves.replaceChildren() }, icon("close"));

  function offer({ title, url, wrong }) {
    const { base } = shown();
    const text = make("span", {}, say(wrong ? "saved_wrong" : "saved", { title }));
    const link = make("a", { href: base + url, click: (event) => { event.preventDefault(); go(base + url); } }, say("go"));
    const said = make("p", {}, text, ...(url ? [" – ", link] : []));
    const inside = url ? [said, makeFollowSwitch()] : [said];
    saves.replaceChildren(make("div", { class: wrong ? "note wrong" : "note" }, make("div", {}, ...inside), closer()));
  }

  /** Tell what was saved elsewhere. Returns whether it leads away from this page. */
  function tell(saved) {
    const { path, source, base } = shown();
    const mine = saved.find((each) => each.source === source);
    const others = saved.filter((each) => each !== mine);
    if (saved.length) saves.replaceChildren();
    // What is shown has got another address, by a new title or date: there is nothing left to see at this one.
    const moved = mine && !mine.wrong && mine.url && base + mine.url !== path;
    const other = others.length === 1 && !mine ? others[0] : null;
    const target = saved.length === 1 && moved ? mine : other;
    if (target?.url && base + target.url !== path && (moved || remembered("follow") === "yes")) {
      go(base + target.url);
      return true;
    }
    if (other && (!other.url || base + other.url !== path)) offer(other);
    else if (saved.length > 1) {
      saves.replaceChildren(make("div", { class: "note" }, make("p", {}, say("saved_many", { n: saved.length })), closer()));
    }
    return false;
  }

  /** Say that the server is away. */
  function lose() {
    if (!server.firstChild) server.append(make("div", { class: "note wrong" }, make("p", {}, say("lost"))));
  }

  /** Say no more that the server is away. */
  function find() {
    server.replaceChildren();
  }

  /** Take the note of what was saved away. Tells whether there was one. */
  function close() {
    const was = saves.firstChild !== null;
    saves.replaceChildren();
    return was;
  }
  return { element, tell, lose, find, close };
}
