// The client of the preview: it keeps this page as the files are, and tells of the rest in a bar.

const FRAMED = window.top !== window && window.name === FRAME;

/** Return the path of an address as the server writes it. */
function pathOf({ pathname }) {
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}

/** Put a style on the page that is no part of it: room for the bar, and the marks of what the public does not see. */
function dressPage() {
  const sheet = new CSSStyleSheet();
  const fit = (height) => sheet.replaceSync(`
    @media screen {
      html { padding-block-end: ${height}px !important; scroll-padding-block-end: ${height + 16}px !important; }
      a[data-adpim-mark]::after {
        content: attr(data-adpim-mark); display: inline-block; margin-inline-start: .5em; padding: .1em .5em;
        border-radius: .3em; background: #ffe0a3; color: #4a2f00; vertical-align: middle; text-decoration: none;
        font: 600 12px/1.4 system-ui, sans-serif; letter-spacing: 0;
      }
    }
  `);
  fit(0);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return fit;
}

/** Put `parts` into the page and return the element that holds them, out of reach of its styles and of what is morphed. */
function dwell(...parts) {
  const host = document.createElement("adpim-preview");
  const shadow = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(ADPIM_STYLE);
  shadow.adoptedStyleSheets = [style];
  shadow.append(make("section", { "aria-label": say("preview"), lang: ADPIM_LANGUAGE }, ...parts));
  document.documentElement.append(host);
  return host;
}

/** Return a function that runs `work`, once more if it was called meanwhile, and never twice at the same time. */
function inTurn(work) {
  let running = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    again = running !== null;
    running ??= run().finally(() => { running = null; });
    return running;
  };
}

function start(number) {
  const fit = dressPage();
  const page = openPage(number);
  let facts = null;

  const mistakes = makeMistakes();
  const widths = makeWidths({ moved: () => learn().catch(() => {}) });
  const shown = () => ({ path: pathOf(widths.address()), source: facts?.source, base: facts?.base ?? "" });
  const notes = makeNotes({ shown, go: widths.go });
  const renew = inTurn(async () => {
    await page.renew();
    await learn();
  });
  // The server being away is told by the stream, which renews the page when it is back.
  const renewIfThere = () => renew().catch(() => {});
  const bar = makeBar({ widths, root: widths.root, changed: renewIfThere });

  async function learn() {
    const path = pathOf(widths.address());
    const answer = await fetch(`/__adpim/facts?path=${encodeURIComponent(path)}`, { cache: "no-store" });
    if (!answer.ok) return;
    facts = await answer.json();
    page.mark(facts.look.staff ? facts.marks : {});
    if (FRAMED) return;
    bar.update(facts, path);
    mistakes.update(facts.here, facts.whole);
    widths.element.inert = !mistakes.element.hidden;
  }

  function hear({ number: latest, saved, pictures, again }) {
    if (pictures) page.forgetPictures();
    if (!FRAMED && saved.length && notes.tell(saved)) return;
    if (again || latest !== page.number) renewIfThere();
  }

  if (FRAMED) {
    document.addEventListener("keydown", ({ key }) => key === "Escape" && window.parent.dispatchEvent(new Event("adpim-escape")));
  } else {
    const host = dwell(widths.element, mistakes.element, notes.element, bar.element);
    const measure = () => {
      host.style.setProperty("--bar", `${bar.bar.offsetHeight}px`);
      fit(bar.bar.offsetHeight);
    };
    measure();
    new ResizeObserver(measure).observe(bar.bar);
    const closing = [bar.close, mistakes.close, widths.close, notes.close];
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && closing.some((close) => close())) event.preventDefault();
    });
  }
  learn().catch(() => {});
  listen({ number: () => page.number, hear, lose: notes.lose, find: notes.find });
}

start(Number(document.currentScript.dataset.number));
