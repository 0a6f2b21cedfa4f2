"use strict";
(() => {
  const root = document.currentScript.dataset.root;

  // The theme: what the system says, light or dark.
  const button = document.getElementById("theme");
  const themes = ["auto", "light", "dark"];
  const remembered = () => { try { return localStorage.getItem("theme") || "auto"; } catch { return "auto"; } };
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  show(remembered());
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
    try { localStorage.setItem("theme", next); } catch { /* a file may not remember */ }
    show(next);
  });

  // What can be copied.
  for (const copy of document.querySelectorAll(".copy")) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const code = copy.previousElementSibling;
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        getSelection().selectAllChildren(code);
        document.execCommand("copy");
      }
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });
  }

  // Code in several languages: one at a time.
  for (const tabs of document.querySelectorAll("[data-tabs]")) {
    const panels = [...tabs.children];
    if (panels.length < 2) continue;
    const list = document.createElement("div");
    list.className = "tablist";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Languages");
    const choose = (chosen) => panels.forEach((panel, index) => {
      panel.hidden = index !== chosen;
      list.children[index].setAttribute("aria-selected", String(index === chosen));
      list.children[index].tabIndex = index === chosen ? 0 : -1;
    });
    panels.forEach((panel, index) => {
      const tab = document.createElement("button");
      const name = `${tabs.closest("section").getAttribute("aria-labelledby")}-${index}`;
      tab.type = "button";
      tab.id = `tab-${name}`;
      tab.textContent = panel.dataset.tab;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", `panel-${name}`);
      panel.id = `panel-${name}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.querySelector("h4").hidden = true;
      tab.addEventListener("click", () => choose(index));
      tab.addEventListener("keydown", (event) => {
        const wanted = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key];
        if (wanted === undefined) return;
        event.preventDefault();
        const next = (wanted + panels.length) % panels.length;
        choose(next);
        list.children[next].focus();
      });
      list.append(tab);
    });
    tabs.prepend(list);
    choose(0);
  }

  // What an address leads to is open; what is printed is whole.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  // The search.
  const input = document.getElementById("find");
  const found = document.getElementById("found");
  const count = document.getElementById("found-count");
  const entries = (window.searchEntries || []).map((entry) => ({ ...entry, text: `${entry.t} ${entry.w} ${entry.x || ""} ${entry.k}`.toLowerCase() }));
  const search = (query, most) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const rank = (entry) => {
      const title = entry.t.toLowerCase();
      return (title === query.toLowerCase() ? 0 : title.startsWith(words[0]) ? 1 : words.every((word) => title.includes(word)) ? 2 : 3);
    };
    return entries.filter((entry) => words.every((word) => entry.text.includes(word)))
      .map((entry) => [rank(entry), entry]).sort((a, b) => a[0] - b[0]).slice(0, most).map((pair) => pair[1]);
  };
  const link = (entry) => {
    const anchor = document.createElement("a");
    anchor.href = root + entry.u;
    const kind = document.createElement("span");
    kind.className = "kind";
    kind.textContent = entry.k;
    const title = document.createElement("span");
    title.textContent = entry.t;
    anchor.append(kind, title);
    if (entry.w) {
      const within = document.createElement("span");
      within.className = "quiet";
      within.textContent = entry.w;
      anchor.append(within);
    }
    return anchor;
  };
  const fill = (place, all) => {
    const list = document.createElement("ul");
    for (const entry of all) {
      const item = document.createElement("li");
      item.append(link(entry));
      list.append(item);
    }
    place.replaceChildren(list);
  };
  const say = (all, query) => { count.textContent = query ? `${all.length} found` : ""; };
  input.addEventListener("input", () => {
    const query = input.value.trim();
    const all = search(query, 12);
    found.hidden = !query;
    if (!query) { count.textContent = ""; return; }
    fill(found, all);
    if (!all.length) found.textContent = "Nothing found.";
    say(all, query);
  });
  const move = (event, from) => {
    const links = [...found.querySelectorAll("a")];
    const next = links[links.indexOf(from) + { ArrowDown: 1, ArrowUp: -1 }[event.key]];
    event.preventDefault();
    (next || input).focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = ""; found.hidden = true; }
    if (event.key === "ArrowDown" && !found.hidden) move(event, null);
  });
  found.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event, document.activeElement);
    if (event.key === "Escape") { found.hidden = true; input.focus(); }
  });
  found.addEventListener("click", () => { found.hidden = true; });
  document.addEventListener("click", (event) => { if (!event.target.closest(".find")) found.hidden = true; });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });

  // The page of results, for those who press Enter.
  const results = document.getElementById("results");
  if (results) {
    const query = new URLSearchParams(location.search).get("q") || "";
    input.value = query;
    const all = search(query, 200);
    fill(results, all);
    const told = document.createElement("p");
    told.textContent = query ? `${all.length === 200 ? "The first 200" : all.length} found for “${query}”.` : "Type what you look for.";
    results.prepend(told);
  }
})();
