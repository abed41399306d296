// Makes the reader's pages livelier; every page works without it.
"use strict";

const POLL_MS = 30000;

// A picture that does not load takes no room where it would be large, and leaves a quiet ground in the list.
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) event.target.classList.add("broken");
}, true);
for (const image of document.images) {
  if (image.complete && image.naturalWidth === 0 && image.src) image.classList.add("broken");
}

// The chosen section is in view.
const chosen = document.querySelector(".chips [aria-current]");
if (chosen) {
  const row = chosen.closest("ul");
  row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
}

// "Xem thêm" goes on by itself while the reader scrolls; as a link it stays usable by keyboard.
function goOn(stories) {
  const more = document.querySelector(".more");
  if (!more) return;
  const link = more.querySelector("a");
  let busy = false;
  const load = async () => {
    if (busy) return;
    busy = true;
    link.setAttribute("aria-busy", "true");
    link.textContent = "Đang tải…";
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const items = [...page.querySelectorAll(".stories > .story")];
      const hadFocus = document.activeElement === link;
      stories.append(...items);
      const next = page.querySelector(".more a");
      if (hadFocus) items[0]?.querySelector("h2 a").focus();
      if (next) {
        link.href = next.getAttribute("href");
        link.textContent = "Xem thêm tin";
        busy = false;
      } else {
        watcher.disconnect();
        more.className = "end";
        more.textContent = "Đã hết tin trong mục này.";
      }
    } catch {
      link.textContent = "Chưa tải được – bấm để thử lại";
      busy = false;
      watcher.disconnect();
    }
    link.removeAttribute("aria-busy");
  };
  const watcher = new IntersectionObserver((seen) => {
    if (seen.some((entry) => entry.isIntersecting)) load();
  }, { rootMargin: "400px" });
  watcher.observe(more);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    load();
  });
}

// A pill tells of news that came meanwhile. The browser's cache turns the question into a 304 most times.
function watchForNews(stream) {
  const place = document.querySelector(".pill-place");
  let newest = stream.dataset.newest;
  const ask = async () => {
    if (document.hidden || place.firstChild) return;
    try {
      const answer = await fetch(stream.dataset.feed, { cache: "no-cache" });
      if (!answer.ok) return;
      const [first] = (await answer.json()).items;
      if (!first || first.id === newest) return;
      const pill = document.createElement("a");
      pill.className = "pill";
      pill.href = location.pathname;
      pill.textContent = "Có tin mới – bấm để xem";
      place.append(pill);
    } catch {
      // Offline: the next round asks again.
    }
  };
  setInterval(ask, POLL_MS);
  document.addEventListener("visibilitychange", ask);
}

const stream = document.querySelector("[data-feed]");
if (stream) {
  const stories = stream.querySelector(".stories");
  if (stories) goOn(stories);
  if (stream.dataset.newest) watchForNews(stream);
}
