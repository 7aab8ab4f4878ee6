// The head of the page: what differs is renewed in place, and a new style takes over only when it is there.

const STYLES = 'link[rel~="stylesheet"]';
const OWN = 'script[src^="/__adpim/"]';
const LONGEST_STYLE = 2000; // milliseconds after which a style that does not come is waited for no more

/** Return a promise that is kept when a stylesheet is there, and tells whether it could be had. */
function loaded(sheet) {
  return new Promise((tell) => {
    sheet.addEventListener("load", () => tell(true), { once: true });
    sheet.addEventListener("error", () => tell(false), { once: true });
    setTimeout(tell, LONGEST_STYLE, false);
  });
}

/**
 * Put what is new of the head `next` into this document's. What comes back, once new styles are loaded, takes the old
 * away and puts the new styles in force, both at once: so there is no moment without any.
 */
async function renewHead(next) {
  const head = document.head;
  const old = new Map([...head.children].filter((each) => !each.matches(OWN)).map((each) => [each.outerHTML, each]));
  const sheets = [];
  let last = null;
  for (const element of next.querySelectorAll(`:scope > :not(${OWN})`)) {
    const same = old.get(element.outerHTML);
    old.delete(element.outerHTML);
    const placed = same ?? document.importNode(element, true);
    if (!same) {
      if (placed.matches(STYLES)) {
        sheets.push({ sheet: placed, media: placed.media, there: loaded(placed) });
        placed.media = "not all"; // loads, but is not in force yet
      }
      head.insertBefore(placed, last ? last.nextSibling : head.firstChild);
    }
    last = placed;
  }
  const there = await Promise.all(sheets.map((each) => each.there));
  return () => {
    for (const { sheet, media } of sheets) {
      if (media) sheet.media = media;
      else sheet.removeAttribute("media");
    }
    // A style that could not be had replaces none.
    for (const each of old.values()) if (!each.matches(STYLES) || there.every(Boolean)) each.remove();
  };
}
