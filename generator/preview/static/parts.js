// What the client is made of: elements, icons, texts, and what this browser remembers.

/** Return the text of that name, with its values filled in. */
const say = (name, values = {}) => ADPIM_TEXTS[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

/** Return an element: `given` are its attributes and, where the value is a function, what listens to it. */
function make(tag, given = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside);
  return element;
}

const ICONS = {
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  warning: "M8 2 14.5 13.5H1.5Z M8 6.5v3 M8 11.6v.1",
  share: "M2.5 3h11v8h-6l-3 2.5V11h-2Z M5 6h6 M5 8.2h4",
  phone: "M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1Z M7.3 12.3h1.4",
  tablet: "M3.5 1.5h9a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1Z M7.3 12.3h1.4",
  full: "M1.5 3h13v8.5h-13Z M5.5 14h5 M8 11.5V14",
  copy: "M5.5 5.5h8v8h-8Z M3.5 10.5h-1v-8h8v1",
  down: "M3.5 6 8 10.5 12.5 6",
  up: "M3.5 10 8 5.5 12.5 10",
  close: "M3.5 3.5l9 9 M12.5 3.5l-9 9",
};

/** Return the icon of that name, which says nothing to those who do not see it. */
function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", ICONS[name]);
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(line);
  return drawing;
}

/** Return what this browser remembers under `name`; with a value, remember that. Storage may be forbidden. */
function remembered(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`adpim-${name}`, value);
    return localStorage.getItem(`adpim-${name}`);
  } catch {
    return null;
  }
}

const covers = new Set();

/** Say whether `what` covers the page: then its links can be reached by nobody who does not see them. */
function cover(what, covered) {
  if (covered) covers.add(what);
  else covers.delete(what);
  document.body.inert = covers.size > 0;
}
