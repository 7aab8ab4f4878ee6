// Eleventy's site for the benchmarks: the same addresses and parts as templates/ gives adpim. Lists, neighbours and
// related releases are gathered here once, words of dates are kept, Markdown is not run through a template language.
const SITE = "https://contoh.example";
const ZONE = { timeZone: "Asia/Pontianak" };
const DAY = new Intl.DateTimeFormat("id-ID", { ...ZONE, weekday: "long", day: "2-digit", month: "long", year: "numeric" });
const MONTH = new Intl.DateTimeFormat("id-ID", { ...ZONE, month: "long", year: "numeric" });
const OFFSET = 7 * 3600 * 1000;
const SIZE = 20;
const TOPIC_FEED = 10;

const kept = (make) => {
  const made = new Map();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key);
  };
};
const local = (date) => new Date(+date + OFFSET).toISOString();
const isoDay = (date) => local(date).slice(0, 10);
const iso = (date) => local(date).slice(0, 19) + "+07:00";
const ofDay = kept((day) => DAY.format(new Date(`${day}T12:00:00+07:00`)));
const ofMonth = kept((month) => MONTH.format(new Date(`${month}-15T12:00:00+07:00`)));
const words = (date) => ofDay(isoDay(new Date(date)));
const slugify = kept((text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, ""));
const monthPath = (month) => `/${month.replace("-", "/")}/`;
const dayPath = (day) => `/${day.replaceAll("-", "/")}/`;

// The first paragraph without marks: a release's own page is not made yet when others show its card.
const lead = (post) => {
  const first = post.rawInput.trim().split("\n\n", 1)[0];
  return first.replace(/\*\*|\[|\]\([^)]*\)/g, "");
};
const cut = (text, length) => (text.length > length ? text.slice(0, text.lastIndexOf(" ", length)) + " …" : text);
const summary = (post) => post.data.summary || cut(lead(post), 230);
const description = (post) => cut(`${post.data.summary || ""} ${lead(post)}`.trim(), 160);
const lastmod = (post) => (post.data.updated ? new Date(`${post.data.updated}T00:00:00+07:00`) : post.date);
const dateline = (html, place) =>
  place ? html.replace("<p>", `<p><strong class="dateline">${place.toUpperCase()} – BIRO CONTOH.</strong> `) : html;

const grouped = (posts, keys) => {
  const found = new Map();
  for (const post of posts) for (const key of keys(post)) found.has(key) ? found.get(key).push(post) : found.set(key, [post]);
  return found;
};

// The pages of a list (its releases oldest first), newest first and numbered from the newest.
const listings = (posts, url, more) => {
  const newest = posts.toReversed();
  const count = Math.ceil(newest.length / SIZE);
  const address = (number) => (number === 1 ? url : `${url}halaman/${number}/`);
  return Array.from({ length: count }, (_, index) => ({
    ...more, url: address(index + 1), number: index + 1,
    items: newest.slice(index * SIZE, (index + 1) * SIZE),
    newer: index ? address(index) : "", older: index + 1 < count ? address(index + 2) : "",
  }));
};

let gathered = null;
const gather = (api) => {
  if (gathered) return gathered;
  const posts = api.getFilteredByGlob("content/berita/**/*.md").sort((a, b) => a.date - b.date || (a.url < b.url ? -1 : 1));
  const topics = grouped(posts, (post) => post.data.topik || []);
  const days = grouped(posts, (post) => [isoDay(post.date)]);
  const months = grouped(posts, (post) => [isoDay(post.date).slice(0, 7)]);
  const places = new Map([...topics].map(([name, its]) => [name, new Map(its.map((post, index) => [post.url, index]))]));
  posts.forEach((post, index) => {
    const found = new Map();
    for (let step = 1; step <= 4 && found.size < 4; step++)
      for (const name of post.data.topik || []) {
        const near = topics.get(name)[places.get(name).get(post.url) - step];
        if (near && found.size < 4) found.set(near.url, near);
      }
    const day = isoDay(post.date);
    post.data.ways = {
      self: post, older: posts[index - 1], newer: posts[index + 1], related: [...found.values()],
      steps: [...monthSteps(day), [post.data.title, post.url]],
    };
  });
  const monthsOf = (year) => [...months.keys()].filter((month) => month.startsWith(year)).map((month) => ({
    name: ofMonth(month), url: monthPath(month), count: months.get(month).length, days: daysOf(month),
  }));
  const daysOf = (month) => [...days.keys()].filter((day) => day.startsWith(month)).map((day) => ({
    number: +day.slice(8), month: ofMonth(month), url: dayPath(day), count: days.get(day).length,
  }));
  const years = [...new Set([...months.keys()].map((month) => month.slice(0, 4)))].map((year) => ({
    year, url: `/${year}/`, steps: yearSteps(year), months: monthsOf(year), count: monthsOf(year).reduce((sum, month) => sum + month.count, 0),
  }));
  const shelves = [...topics].map(([name, its]) => ({
    name, url: `/topik/${slugify(name)}/`, count: its.length, newest: its.slice(-TOPIC_FEED).reverse(), posts: its,
  }));
  return (gathered = {
    posts, years, shelves,
    latest: posts.slice(-SIZE).reverse(),
    topicPages: shelves.flatMap((shelf) => listings(shelf.posts, shelf.url, { title: shelf.name, steps: [HOME, ["Topik", "/topik/"], [shelf.name, shelf.url]] })),
    dayPages: [...days].flatMap(([day, its]) => listings(its, dayPath(day), { title: ofDay(day), steps: daySteps(day) })),
    monthPages: [...months].flatMap(([month, its]) => listings(its, monthPath(month), { title: ofMonth(month), steps: monthSteps(month), days: daysOf(month) })),
    corrected: listings(posts.flatMap((post) => (post.data.corrections || []).map((correction) => ({ post, ...correction }))), "/koreksi/", { title: "Koreksi", steps: [HOME, ["Koreksi", "/koreksi/"]] }),
    aliases: posts.flatMap((post) => (post.data.aliases || []).map((from) => ({ from, to: post.url }))),
  });
};

