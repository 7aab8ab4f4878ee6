// The ways of looking at the site: with all that is being worked on, as the public does now, or at a chosen moment.

/** Make the form that chooses; `changed` is called when the server knows of another way of looking. */
function makeView({ changed }) {
  async function send(look) {
    try {
      await fetch("/__adpim/look", { method: "POST", body: new URLSearchParams({ look }) });
    } catch {
      return; // the note says that the server is away
    }
    changed();
  }
  const choice = (value, text, chosen) => {
    const input = make("input", { type: "radio", name: "look", value, change: chosen });
    return { input, row: make("label", {}, input, make("span", {}, say(text))) };
  };
  const staff = choice("staff", "view_staff", () => send("staff"));
  const now = choice("public", "view_now", () => send("public"));
  const then = choice("at", "view_at", () => moment.focus());
  const moment = make("input", { type: "datetime-local", "aria-label": say("moment"), required: true, input: () => { then.input.checked = true; } });
  const submit = (event) => {
    event.preventDefault();
    send(moment.value);
  };
  const day = make("div", { class: "moment" }, moment, make("button", { type: "submit" }, say("show")));
  const element = make("form", { class: "view", submit }, staff.row, now.row, then.row, day);
  let known = "";

  /** Show which way of looking is in force. A choice that is just being made stays. */
  function update({ look, now: present }) {
    if (JSON.stringify(look) === known) return;
    known = JSON.stringify(look);
    const inForce = look.staff ? staff : look.at ? then : now;
    inForce.input.checked = true;
    // Somebody may be filling in another moment just now.
    if (look.at || !moment.value) moment.value = look.at || present;
  }
  return { element, update };
}

/** Return what the site is shown as, in words. */
function lookInWords(look) {
  if (look.staff) return say("view_staff");
  return look.at ? say("view_then", { when: look.words }) : say("view_now");
}
