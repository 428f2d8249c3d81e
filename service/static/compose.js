// On the page of a complaint: a template is put in the box at once, and an action opens the right box without a reload.
// Without this script the same forms and links do the same, one page later.
(function () {
  "use strict";
  var card = document.querySelector(".compose");
  if (!card) { return; }

  function open(code) {
    var choice = document.getElementById("vers-" + code);
    if (!choice) { return false; }
    choice.checked = true;
    var box = card.querySelector(".pane-" + code + " textarea");
    if (box) { box.focus({ preventScroll: true }); }
    card.scrollIntoView({ block: "start" });
    return true;
  }

  // An action that is done in another part of the page: what that part keeps folded is opened.
  function unfold(id) {
    var heading = document.getElementById(id);
    if (!heading) { return false; }
    var form = document.querySelector("details[data-opens='" + id + "']");
    var field = form && form.querySelector("select, textarea, input:not([type=hidden])");
    if (form) { form.open = true; }
    (form || heading).scrollIntoView({ block: "start" });
    (field || heading).focus({ preventScroll: Boolean(field) });
    return true;
  }

  function isDone(link) {
    return link.dataset.pane ? open(link.dataset.pane) : unfold(link.hash.slice(1));
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-pane], .jump a[href*='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    if (isDone(link)) {
      event.preventDefault();
      var menu = link.closest("details.more");
      if (menu) { menu.open = false; }
    }
  });

  // Going back, the browser types again what was typed. What was said since stands in the history: it is not said twice.
  window.addEventListener("pageshow", function () {
    var said = Array.prototype.map.call(document.querySelectorAll(".timeline .words, .leaving .words"), function (one) {
      return one.textContent.trim();
    });
    card.querySelectorAll("textarea").forEach(function (box) {
      var isGivenBack = box.value !== box.defaultValue; // what the page itself put there stays
      if (!isGivenBack || said.indexOf(box.value.trim()) < 0) { return; }
      box.value = box.defaultValue;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // What still stands in braces is what one types next.
  card.querySelectorAll("textarea[aria-invalid]").forEach(function (box) {
    var found = /\{[^{}\n]*\}/.exec(box.value);
    if (!found) { return; }
    box.focus();
    box.setSelectionRange(found.index, found.index + found[0].length);
  });

  // What a template put there may be replaced by another; what a person typed is never lost.
  card.querySelectorAll("select[data-fills]").forEach(function (list) {
    var box = document.getElementById(list.dataset.fills), put = "";
    var button = list.parentElement.querySelector("button");
    if (!box) { return; }
    button.hidden = true;
    list.addEventListener("change", function () {
      var words = list.selectedOptions[0].dataset.words;
      if (!words) { return; }
      var typed = box.value.trim();
      box.value = typed && typed !== put.trim() ? box.value.replace(/\s+$/, "") + "\n\n" + words : words;
      put = words;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      // The box shows what was put in it; whoever chose with the keyboard goes on choosing.
      box.scrollTop = 0;
    });
  });

  // A menu closes when one goes elsewhere.
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.more[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.more[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
})();
