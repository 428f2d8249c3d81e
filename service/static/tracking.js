/* The tracking page says that a person read it: once it was in front of them for two seconds, and never before. */
(function () {
  "use strict";

  var LONG_ENOUGH = 2000; // milliseconds in front of somebody

  var page = document.getElementById("suivi");
  if (!page || !page.dataset.read || !window.fetch || !window.URLSearchParams) { return; }
  var timer = null;
  var isSaid = false;

  function say() {
    isSaid = true;
    fetch(page.dataset.read, {
      method: "POST",
      body: new URLSearchParams({ vu: page.dataset.moment }),
      credentials: "omit",
      keepalive: true
    }).catch(function () { isSaid = false; });
  }

  function look() {
    clearTimeout(timer);
    if (!isSaid && document.visibilityState === "visible") { timer = setTimeout(say, LONG_ENOUGH); }
  }

  document.addEventListener("visibilitychange", look);
  look();
})();
