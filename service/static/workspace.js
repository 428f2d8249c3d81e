/* The keys of the workspace, and ticking many rows. The page works without: every key presses a control of the page. */
(function () {
  "use strict";

  var isOn = document.currentScript.dataset.keys === "on";
  var LIST = "seve:list"; // the list one came from, for this tab only
  var A_MOMENT = 1500; // milliseconds to press the second key
  var waitsForList = null;
  var here = null; // the row the keys stand on
  var lastTicked = null;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function rows() { return all(".rows > .row"); }
  function boxOf(row) { return row ? row.querySelector("input[name=choisi]") : null; }
  function isShown(control) { return control.offsetParent !== null; }

  /* Ticking. */
  function boxes() { return all(".row input[name=choisi]"); }

  function tell() {
    var ticked = boxes().filter(function (box) { return box.checked; }).length;
    var told = document.getElementById("ticked");
    var whole = document.getElementById("tick-all-box");
    boxes().forEach(function (box) { box.closest(".row").classList.toggle("ticked", box.checked); });
    if (told) {
      told.textContent = ticked === 0 ? "Cochez des demandes pour agir sur plusieurs."
        : ticked + (ticked > 1 ? " demandes cochées." : " demande cochée.");
    }
    if (whole) {
      whole.checked = ticked > 0 && ticked === boxes().length;
      whole.indeterminate = ticked > 0 && !whole.checked;
    }
    document.body.classList.toggle("has-ticks", ticked > 0);
  }

  function tickTo(box, isTicked) {
    var found = boxes(), from = found.indexOf(lastTicked), to = found.indexOf(box);
    if (from < 0) { from = to; }
    found.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (one) { one.checked = isTicked; });
    lastTicked = box;
    tell();
  }

  document.addEventListener("click", function (event) {
    if (!event.target.matches("input[name=choisi]")) { return; }
    if (event.shiftKey && lastTicked) { tickTo(event.target, event.target.checked); }
    lastTicked = event.target;
    tell();
  });
  var wholeLine = document.getElementById("tick-all");
  if (wholeLine && boxes().length) {
    wholeLine.hidden = false;
    document.getElementById("tick-all-box").addEventListener("change", function (event) {
      boxes().forEach(function (box) { box.checked = event.target.checked; });
      tell();
    });
  }
  document.addEventListener("seve:rows", tell); // rows were put in
  window.addEventListener("pageshow", tell); // going back, the browser ticks again what was ticked
  if (boxes().length) { tell(); }

  /* The list one came from: n and p lead on in it, and the way back leads to its very page. */
  function remember() {
    if (!document.getElementById("selection")) { return; }
    var links = rows().map(function (row) { return row.querySelector("a.open"); }).filter(Boolean);
    var kept = { url: location.href, links: links.map(function (link) { return link.getAttribute("href"); }) };
    try { sessionStorage.setItem(LIST, JSON.stringify(kept)); } catch (refused) { /* Nothing is kept here. */ }
  }

  function remembered() {
    try { return JSON.parse(sessionStorage.getItem(LIST)) || { links: [] }; } catch (refused) { return { links: [] }; }
  }

  var back = document.querySelector("#presence") && document.querySelector(".back a");
  if (back && remembered().links.indexOf(location.pathname) >= 0) { back.href = remembered().url; }

  function beside(step) {
    var link = document.querySelector(step > 0 ? "a[rel~=next]" : "a[rel~=prev]");
    if (link) { link.click(); return true; }
    var links = remembered().links, place = links.indexOf(location.pathname);
    var next = place < 0 ? undefined : links[place + step];
    if (next) { location.assign(next); }
    return Boolean(next);
  }

  remember();
  document.addEventListener("seve:rows", remember);

  /* Keys. */
  function step(by) {
    var found = rows();
    if (!found.length) { return false; }
    var standing = document.activeElement.closest(".row") || (here && here.isConnected ? here : null);
    var place = standing ? found.indexOf(standing) + by : (by > 0 ? 0 : found.length - 1);
    if (place < 0 || place >= found.length) { return true; }
    here = found[place];
    here.querySelector("a.open").focus();
    here.scrollIntoView({ block: "nearest" });
    return true;
  }

  function standing() {
    return document.activeElement.closest(".row") || (here && here.isConnected ? here : null);
  }

  /* Where a key leads on the page of one complaint. */
  var PLACES = {
    a: "#assignee",
    c: "#category",
    r: "#text",
    i: "#internal_note",
    l: "section[aria-labelledby=collectif] button, section[aria-labelledby=collectif] a",
    t: "#to"
  };

  var AUDIENCES = { r: "vers-reponse", i: "vers-note" }; // what to choose first, where one writes

  function place(key) {
    return document.getElementById("presence") && PLACES[key] ? document.querySelector(PLACES[key]) : null;
  }

  function lead(key) {
    var found = place(key);
    if (!found) { return false; }
    var audience = AUDIENCES[key] && document.getElementById(AUDIENCES[key]);
    if (audience && !audience.checked) { audience.click(); }
    for (var details = found.closest("details"); details; details = details.parentElement.closest("details")) {
      details.open = true;
    }
    found.focus();
    found.scrollIntoView({ block: "center" });
    return true;
  }

  function press(key) {
    var control = all("[data-key='" + key + "']").filter(isShown)[0];
    if (!control) { return lead(key); }
    if (control.form && control.form.id === "selection" && key !== "u" && !boxes().some(function (one) { return one.checked; })) {
      var box = boxOf(standing());
      if (!box) { return true; }
      box.checked = true;
      tell();
    }
    control.focus();
    control.click();
    return true;
  }

  function search() {
    var field = document.querySelector("[data-key='/'], form[role=search] input:not([type=hidden])");
    if (field) { field.focus(); field.select(); return true; }
    location.assign("/equipe/");
    return true;
  }

  function showMap() {
    var map = document.getElementById("touches");
    if (!map) { return false; }
    if (map.open) { map.close(); } else { map.showModal(); }
    return true;
  }

  function goTo(letter) {
    var link = document.querySelector("a[data-go='" + letter + "']");
    if (!link) { return false; }
    location.assign(link.href);
    return true;
  }

  var KEYS = {
    j: function () { return step(1); },
    k: function () { return step(-1); },
    x: function () {
      var box = boxOf(standing());
      if (!box) { return false; }
      box.checked = !box.checked;
      lastTicked = box;
      tell();
      return true;
    },
    X: function () {
      var box = boxOf(standing());
      if (box) { tickTo(box, true); }
      return Boolean(box);
    },
    n: function () { return beside(1); },
    p: function () { return beside(-1); },
    g: function () {
      clearTimeout(waitsForList);
      waitsForList = setTimeout(function () { waitsForList = null; }, A_MOMENT);
      return true;
    },
    "/": search,
    "?": showMap
  };

  /* The figure of a key, also where it is typed with the shift key only: on a French keyboard « & » stands on 1. */
  function figure(event) {
    var found = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    return found && event.key.length === 1 ? found[1] : "";
  }

  function isTyping(element) {
    return element.isContentEditable || element.matches("textarea, select") ||
      (element.matches("input") && !/^(checkbox|radio|button|submit|reset)$/.test(element.type));
  }

  function listen(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) { return; }
    if (event.key === "Escape") {
      if (isTyping(event.target)) { event.target.blur(); }
      return;
    }
    if (event.key === "Enter" && event.target.matches("select[data-enter]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (isTyping(event.target)) { return; }
    var map = document.getElementById("touches");
    if (map && map.open && event.key !== "?" && !waitsForList && event.key !== "g") { return; }
    var isDone;
    if (waitsForList && event.key !== "g") {
      clearTimeout(waitsForList);
      waitsForList = null;
      isDone = goTo(event.key);
    } else if (figure(event)) {
      isDone = !event.repeat && press(figure(event)); // held down, it would sort the next one, too
    } else {
      isDone = KEYS[event.key] ? KEYS[event.key]() : /^[acirltu]$/.test(event.key) && press(event.key);
    }
    if (isDone) { event.preventDefault(); }
  }

  if (isOn) {
    document.addEventListener("keydown", listen);
    all("[data-key]").forEach(function (control) { control.setAttribute("aria-keyshortcuts", control.dataset.key); });
    Object.keys(PLACES).forEach(function (key) {
      if (place(key)) { place(key).setAttribute("aria-keyshortcuts", key); }
    });
  }
})();