// The way from the home page to a list.
const HOME = ["Beranda", "/"];
const ARCHIVE = [HOME, ["Arsip", "/arsip/"]];
const yearSteps = (date) => [...ARCHIVE, [date.slice(0, 4), `/${date.slice(0, 4)}/`]];
const monthSteps = (date) => [...yearSteps(date), [ofMonth(date.slice(0, 7)), monthPath(date.slice(0, 7))]];
const daySteps = (day) => [...monthSteps(day), [ofDay(day), dayPath(day)]];

const publisher = { "@type": "GovernmentOrganization", name: "Lembaga CONTOH", url: `${SITE}/` };
const website = (description) => ({
  "@context": "https://schema.org", "@type": "WebSite", name: "Situs CONTOH", description, url: `${SITE}/`, inLanguage: "id", publisher,
});
const article = (post) => {
  const data = post.data;
  const url = SITE + post.url;
  return {
    "@context": "https://schema.org", "@type": "NewsArticle", headline: data.title, description: description(post), url,
    mainEntityOfPage: url, datePublished: iso(post.date), dateModified: iso(lastmod(post)), inLanguage: "id",
    isAccessibleForFree: true, author: publisher, publisher,
    ...(data.topik && { articleSection: data.topik[0], keywords: data.topik }),
    ...(data.place && { dateline: data.place, contentLocation: { "@type": "Place", name: data.place } }),
    ...(data.corrections && {
      correction: data.corrections.map((c) => ({ "@type": "CorrectionComment", text: c.note, datePublished: `${c.date}T00:00:00+07:00` })),
    }),
  };
};
const crumbs = (steps) => ({
  "@context": "https://schema.org", "@type": "BreadcrumbList",
  itemListElement: steps.map(([name, path], index) => ({ "@type": "ListItem", position: index + 1, name, item: SITE + path })),
});
// The content comes from the template: there Eleventy sees that it is not made yet, and waits for it.
const feedText = (content, post) => {
  let html = dateline(content, post.data.place).replaceAll('href="/', `href="${SITE}/`);
  if (post.data.credits) html += `<p>(${post.data.credits.join("/")})</p>\n`;
  if (post.data.corrections)
    html += `<section><h2>Koreksi</h2><ul>\n${post.data.corrections.map((c) => `<li>${words(c.date)}: ${c.note}</li>\n`).join("")}</ul></section>\n`;
  return html;
};
const jsonFeed = (items) => ({
  version: "https://jsonfeed.org/version/1.1", title: "Situs CONTOH", description: "Arsip buatan untuk mencoba dan mengukur, bukan berita",
  home_page_url: `${SITE}/`, feed_url: `${SITE}/feed.json`, language: "id",
  items,
});
const jsonItem = (content, post) => ({
  id: SITE + post.url, url: SITE + post.url, title: post.data.title, summary: summary(post),
  content_html: feedText(content, post), date_published: iso(post.date), date_modified: iso(lastmod(post)),
  tags: post.data.topik || [], language: "id",
});

export default function (config) {
  for (const name of ["posts", "years", "shelves", "latest", "topicPages", "dayPages", "monthPages", "corrected", "aliases"])
    config.addCollection(name, (api) => gather(api)[name]);
  const filters = {
    iso, isoDay, words, summary, description, lastmod, dateline, website, article, crumbs, feedText, jsonFeed, jsonItem,
    heading: (listing) => listing.title + (listing.number > 1 ? `, halaman ${listing.number}` : ""),
    head: (list, count) => list.slice(0, count),
    clock: (date) => local(date).slice(11, 16).replace(":", "."),
    json: (value) => JSON.stringify(value).replaceAll("<", "\\u003c"),
    topicUrl: (name) => `/topik/${slugify(name)}/`,
    topicsOf: (posts) => [...new Set(posts.flatMap((post) => post.data.topik || []))],
    byName: (shelves) => shelves.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    rfc822: (date) => new Date(date).toUTCString(),
  };
  for (const [name, filter] of Object.entries(filters)) config.addFilter(name, filter);
  config.addPassthroughCopy("static");
  return {
    dir: { input: "content", includes: "../_includes", output: "_site" },
    markdownTemplateEngine: false, htmlTemplateEngine: "njk",
  };
}
