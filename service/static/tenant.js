/* The tenant face gets better with this and works without it: a counter, safety advice while typing, one sending. */
(function () {
  "use strict";

  var PAUSE = 700; // milliseconds without a key before the text is looked at
  var NEAR = 500; // signs left from which the end is announced

  function later(action) {
    var timer;
    return function () {
      clearTimeout(timer);
      timer = setTimeout(action, PAUSE);
    };
  }

  function countSigns(box) {
    var most = Number(box.dataset.most);
    var seen = document.getElementById("text-count");
    var heard = document.getElementById("text-left");
    if (!most || !seen || !heard || !box.dataset.left) { return; }
    var numbers = window.Intl ? new Intl.NumberFormat(document.documentElement.lang) : { format: String };
    function left() { return most - box.value.length; }
    function words() {
      var sentence = left() < 0 ? box.dataset.over : box.dataset.left;
      return sentence.replace("{number}", numbers.format(Math.abs(left())));
    }
    function show() { seen.textContent = words(); seen.classList.toggle("error", left() < 0); }
    var announce = later(function () { heard.textContent = left() < NEAR ? words() : ""; });
    box.addEventListener("input", function () { show(); announce(); });
    show();
  }

  function watchForDanger(box) {
    var place = document.getElementById("danger");
    if (!place || !box.dataset.safety || !window.fetch || !window.FormData) { return; }
    var asked = 0;
    var check = later(function () {
      var mine = ++asked;
      var body = new FormData();
      body.append("text", box.value);
      // In the body, never in the address: an address is written in logs.
      fetch(box.dataset.safety, { method: "POST", body: body, credentials: "omit" })
        .then(function (answer) { return answer.ok ? answer.text() : null; })
        .then(function (advice) {
          // The same advice is not put in again: a screen reader would say it again at each pause.
          if (advice === null || mine !== asked || place.dataset.shown === advice) { return; }
          place.dataset.shown = advice;
          place.innerHTML = advice;
          var seen = place.getBoundingClientRect();
          if (advice && (seen.top < 0 || seen.bottom > window.innerHeight)) { place.scrollIntoView({ block: "start" }); }
        })
        .catch(function () { /* The numbers are on the page already. */ });
    });
    box.addEventListener("input", check);
    if (box.value) { check(); }
  }

  function sendOnce(form) {
    var isSent = false;
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) { return; }
      if (isSent) { event.preventDefault(); return; }
      isSent = true;
      // A network that swallowed it gives no answer: after a while, one may press again. Nothing is stored twice.
      setTimeout(function () { isSent = false; }, 8000);
    });
    // A page found again by going back must be able to send.
    window.addEventListener("pageshow", function () { isSent = false; });
  }

  /* What was sent is forgotten by this browser. form.js notes that it is on its way; this page says that it arrived. */
  function forgetWhatWasSent() {
    if (location.pathname.indexOf("/suivi/") !== 0 || location.search.indexOf("nouveau=") < 0) { return; }
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf("seve:") !== 0) { return; }
        var kept = JSON.parse(localStorage.getItem(key));
        if (!kept || kept.isLeaving) { localStorage.removeItem(key); }
      });
    } catch (refused) { /* Nothing is kept here. */ }
  }

  forgetWhatWasSent();
  document.querySelectorAll("textarea#text").forEach(function (box) { countSigns(box); watchForDanger(box); });
  // After the scripts of the page itself, which may hold back what cannot leave now.
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-once]").forEach(sendOnce);
  });
  var first = document.querySelector("[autofocus]");
  if (first) { first.focus(); }
})();
