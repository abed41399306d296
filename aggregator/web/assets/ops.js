// Keeps the board current; without it a reload does the same.
"use strict";

const REFRESH_MS = 15000;
const live = () => [...document.querySelectorAll("[data-live], [data-clock]")];

async function refresh() {
  // Nothing changes under the hands of who is using it.
  if (document.hidden || live().some((part) => part.contains(document.activeElement))) return;
  try {
    const answer = await fetch(location.href, { redirect: "manual" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-live], [data-clock]")];
    const old = live();
    if (fresh.length === old.length) old.forEach((part, index) => part.replaceWith(fresh[index]));
  } catch {
    // The service is away: the next round asks again.
  }
}

if (live().length) setInterval(refresh, REFRESH_MS);
