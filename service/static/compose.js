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

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-pane]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    if (open(link.dataset.pane)) {
      event.preventDefault();
      var menu = link.closest("details.more");
      if (menu) { menu.open = false; }
    }
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
