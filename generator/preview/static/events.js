// The stream of updates: it mends itself, and is closed while nobody looks.

const PAUSES = [200, 500, 1000, 2000, 5000]; // milliseconds before each further attempt; the last goes on for ever
const PATIENCE = 2; // attempts that fail before one says so: a server that starts again is back by then

/**
 * Listen to the server's updates. `number()` is the last that is shown; `hear` gets each event, with `again` where the
 * stream was away meanwhile; `lose` and `find` tell of the server.
 */
function listen({ number, hear, lose, find }) {
  let source = null;
  let timer = 0;
  let failures = 0;
  let heard = false;
  // Who comes to this page, also back to it, is not told of what was saved before: it would lead away again.
  let arriving = true;

  function open() {
    if (source || document.hidden) return;
    clearTimeout(timer);
    let first = true;
    source = new EventSource(`/__adpim/events?seen=${number()}`);
    source.addEventListener("message", ({ data }) => {
      const event = { saved: [], ...JSON.parse(data) };
      if (first) {
        failures = 0;
        find();
        event.again = heard;
        if (arriving) event.saved = [];
        heard = true;
        arriving = false;
      }
      first = false;
      hear(event);
    });
    source.addEventListener("error", () => {
      close();
      failures += 1;
      if (failures >= PATIENCE) lose();
      timer = setTimeout(open, PAUSES[Math.min(failures, PAUSES.length) - 1]);
    });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", ({ persisted }) => {
    arriving ||= persisted;
    open();
  });
  open();
}
