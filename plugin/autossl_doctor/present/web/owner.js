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
  const LOOK_EVERY = 3500;
  const LOOK_LONGEST = 60000;
  const STEPS = ["queued", "check", "domain_test", "order", "issued", "visitors"];
  const live = root.querySelector(".asd-live");
  const page = () => root.querySelector(".asd-page");

  let timer = 0;
  let asking = false;
  let pause = EVERY;
  let skew = 0;
  let isOver = false;
  let isLooking = false;
  let word = null;

  root.classList.add("asd-scripted");

  // --- words

  function say(text) {
    if (live.textContent !== text) {
      live.textContent = text;
    }
  }

  // What has to be seen stands where the visitor is: below the button that was pressed, in the track, or on top.
  function tell(text, key) {
    say(text);
    word = text ? { text, key: key || "" } : null;
    place();
    page().querySelectorAll(".asd-told").forEach((told) => { told.scrollIntoView({ block: "nearest" }); });
  }

  function place() {
    page().querySelectorAll(".asd-told").forEach((told) => { told.remove(); });
    if (!word) {
      return;
    }
    const told = document.createElement("p");
    told.className = "asd-told";
    told.textContent = word.text;
    const buttons = Array.from(page().querySelectorAll("form button"));
    const button = buttons.find((one) => word.key && keyOf(one) === word.key);
    if (button) {
      button.form.append(told);
    } else if (followed()) {
      followed().append(told);
    } else {
      page().prepend(told);
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

  // A line may end between a Japanese date and its time, and nowhere else.
  function partsOf(text) {
    const [day, ...rest] = text.split(" ");
    if (LANGUAGE !== "ja" || !rest.length) {
      return [text];
    }
    const [first, second] = [day, rest.join(" ")].map((part) => {
      const span = document.createElement("span");
      span.textContent = part;
      return span;
    });
    return [first, " ", second];
  }

  function localise(within) {
    if (zone === root.dataset.zone) {
      return;
    }
    within.querySelectorAll("time[datetime]").forEach((time) => {
      const moment = new Date(time.dateTime);
      if (!Number.isNaN(moment.getTime())) {
        time.replaceChildren(...partsOf(shown(moment)));
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
      const told = box.parentElement.querySelector(".asd-told") || document.createElement("p");
      told.className = "asd-told";
      told.textContent = root.dataset.copyFailed;
      box.before(told);
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
      const names = Array.from(form.querySelectorAll("[name='name']"), (field) => field.value);
      const where = form.closest(".asd-banner") ? "banner" : "card";
      return [where, form.elements.namedItem("verb").value, form.elements.namedItem("site").value, ...names].join(" ");
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

  function goTo(target) {
    target.focus({ preventScroll: true });
    (target.closest(".asd-banner") || target).scrollIntoView({ block: "nearest" });
  }

  function address() {
    // What a click without a script left in the address is no news any more.
    const same = new URL(location.href);
    ["notice", "verb", "site"].forEach((name) => { same.searchParams.delete(name); });
    return same.href;
  }

  // `isClick`: the visitor has just pressed something here, and is taken along to the track that it became.
  async function renew(isClick) {
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
    const isWatching = Boolean(active && active.closest(".asd-follow"));
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
    const result = isWatching && !followed() && page().querySelector(".asd-result");
    if (followed() && (isClick || isWatching)) {
      goTo(followed());
    } else if (result) {
      goTo(result);
    } else if (active) {
      focusAgain(key, holder ? holder.dataset.site : "");
    }
    return true;
  }

  function prepare() {
    localise(page());
    place();
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
    tell(text);
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

  // The end is seen where it stands; here it is only read out: the result, and what the banner says now.
  function announce() {
    const said = [".asd-result", ".asd-banner h2"].map((part) => page().querySelector(part)).filter(Boolean);
    const stop = LANGUAGE === "ja" ? "。" : ". ";
    say(said.map((part) => `${part.textContent.trim().replace(/[.。]$/, "")}${stop}`).join("").trim());
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
      if (word && word.text === root.dataset.offline) {
        tell("");
      }
    } catch (error) {
      pause = Math.min(pause * 2, SLOWEST);
      if (!word || word.text !== root.dataset.offline) {
        tell(root.dataset.offline);
      }
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
      word = null;
      if (await renew(false)) {
        announce();
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
    const site = form.elements.namedItem("site").value;
    const key = keyOf(button);
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
      const text = typeof given.text === "string" ? given.text : "";
      pause = EVERY;
      isOver = false;
      word = null;
      if (given.answer === "looking") {
        tell(text, key);
        lookOut(given.at, key);
        return;
      }
      if (!await renew(true)) {
        return;
      }
      // A check that was asked for is seen in its track; everything else is said in words.
      if (given.answer === "started") {
        say(text);
      } else {
        tell(text, key);
      }
      if (given.anyway === true) {
        offer(verb, site);
      }
    } catch (error) {
      tell(root.dataset.failed, key);
    } finally {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    }
  }

  // Fetch the page again until its report is younger than the click, and say so if none comes.
  async function lookOut(at, key) {
    if (isLooking) {
      return;
    }
    isLooking = true;
    const before = page().dataset.generated;
    const until = Date.now() + LOOK_LONGEST;
    const isNews = () => page().dataset.generated !== before && page().dataset.generated >= at;
    while (!isNews() && !followed() && !isOver && Date.now() < until) {
      await new Promise((resolve) => { setTimeout(resolve, LOOK_EVERY); });
      if (!document.hidden && !followed()) {
        await renew(false).catch(() => false);
      }
    }
    isLooking = false;
    if (!followed() && !isOver) {
      tell(isNews() ? root.dataset.looked : root.dataset.unchanged, key);
    }
  }

  function offer(verb, site) {
    page().querySelectorAll("form").forEach((form) => {
      const has = (name, value) => form.elements.namedItem(name) && form.elements.namedItem(name).value === value;
      if (!has("verb", verb) || !has("site", site) || form.elements.namedItem("anyway")) {
        return;
      }
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "anyway";
      field.value = "yes";
      form.append(field);
      form.querySelector("button").textContent = root.dataset.anyway;
    });
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
