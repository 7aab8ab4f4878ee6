// The viewer of a release's photos, opened by their links. Without it a link leads to the large photo all the same.
(() => {
  const viewer = document.querySelector(".viewer");
  if (!viewer?.showModal) return;
  const [says, caption] = viewer.querySelectorAll(".says p");
  let at = 0;

  const show = (number) => {
    const links = [...document.querySelectorAll(".zoom")];
    at = (number + links.length) % links.length;
    const link = links[at];
    const small = link.querySelector("img");
    const photo = new Image();
    photo.alt = small.alt;
    // As wide as the whole photo is in this window: the browser fetches what that needs.
    const { width, height } = link.dataset;
    photo.sizes = `${Math.ceil(Math.min(innerWidth, (innerHeight * width) / height))}px`;
    photo.srcset = link.dataset.srcset;
    photo.src = link.href;
    viewer.querySelector("img")?.remove();
    viewer.prepend(photo);
    says.textContent = viewer.dataset.says.replace("{number}", at + 1).replace("{count}", links.length);
    const text = link.closest("figure").querySelector("figcaption")?.cloneNode(true).childNodes ?? [];
    caption.replaceChildren(...text);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".zoom");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show([...document.querySelectorAll(".zoom")].indexOf(link));
    viewer.showModal();
  });
  viewer.addEventListener("click", ({ target }) => {
    if (target.matches(".back")) show(at - 1);
    else if (target.matches(".on")) show(at + 1);
    else if (target === viewer || target.matches(".close")) viewer.close();
  });
  const keys = { ArrowLeft: () => at - 1, ArrowRight: () => at + 1, Home: () => 0, End: () => -1 };
  viewer.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(keys[event.key]());
  });

  // A swipe with one finger, which the style keeps browsers from taking for "back"; two enlarge the photo.
  let from = null;
  viewer.addEventListener("touchstart", ({ touches }) => {
    from = touches.length === 1 ? touches[0].clientX : null;
  }, { passive: true });
  viewer.addEventListener("touchend", ({ changedTouches }) => {
    const way = from === null ? 0 : changedTouches[0].clientX - from;
    if (Math.abs(way) > 40 && visualViewport.scale === 1) show(at - Math.sign(way));
    from = null;
  });
})();
