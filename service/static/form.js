/* The form gets better with this and works without it: what we understand while one types, a draft that survives a lost
   connection, and questions that follow the subject. The browser keeps words and choices only: never who writes. */
(function () {
  "use strict";

  var PAUSE = 700; // milliseconds without a key before the words are looked at
  var DAYS = 3 * 24 * 3600 * 1000; // milliseconds a draft stays in the browser
  var form = document.querySelector("form[data-draft], form[data-check]");
  if (!form) { return; }
  var box = form.querySelector("textarea#text");

  function later(action, pause) {
    var timer;
    return function () { clearTimeout(timer); timer = setTimeout(action, pause || PAUSE); };
  }

  function put(place, html) {
    // The same words are not put in again: a screen reader would say them again at each pause.
    if (!place || place.dataset.shown === html) { return; }
    place.dataset.shown = html;
    place.innerHTML = html;
  }

  function warn(place, html) {
    // What to do in a danger is read first, wherever on the page one was.
    if (!place || place.dataset.shown === html) { return; }
    put(place, html);
    if (!html) { return; }
    var seen = place.getBoundingClientRect();
    if (seen.top < 0 || seen.bottom > window.innerHeight) { place.scrollIntoView({ block: "start" }); }
  }

  function chosen(name) {
    var one = form.querySelector("input[name=" + name + "]:checked");
    return one ? one.value : "";
  }

  /* --- A draft in the browser. Storage may be refused, as in a frame: the form then does without. --- */
  var key = "seve:" + (form.dataset.draft || form.dataset.check);

  function read() {
    try {
      var kept = JSON.parse(localStorage.getItem(key));
      return kept && Date.now() - kept.at < DAYS ? kept : null;
    } catch (refused) { return null; }
  }

  function write(kept) {
    try { localStorage.setItem(key, JSON.stringify(kept)); } catch (refused) { /* Nothing is kept. */ }
  }

  function forget() {
    try { localStorage.removeItem(key); } catch (refused) { /* Nothing was kept. */ }
  }

  function keepTyped() {
    if (!box.value.trim()) { forget(); return; }
    write({ at: Date.now(), text: box.value, where: chosen("where"), subject: chosen("sujet") });
  }

  function choose(name, value) {
    form.querySelectorAll("input[name=" + name + "]").forEach(function (one) { one.checked = one.value === value; });
  }

  function restore() {
    var kept = read();
    var found = document.getElementById("found");
    if (!kept) { forget(); return; }
    if (box.value || !kept.text) { return; } // What the page brings is newer.
    box.value = kept.text;
    if (kept.where) { choose("where", kept.where); }
    box.dispatchEvent(new Event("input", { bubbles: true }));
    if (found) { found.hidden = false; }
  }

  function watchDraft() {
    var keep = later(keepTyped, 300);
    form.addEventListener("input", keep);
    window.addEventListener("pagehide", function () { if (read() === null || !read().isLeaving) { keepTyped(); } });
    var button = document.getElementById("forget");
    if (button) {
      button.addEventListener("click", function () {
        box.value = "";
        choose("where", "");
        forget();
        document.getElementById("found").hidden = true;
        box.dispatchEvent(new Event("input", { bubbles: true }));
        box.focus();
      });
    }
    restore();
  }

  /* --- Sending without a connection: it is said, everything stays, and it leaves when the connection is back. --- */
  function holdWhileOffline() {
    var notice = document.getElementById("offline");
    var held = null;
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) { return; }
      if (navigator.onLine === false && notice) {
        event.preventDefault();
        held = event.submitter || form.querySelector("button.main");
        notice.hidden = false;
        notice.focus();
        return;
      }
      if (box) { keepTyped(); }
      var kept = read();
      if (kept) {
        // The page that says it arrived forgets it.
        kept.isLeaving = true;
        write(kept);
      }
    });
    window.addEventListener("online", function () {
      if (!held) { return; }
      var button = held;
      held = null;
      notice.hidden = true;
      if (form.requestSubmit) { form.requestSubmit(button); } else { button.click(); }
    });
    window.addEventListener("pageshow", function () {
      var kept = read();
      if (kept && kept.isLeaving) { kept.isLeaving = false; write(kept); }
    });
  }

  /* --- First screen: one question for the danger and the subject. The words are in the body, never in an address. --- */
  function watchWords() {
    var danger = document.getElementById("danger");
    var subjects = document.getElementById("subjects");
    if (!window.fetch || !window.FormData) { return; }
    var asked = 0;
    var understand = later(function () {
      var mine = ++asked;
      var body = new FormData();
      body.append("text", box.value);
      body.append("sujet", chosen("sujet"));
      fetch(form.dataset.understand, { method: "POST", body: body, credentials: "omit" })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (understood) {
          if (!understood || mine !== asked) { return; }
          warn(danger, understood.advice);
          // Nobody loses the place where they are, nor a choice made meanwhile.
          if (!subjects.contains(document.activeElement) && chosen("sujet") === body.get("sujet")) {
            put(subjects, understood.subjects);
          }
        })
        .catch(function () { /* The numbers are on the page already. */ });
    });
    box.addEventListener("input", understand);
    if (box.value) { understand(); }
  }

  /* --- Second screen: the questions follow the subject, and the advice what is answered. --- */
  function watchChoices() {
    if (!window.fetch || !window.FormData || !window.DOMParser) { return; }
    form.querySelectorAll("[data-without-script]").forEach(function (one) { one.hidden = true; });
    var asked = 0;
    function ask(names) {
      var mine = ++asked;
      var body = new URLSearchParams(new FormData(form));
      body.append("montrer", "1");
      fetch(form.action, { method: "POST", body: body, credentials: "omit" })
        .then(function (answer) { return answer.ok ? answer.text() : null; })
        .then(function (html) {
          if (html === null || mine !== asked) { return; }
          var fresh = new DOMParser().parseFromString(html, "text/html");
          names.forEach(function (name) {
            var here = document.getElementById(name);
            var there = fresh.getElementById(name);
            if (!here || !there || here.contains(document.activeElement)) { return; }
            if (name === "danger") { warn(here, there.innerHTML.trim()); } else { put(here, there.innerHTML); }
          });
        })
        .catch(function () { /* The button without script sends everything all the same. */ });
    }
    var listen = later(function () { ask(["danger"]); });
    form.addEventListener("change", function (event) {
      if (event.target.name === "sujet") { ask(["questions", "connus", "suite", "danger"]); }
      else if (event.target.name.indexOf("q-") === 0) { ask(["danger"]); }
    });
    form.addEventListener("input", function (event) { if (event.target.type === "text") { listen(); } });
  }

  if (form.dataset.draft) { watchDraft(); watchWords(); } else { watchChoices(); }
  holdWhileOffline();
})();
