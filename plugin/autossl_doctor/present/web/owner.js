/* The owner's page: the visitor's own clock, copying, clicks without a reload, and following a check that runs.
   The page reads complete without this file. Words come from the page; the server alone decides what a click does. */
(function () {
  "use strict";

  const root = document.getElementById("autossl-doctor");
  if (!root || root.classList.contains("asd-scripted")) {
    return;
  }
  const LANGUAGE = root.lang === "ja" ? "ja" : "en";
  const EVERY = 2000;
  const SLOWEST = 30000;
  const PATIENCE = 10 * 60 * 1000;
  const LONGEST = 3 * 60 * 60 * 1000;
  const STEPS = ["queued", "check", "domain_test", "order", "issued", "visitors"];
  const live = root.querySelector(".asd-live");
  const page = () => root.querySelector(".asd-page");

  let timer = 0;
  let asking = false;
  let pause = EVERY;
  let skew = 0;
  let isOver = false;

  root.classList.add("asd-scripted");

  // --- words

  function say(text) {
    if (live.textContent !== text) {
      live.textContent = text;
    }
  }

  // --- the visitor's clock

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const OWN_LOCALE = { en: "en-GB", ja: "ja-JP" };
  let clock = null;

  function parts(moment) {
    if (!clock) {
      // The visitor's own kind of English knows the short names of the zones around them.
      const locale = navigator.languages.find((spoken) => spoken.startsWith(`${LANGUAGE}-`)) || OWN_LOCALE[LANGUAGE];
      clock = new Intl.DateTimeFormat(locale, {
        year: "numeric", month: LANGUAGE === "ja" ? "numeric" : "short", day: "numeric", weekday: "short",
        hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short", timeZone: zone,
      });
    }
    const found = {};
    clock.formatToParts(moment).forEach((part) => { found[part.type] = part.value; });
    return found;
  }

  function shown(moment) {
    const at = parts(moment);
    if (LANGUAGE === "ja") {
      return `${at.year}年${at.month}月${at.day}日(${at.weekday}) ${at.hour}:${at.minute}(${at.timeZoneName})`;
    }
    return `${at.weekday} ${at.day} ${at.month.slice(0, 3)} ${at.year}, ${at.hour}:${at.minute} ${at.timeZoneName}`;
  }

  function localise(within) {
    if (zone === root.dataset.zone) {
      return;
    }
    within.querySelectorAll("time[datetime]").forEach((time) => {
      const moment = new Date(time.dateTime);
      if (!Number.isNaN(moment.getTime())) {
        time.textContent = shown(moment);
      }
    });
    within.querySelectorAll(".asd-zone").forEach((line) => {
      line.textContent = root.dataset.zoneOwn.replace("{zone}", zone);
    });
  }

  // --- copying

  async function copy(button) {
    const box = button.parentElement.querySelector("textarea");
    const label = button.dataset.label || button.textContent;
    button.dataset.label = label;
    try {
      await navigator.clipboard.writeText(box.value);
      button.textContent = root.dataset.copied;
      say(root.dataset.copied);
      setTimeout(() => { button.textContent = label; say(""); }, 3000);
    } catch (error) {
      box.closest("details").open = true;
      box.focus();
      box.select();
      say(root.dataset.copyFailed);
    }
  }

  // --- finding a website among many

  function filter(input) {
    const wanted = input.value.trim().toLowerCase();
    let found = 0;
    page().querySelectorAll("[data-site]").forEach((row) => {
      const name = `${row.dataset.site} ${row.querySelector(".asd-site").textContent}`.toLowerCase();
      row.hidden = !name.includes(wanted);
      found += row.hidden ? 0 : 1;
    });
    const none = page().querySelector(".asd-filter-none");
    none.textContent = found ? "" : none.dataset.none;
  }

  // --- the page itself, fetched again

  function keyOf(element) {
    const form = element && element.closest("form");
    const fold = element && element.closest("details");
    if (form && form.elements.namedItem("verb")) {
      return `form ${form.elements.namedItem("verb").value} ${form.elements.namedItem("site").value}`;
    }
    return fold ? `fold ${fold.dataset.fold}` : "";
  }

  function focusAgain(key, site) {
    const candidates = page().querySelectorAll("form button, details > summary");
    const same = Array.from(candidates).find((element) => key && keyOf(element) === key);
    const card = Array.from(page().querySelectorAll("[data-site]")).find((element) => element.dataset.site === site);
    const target = same || (card && card.querySelector(".asd-site[tabindex], summary"));
    if (target) {
      target.focus({ preventScroll: Boolean(same) });
    }
  }

  function address() {
    // What a click without a script left in the address is no news any more.
    const same = new URL(location.href);
    ["notice", "verb", "site"].forEach((name) => { same.searchParams.delete(name); });
    return same.href;
  }

  async function renew() {
    const answer = await fetch(address(), { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) {
      end(root.dataset.session);
      return false;
    }
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const block = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("autossl-doctor");
    if (!block || !block.querySelector(".asd-page")) {
      end(root.dataset.session);
      return false;
    }
    const active = page().contains(document.activeElement) ? document.activeElement : null;
    const key = keyOf(active);
    const holder = active && active.closest("[data-site]");
    const open = new Set(Array.from(page().querySelectorAll("details[open]"), (fold) => fold.dataset.fold));
    const wanted = page().querySelector(".asd-filter input");
    const fresh = document.importNode(block.querySelector(".asd-page"), true);
    fresh.querySelectorAll("details").forEach((fold) => { fold.open = fold.open || open.has(fold.dataset.fold); });
    page().replaceWith(fresh);
    prepare();
    const input = page().querySelector(".asd-filter input");
    if (wanted && input && wanted.value) {
      input.value = wanted.value;
      filter(input);
    }
    if (active) {
      focusAgain(key, holder ? holder.dataset.site : "");
    }
    return true;
  }

  function prepare() {
    localise(page());
    follow();
  }

  // --- following a check

  const followed = () => page().querySelector(".asd-follow[data-live]");
  const since = () => Date.parse(followed().dataset.since);

  function follow() {
    clearTimeout(timer);
    timer = 0;
    if (followed() && !isOver && !document.hidden) {
      timer = setTimeout(ask, pause);
    }
  }

  function end(text) {
    isOver = true;
    clearTimeout(timer);
    say(text);
  }

  function draw(step) {
    const track = followed().querySelector(".asd-track");
    const place = STEPS.indexOf(step);
    track.querySelectorAll("li").forEach((item) => {
      const number = STEPS.indexOf(item.dataset.step);
      const now = step === "queued" ? "waiting" : "current";
      const state = number < place ? "done" : number === place ? now : "todo";
      if (item.dataset.step === "queued" && state === "done") {
        item.remove();
        return;
      }
      if (item.dataset.state === state) {
        return;
      }
      item.dataset.state = state;
      item.querySelector(".asd-step-state").textContent = track.dataset[state];
      item.querySelector("use").setAttribute("href", `#autossl-doctor-${state}`);
      if (state === now) {
        item.setAttribute("aria-current", "step");
        say(`${item.querySelector(".asd-step-name").textContent}: ${track.dataset[state]}`);
      } else {
        item.removeAttribute("aria-current");
      }
    });
  }

  function announce(site) {
    const card = Array.from(page().querySelectorAll("[data-site]")).find((element) => element.dataset.site === site);
    const said = card ? [".asd-result", ".asd-title"].map((part) => card.querySelector(part)) : [];
    const result = said.filter(Boolean).map((part) => part.textContent.trim());
    say(result.join(" "));
  }

  async function ask() {
    if (asking || isOver || !followed()) {
      return;
    }
    asking = true;
    try {
      const answer = await fetch(root.dataset.progress, { headers: { Accept: "application/json" }, cache: "no-store" });
      const kind = answer.headers.get("Content-Type") || "";
      if (answer.status === 401 || answer.status === 403 || (answer.ok && !kind.includes("json"))) {
        end(root.dataset.session);
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      skew = (Date.parse(answer.headers.get("Date") || "") || Date.now()) - Date.now();
      await take(await answer.json());
      if (live.textContent === root.dataset.offline) {
        say("");
      }
    } catch (error) {
      pause = Math.min(pause * 2, SLOWEST);
      say(root.dataset.offline);
    } finally {
      asking = false;
      follow();
    }
  }

  async function take(progress) {
    const waited = Date.now() + skew - since();
    const began = Date.parse(progress.since || "");
    const ended = Date.parse(progress.ended || "");
    pause = waited > PATIENCE ? 5 * EVERY : EVERY;
    if (ended && ended + 1000 > since()) {
      const site = progress.site;
      if (await renew()) {
        announce(site);
      }
      return;
    }
    if (!ended && began && STEPS.includes(progress.step)) {
      draw(progress.step);
    }
    const queued = followed().querySelector("li[data-step='queued']");
    const late = followed().querySelector(".asd-late");
    if (queued && waited > PATIENCE && late.hidden) {
      late.hidden = false;
      say(late.textContent.trim());
    } else if (!queued) {
      late.hidden = true;
    }
    if (waited > LONGEST) {
      isOver = true;
    }
  }

  // --- clicks

  async function send(form) {
    const button = form.querySelector("button");
    if (button.getAttribute("aria-busy") === "true") {
      return;
    }
    const label = button.textContent;
    const verb = form.elements.namedItem("verb").value;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    button.textContent = root.dataset.sending;
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, cache: "no-store",
      });
      const kind = answer.headers.get("Content-Type") || "";
      if (answer.status === 401 || (!kind.includes("json") && (answer.ok || answer.status === 403))) {
        end(root.dataset.session);
        return;
      }
      const given = await answer.json();
      pause = EVERY;
      isOver = false;
      if (verb === "look") {
        await new Promise((resolve) => { setTimeout(resolve, EVERY); });
      }
      await renew();
      say(typeof given.text === "string" ? given.text : "");
      if (given.anyway === true) {
        offer(verb, form.elements.namedItem("site").value);
      }
    } catch (error) {
      say(root.dataset.failed);
    } finally {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    }
  }

  function offer(verb, site) {
    const same = Array.from(page().querySelectorAll("form")).find((form) => {
      const fields = form.elements;
      return fields.namedItem("verb") && fields.namedItem("verb").value === verb && fields.namedItem("site").value === site;
    });
    if (!same || same.elements.namedItem("anyway")) {
      return;
    }
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "anyway";
    field.value = "yes";
    same.append(field);
    same.querySelector("button").textContent = root.dataset.anyway;
  }

  // --- listening

  root.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target);
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      copy(button);
    }
  });
  root.addEventListener("keydown", (event) => {
    const question = event.key === "Escape" && event.target.closest("details.asd-question[open]");
    if (question) {
      question.open = false;
      question.querySelector("summary").focus();
    }
  });
  root.addEventListener("input", (event) => {
    if (event.target.type === "search") {
      filter(event.target);
    }
  });

  function wake() {
    if (!document.hidden && followed() && !isOver) {
      pause = EVERY;
      ask();
    }
  }

  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);

  // --- paper has nothing that could be unfolded

  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = Array.from(page().querySelectorAll("details:not([open])"));
    unfolded.forEach((fold) => { fold.open = true; });
  });
  window.addEventListener("afterprint", () => {
    unfolded.forEach((fold) => { fold.open = false; });
    unfolded = [];
  });

  prepare();
}());
