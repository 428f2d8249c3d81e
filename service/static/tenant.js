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

  function spaced(number) {
    return String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  }

  function countSigns(box) {
    var most = Number(box.dataset.most);
    var seen = document.getElementById("text-count");
    var heard = document.getElementById("text-left");
    if (!most || !seen || !heard) { return; }
    function left() { return most - box.value.length; }
    function signs(number) { return spaced(number) + (number > 1 ? " caractères" : " caractère"); }
    function words() { return left() < 0 ? signs(-left()) + " en trop." : "Il vous reste " + signs(left()) + "."; }
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
        })
        .catch(function () { /* The numbers are on the page already. */ });
    });
    box.addEventListener("input", check);
    if (box.value) { check(); }
  }

  function sendOnce(form) {
    var isSent = false;
    form.addEventListener("submit", function (event) {
      if (isSent) { event.preventDefault(); return; }
      isSent = true;
    });
    // A page found again by going back must be able to send.
    window.addEventListener("pageshow", function () { isSent = false; });
  }

  document.querySelectorAll("textarea#text").forEach(function (box) { countSigns(box); watchForDanger(box); });
  document.querySelectorAll("form[data-once]").forEach(sendOnce);
  var first = document.querySelector("[autofocus]");
  if (first) { first.focus(); }
})();
