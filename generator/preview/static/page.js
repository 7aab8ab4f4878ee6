// The page in this window: what changed is morphed into it, and whatever the reader did to it stays.

const RUNS = /^(|module|(text|application)\/(java|ecma)script)$/i;
const VALUES = new Set(["value", "checked", "selected"]);

/** Return what identifies the scripts of a document that run, but for the client. */
function scriptsOf(root) {
  const running = [...root.querySelectorAll("script")].filter((each) => RUNS.test(each.type) && !each.matches(OWN));
  return JSON.stringify(running.map((each) => each.src || each.textContent));
}

/** Return a function that selects again what is selected now, as far as it is still there. */
function keepSelection() {
  const selection = getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = selection;
  if (!anchorNode || isCollapsed) return () => {};
  const within = (node, offset) => Math.min(offset, node.nodeValue?.length ?? node.childNodes.length);
  return () => {
    if (!anchorNode.isConnected || !focusNode.isConnected) return;
    if (selection.anchorOffset === anchorOffset && selection.focusOffset === focusOffset) return;
    selection.setBaseAndExtent(anchorNode, within(anchorNode, anchorOffset), focusNode, within(focusNode, focusOffset));
  };
}

/** Return a function that brings the focus back to what has it now, or to what stands in its place. */
function keepFocus() {
  const focused = document.activeElement;
  if (!focused || focused === document.body || !document.body.contains(focused)) return () => {};
  const href = focused.getAttribute("href");
  const wanted = focused.id ? `#${CSS.escape(focused.id)}` : href ? `${focused.localName}[href="${CSS.escape(href)}"]` : null;
  return () => {
    // A link in a list may have become another one's, where others came before it.
    if (focused.isConnected && (!wanted || focused.matches(wanted))) return;
    if (wanted) document.body.querySelector(wanted)?.focus({ preventScroll: true });
  };
}

/** Open the page as it was loaded; `number` is the last update that it shows. */
function openPage(number) {
  const page = { number };
  // What scripts and the reader change in attributes (an opened <details>, a button shown) is theirs and stays.
  const touched = new WeakMap();
  const note = (records) => {
    for (const { target, attributeName } of records) {
      touched.set(target, (touched.get(target) ?? new Set()).add(attributeName));
    }
  };
  const watcher = new MutationObserver(note);
  watcher.observe(document.body, { attributes: true, subtree: true });
  const quietly = (change) => {
    note(watcher.takeRecords());
    change();
    watcher.takeRecords();
  };

  let scripts = scriptsOf(document);
  let marks = {};
  let pictures = 0;

  function putMarks() {
    for (const link of document.body.querySelectorAll("a[href]")) {
      const mark = link.origin === location.origin && link.textContent.trim() ? marks[link.pathname] : undefined;
      if (mark) link.setAttribute("data-adpim-mark", mark);
      else link.removeAttribute("data-adpim-mark");
    }
  }

  const mayUpdate = (name, element) =>
    !touched.get(element)?.has(name) && !(VALUES.has(name) && element.matches("input, textarea, option"));

  async function morph(next) {
    const takeOver = await renewHead(next.head);
    if (pictures) {
      // A picture keeps its address when its file is replaced; only another address makes the browser ask for it.
      for (const each of next.body.querySelectorAll('img[src^="/"]')) each.setAttribute("src", `${each.getAttribute("src")}?${pictures}`);
    }
    const selectAgain = keepSelection();
    const focusAgain = keepFocus();
    quietly(() => {
      takeOver();
      document.documentElement.lang = next.documentElement.lang;
      Idiomorph.morph(document.body, next.body, { callbacks: { beforeAttributeUpdated: mayUpdate } });
      putMarks();
    });
    selectAgain();
    focusAgain();
  }

  /** Reload because other scripts belong to the page now; never twice for the same ones. */
  function reloadFor(wanted) {
    scripts = wanted;
    try {
      if (sessionStorage.getItem("adpim-scripts") === wanted) return false;
      sessionStorage.setItem("adpim-scripts", wanted);
    } catch {
      return false;
    }
    location.reload();
    return true;
  }

  /** Show the page as it is on the server now. Rejects where there is no server. */
  page.renew = async () => {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
    if (answer.redirected) return location.replace(answer.url);
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.number = Number(next.querySelector(OWN)?.dataset.number ?? page.number);
    // Without any good version of it what is shown stays: it is the last good one that there was.
    if (answer.status === 503) return;
    if (scriptsOf(next) !== scripts && reloadFor(scriptsOf(next))) return;
    await morph(next);
  };

  /** Mark the links to what the public does not see: `given` are words by address. */
  page.mark = (given) => {
    marks = given;
    quietly(putMarks);
  };

  /** Ask for all pictures anew with the next renewal. */
  page.forgetPictures = () => {
    pictures = page.number + 1;
  };
  return page;
}
