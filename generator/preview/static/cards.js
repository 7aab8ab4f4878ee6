// How the page looks where it is shared, made from what those who make such cards read: its own <title> and <meta>.

const TITLE_LENGTH = 60; // what a search result shows of a title, about
const DESCRIPTION_LENGTH = 160; // and of a description

/** Return the text at most `length` long, cut after a word. */
function cut(text, length) {
  if (text.length <= length) return text;
  const words = text.slice(0, length).replace(/\s+\S*$/u, "");
  return `${words} …`;
}

/** Return what crawlers read in a document. */
function readMeta(root) {
  const meta = (name) => root.querySelector(`meta[property="${name}"], meta[name="${name}"]`)?.content.trim() ?? "";
  const address = new URL(root.querySelector('link[rel="canonical"]')?.href ?? root.URL);
  const image = meta("og:image");
  return {
    address,
    title: meta("og:title") || root.title,
    description: meta("og:description") || meta("description"),
    site: meta("og:site_name") || address.host,
    found: { title: root.title, description: meta("description") },
    // The site's own address is not this server's, but what stands there does here as well.
    image: image && new URL(image, root.URL).host === address.host ? new URL(image, root.URL).pathname : image,
    icon: root.querySelector('link[rel~="icon"]')?.href ?? "",
  };
}

function whatsApp(read) {
  const card = make("div", { class: "bubble" });
  if (read.image) card.append(make("img", { src: read.image, alt: "" }));
  const said = make("div", { class: "said" }, make("p", { class: "headline" }, read.title));
  if (read.description) said.append(make("p", { class: "about" }, read.description));
  said.append(make("p", { class: "host" }, read.address.host));
  card.append(said);
  return make("div", { class: "chat" }, card, make("p", { class: "link" }, read.address.href));
}

function searchResult(read) {
  const steps = decodeURI(read.address.pathname).split("/").filter(Boolean);
  const trail = [read.address.host, ...steps].join(" › ");
  const picture = read.icon ? make("img", { src: read.icon, alt: "" }) : "";
  return make(
    "div",
    { class: "result" },
    make("div", { class: "origin" }, picture, make("p", {}, make("span", {}, read.site), make("span", { class: "trail" }, trail))),
    make("p", { class: "headline" }, cut(read.found.title, TITLE_LENGTH)),
    make("p", { class: "about" }, cut(read.found.description, DESCRIPTION_LENGTH) || say("no_description")),
  );
}

/** Return both cards of a document. */
function cardsOf(root) {
  const read = readMeta(root);
  const card = (name, shown) => make("section", {}, make("h3", {}, say(name)), shown);
  return [card("whatsapp", whatsApp(read)), card("search", searchResult(read))];
}
