// What opens above the bar: one panel at a time, each with the button that opens it.

/** Make the panels' place; `opened` is called with the name of one that opens, before it is seen. */
function makePanels({ opened }) {
  const element = make("div", { class: "panels" });
  const all = new Map();

  function set(name, open) {
    const { panel, button } = all.get(name);
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  }

  function openOne(name) {
    for (const each of all.keys()) if (each !== name) set(each, false);
    opened(name);
    set(name, true);
    all.get(name).panel.querySelector("h2").focus();
  }

  /** Close the panel that is open and go back to its button. Tells whether there was one. */
  function close() {
    for (const [name, { panel, button }] of all) {
      if (panel.hidden) continue;
      const within = panel.contains(panel.getRootNode().activeElement);
      set(name, false);
      if (within) button.focus();
      return true;
    }
    return false;
  }

  /** Add a panel with a heading and return the button that opens it; `sign` is the button's icon. */
  function add(name, sign, ...inside) {
    const title = make("h2", { id: `title-${name}`, tabindex: "-1" }, say(name));
    const closer = make("button", { type: "button", class: "plain", "aria-label": say("close"), click: close }, icon("close"));
    const panel = make(
      "div",
      { id: name, class: "panel", role: "dialog", "aria-labelledby": `title-${name}`, hidden: true },
      make("header", {}, title, closer),
      ...inside,
    );
    const button = make(
      "button",
      { type: "button", "aria-expanded": "false", "aria-controls": name, click: () => (panel.hidden ? openOne(name) : close()) },
      icon(sign),
      make("span", { class: "label" }, say(name)),
    );
    all.set(name, { panel, button });
    element.append(panel);
    return button;
  }
  return { element, add, close, isOpen: (name) => !all.get(name).panel.hidden };
}
