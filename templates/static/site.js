// Copying, sharing and the theme. All of it is extra: without scripts only these buttons are missing.
(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);

  // Storage may be forbidden; then the choice holds for this page.
  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("theme", value);
      return localStorage.getItem("theme");
    } catch {
      return value;
    }
  };
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "")) === "dark";
  const theme = find(".theme");
  const show = (name) => {
    if (name) root.dataset.theme = name;
    theme?.setAttribute("aria-pressed", dark());
  };
  show(remembered());
  theme?.addEventListener("click", () => {
    const name = dark() ? "light" : "dark";
    remembered(name);
    show(name);
  });

  const says = (button, text) => {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 2000);
  };
  const address = find("link[rel=canonical]")?.href || location.href;
  const title = find("h1")?.innerText || "";
  const copies = (selector, text) => find(selector)?.addEventListener("click", async ({ currentTarget: button }) => {
    await navigator.clipboard.writeText(text());
    says(button, button.dataset.done);
  });
  const words = (selector) => find(selector)?.innerText.trim();
  copies(".copy", () => [title, words(".standfirst"), words(".text"), address].filter(Boolean).join("\n\n"));
  copies(".copy-link", () => address);
  find(".send")?.addEventListener("click", () => navigator.share({ title, url: address }).catch(() => {}));

  for (const button of document.querySelectorAll("button[hidden]")) {
    button.hidden = button.matches(".send") ? !navigator.share : button.matches("[data-done]") ? !navigator.clipboard : false;
  }

  // One unfolded menu at a time, folded again by Escape or a click elsewhere.
  const folds = document.querySelectorAll(".menu details");
  const fold = (but) => folds.forEach((one) => { if (one !== but) one.open = false; });
  document.addEventListener("click", (event) => fold(event.target.closest(".menu details")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = find(".menu details[open]");
    if (open?.contains(document.activeElement)) open.firstElementChild.focus();
    fold();
  });
})();
