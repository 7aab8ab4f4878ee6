// The page as wide as a phone or a tablet: the same address in a frame, where the client shows no bar.

const FRAME = "adpim-width";
const WIDTHS = { phone: 390, tablet: 768 }; // CSS pixels: of today's most usual phone, and of a tablet held upright

/** Make the buttons and the frame; `moved` is called when another page is shown in it. */
function makeWidths({ moved }) {
  const names = [...Object.keys(WIDTHS), "full"];
  const button = (name) =>
    make("button", { type: "button", "aria-pressed": String(name === "full"), title: say(name), "aria-label": say(name), click: () => choose(name) }, icon(name));
  const buttons = new Map(names.map((name) => [name, button(name)]));
  const group = make("div", { class: "widths", role: "group", "aria-label": say("width") }, ...buttons.values());
  const element = make("div", { class: "stage", hidden: true });
  let frame = null;
  let chosen = "full";

  const inFrame = () => frame?.contentWindow?.location;
  // A frame begins with an empty page of its own.
  const address = () => (inFrame()?.pathname.startsWith("/") ? inFrame() : location);

  function choose(name) {
    for (const [each, pressed] of buttons) pressed.setAttribute("aria-pressed", String(each === name));
    if (name === "full") return end();
    if (!frame) {
      frame = make("iframe", { name: FRAME, title: say(name), src: location.href, load: moved });
      element.replaceChildren(frame);
      element.hidden = false;
      cover("frame", true);
    }
    chosen = name;
    frame.title = say(name);
    frame.style.inlineSize = `${WIDTHS[name]}px`;
  }

  function end() {
    if (!frame) return;
    const { pathname, href } = address();
    frame = null;
    element.replaceChildren();
    element.hidden = true;
    cover("frame", false);
    if (pathname !== location.pathname) location.assign(href);
  }

  /** Go back to the full width. Tells whether it was another. */
  function close() {
    if (!frame) return false;
    const last = buttons.get(chosen);
    choose("full");
    last.focus();
    return true;
  }

  /** Lead to an address, in the frame if there is one. */
  function go(href) {
    (inFrame() ?? location).assign(href);
  }
  window.addEventListener("adpim-escape", close);
  return { element, group, close, go, address, root: () => frame?.contentDocument ?? document };
}
