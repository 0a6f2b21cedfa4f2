// The site of `counterpart docs` in a headless Chromium.
// usage: node tests/browser/site.mjs SITE [COUNTERPART]     the folder of the site, and the binary that wrote it

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const site = resolve(process.argv[2]);
const counterpart = resolve(process.argv[3] ?? "target/debug/counterpart");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = readdirSync(site, { recursive: true }).filter((file) => file.endsWith(".html")).sort();
const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };
const address = (page) => pathToFileURL(join(site, page.split(/[?#]/)[0])).href + (page.match(/[?#].*$/)?.[0] ?? "");

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(() => browser.close());

/** Does something in a window of its own. */
async function within(options, deed) {
  const context = await browser.newContext({ viewport: wide, ...options });
  try {
    return await deed(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

const visible = (locator) => locator.evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);

test("there are pages of every kind", () => {
  for (const page of ["index.html", "search.html", "codes.html", "drifts.html", "mlflow/index.html", "mlflow/operations.html", "mlflow/gaps.html", "mlflow/features/derived.html"]) {
    assert.ok(pages.includes(page), `${page} is missing`);
  }
});

test("every page loads without a word in the console and without a request to anything but files", async () => {
  await within({}, async (page) => {
    const wrong = [];
    let now = "";
    page.on("console", (message) => wrong.push(`${now}: ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`${now}: ${error.message}`));
    page.on("requestfailed", (request) => wrong.push(`${now}: ${request.url()} failed`));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) wrong.push(`${now}: asks for ${request.url()}`);
    });
    for (now of pages) await page.goto(address(now));
    assert.deepEqual(wrong, []);
  });
});

test("every link and every fragment leads somewhere, and no name stands twice on a page", async () => {
  const names = new Map();
  const links = [];
  await within({}, async (page) => {
    for (const file of pages) {
      await page.goto(address(file));
      const found = await page.evaluate(() => ({
        ids: [...document.querySelectorAll("[id]")].map((one) => one.id),
        links: [...document.querySelectorAll("a[href]")].map((one) => new URL(one.getAttribute("href"), location).href),
        described: [...document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls]")].flatMap((one) =>
          ["aria-labelledby", "aria-describedby", "aria-controls"].flatMap((name) => (one.getAttribute(name) ?? "").split(" ").filter(Boolean)),
        ),
      }));
      const twice = found.ids.filter((id, index) => found.ids.indexOf(id) !== index);
      assert.deepEqual(twice, [], `names that stand twice in ${file}`);
      assert.deepEqual(found.described.filter((id) => !found.ids.includes(id)), [], `names that ${file} refers to and does not have`);
      names.set(address(file), new Set(found.ids));
      links.push(...found.links.map((link) => [file, link]));
    }
    // The search leads to addresses too.
    const found = await page.evaluate(() => [...document.scripts].length && window.searchEntries.map((entry) => entry.u));
    links.push(...found.map((link) => ["search.js", address(link)]));
  });
  const dead = links.filter(([, link]) => link.startsWith("file:")).filter(([, link]) => {
    const [page, id] = link.split("#");
    return !(names.has(page) && (!id || names.get(page).has(decodeURIComponent(id))));
  });
  assert.deepEqual(dead, []);
});

// One page of each kind, and where kinds differ by contract (signed or not, broken or kept) one of each. `ALL=1`: every page.
const sample = [
  "index.html", "search.html", "codes.html", "drifts.html",
  "auth-validate/index.html", "auth-validate/operations.html", "auth-validate/gaps.html",
  "auth-validate/features/valid-key.html", "auth-validate/features/derived.html",
  "clip-embed/index.html", "clip-embed/features/batch.html", "service-signature/index.html",
];
const looked = process.env.ALL ? pages : sample;

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [wide, narrow]) {
    test(`axe finds nothing serious: ${colorScheme}, ${viewport.width} px`, async () => {
      await within({ viewport, colorScheme }, async (page) => {
        const found = [];
        for (const file of looked) {
          await page.goto(address(file));
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
          for (const { id, impact, nodes } of violations) {
            if (["serious", "critical"].includes(impact)) found.push(`${file}: ${id} (${impact}): ${nodes.length}, such as ${nodes[0].html.slice(0, 160)}`);
          }
        }
        assert.deepEqual(found, []);
      });
    });
  }
}

test("no page is wider than a phone", async () => {
  await within({ viewport: narrow }, async (page) => {
    const wider = [];
    for (const file of pages) {
      await page.goto(address(file));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > narrow.width) wider.push(`${file}: ${width}`);
    }
    assert.deepEqual(wider, []);
  });
});

for (const [kind, query, leads] of [
  ["an operation", "validateKey", "auth-validate/operations.html#validateKey"],
  ["a scenario", "key of a caller is valid", "auth-validate/features/valid-key.html#the-key-of-a-caller-is-valid"],
  ["a code", "acceptance-missing", "codes.html#acceptance-missing"],
  ["a drift", "credential-moved", "drifts.html#credential-moved"],
]) {
  test(`the search finds ${kind} while typing, and on the page of results`, async () => {
    await within({}, async (page) => {
      await page.goto(address("clip-embed/operations.html"));
      await page.keyboard.press("/");
      await page.keyboard.type(query);
      await page.keyboard.press("ArrowDown");
      assert.equal(await page.evaluate(() => document.activeElement.href), address(leads));
      await page.keyboard.press("Enter");
      await page.waitForURL(address(leads));
      await page.locator("#find").fill(query);
      await page.keyboard.press("Enter");
      await page.waitForURL(/search\.html\?q=/);
      assert.equal(await page.locator("#results a").first().evaluate((link) => link.href), address(leads));
    });
  });
}

test("arrow keys walk through what was found, and Escape leaves it", async () => {
  await within({}, async (page) => {
    await page.goto(address("index.html"));
    await page.locator("#find").fill("key");
    const all = await page.locator("#found a").evaluateAll((links) => links.map((link) => link.href));
    assert.ok(all.length > 2);
    const focused = () => page.evaluate(() => document.activeElement.href ?? document.activeElement.id);
    for (const [key, wanted] of [["ArrowDown", all[0]], ["ArrowDown", all[1]], ["ArrowUp", all[0]], ["ArrowUp", "find"], ["ArrowDown", all[0]], ["Escape", "find"]]) {
      await page.keyboard.press(key);
      assert.equal(await focused(), wanted, `after ${key}`);
    }
    assert.equal(await visible(page.locator("#found")), 0);
    await page.locator("#find").fill("no such word anywhere");
    assert.equal(await page.locator("#found").textContent(), "Nothing found.");
  });
});

test("the theme button goes round and is remembered", async () => {
  await within({ colorScheme: "light" }, async (page) => {
    await page.goto(address("index.html"));
    const button = page.locator("#theme");
    const seen = async () => [await button.textContent(), await page.evaluate(() => getComputedStyle(document.body).backgroundColor)];
    const [light, dark] = ["rgb(255, 255, 255)", "rgb(20, 24, 29)"];
    assert.deepEqual(await seen(), ["Theme: auto", light]);
    await button.click();
    assert.deepEqual(await seen(), ["Theme: light", light]);
    await button.click();
    assert.deepEqual(await seen(), ["Theme: dark", dark]);
    await page.goto(address("codes.html"));
    assert.deepEqual(await seen(), ["Theme: dark", dark]);
    await button.click();
    assert.deepEqual(await seen(), ["Theme: auto", light]);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await seen(), ["Theme: auto", dark]);
  });
});

test("one language is shown at a time, and the arrow keys choose it", async () => {
  await within({}, async (page) => {
    await page.goto(address("clip-embed/index.html"));
    const tabs = page.locator("[data-tabs]").first();
    const shown = () => tabs.locator(".snippet").evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.tab));
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    assert.deepEqual(await shown(), ["curl"]);
    await tabs.getByRole("tab", { name: "curl" }).focus();
    for (const [key, wanted] of [["ArrowRight", "Python"], ["ArrowRight", "Rust"], ["ArrowRight", "curl"], ["ArrowLeft", "Rust"], ["Home", "curl"], ["End", "Rust"]]) {
      await page.keyboard.press(key);
      assert.deepEqual([await shown(), await focused()], [[wanted], wanted], `after ${key}`);
    }
    await page.keyboard.press("Tab");
    assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("role")), "tab");
  });
});

test("what is copied is what `counterpart snippet` prints", async () => {
  await within({}, async (page, context) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    let copied = 0;
    for (const contract of pages.filter((file) => /^[^/]+\/index\.html$/.test(file)).map((file) => file.split("/")[0])) {
      await page.goto(address(`${contract}/index.html`));
      for (const way of await page.locator(".way").all()) {
        for (const tab of await way.getByRole("tab").all()) {
          await tab.click();
          const panel = way.locator(".snippet:not([hidden])");
          await panel.locator(".copy").click();
          await panel.getByText("Copied").waitFor();
          const command = await panel.getAttribute("data-command");
          const printed = execFileSync(counterpart, command.split(" ").slice(1), { encoding: "utf8" });
          assert.equal(await page.evaluate(() => navigator.clipboard.readText()), printed, command);
          copied += 1;
        }
      }
    }
    assert.ok(copied >= 15, `${copied} were copied`);
  });
});

test("an address within something closed opens it", async () => {
  await within({}, async (page) => {
    await page.goto(address("clip-embed/index.html"));
    const id = await page.locator("details[id]").first().getAttribute("id");
    assert.equal(await page.locator(`[id="${id}"]`).evaluate((details) => details.open), false);
    await page.goto("about:blank");
    await page.goto(address(`clip-embed/index.html#${id}`));
    assert.equal(await page.locator(`[id="${id}"]`).evaluate((details) => details.open), true);
    assert.ok(await page.locator(`[id="${id}"]`).evaluate((details) => details.getBoundingClientRect().top < innerHeight));
  });
});

test("without JavaScript everything can be read", async () => {
  await within({ javaScriptEnabled: false }, async (page) => {
    await page.goto(address("clip-embed/index.html"));
    const snippets = page.locator(".snippet");
    assert.ok((await snippets.count()) >= 3);
    assert.equal(await visible(snippets), await snippets.count());
    assert.equal(await visible(page.locator(".copy, #theme, [role=tab]")), 0, "nothing is shown that does nothing");
    await page.goto(address("search.html"));
    assert.ok(await page.getByText("Searching needs JavaScript").isVisible());
  });
});

test("print shows all languages and no controls", async () => {
  await within({}, async (page) => {
    await page.goto(address("clip-embed/index.html"));
    await page.emulateMedia({ media: "print" });
    const snippets = page.locator(".snippet");
    assert.equal(await visible(snippets), await snippets.count());
    assert.equal(await visible(page.locator(".top, .menu, .copy, .tablist, .anchor")), 0);
    assert.ok((await page.pdf()).length > 10_000);
  });
});
