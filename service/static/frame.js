/* Inside a member's page: says how high our page is, and when a message was sent, to that page alone. */
(function () {
  "use strict";

  var allowed = (document.currentScript.dataset.origins || "").split(" ").filter(Boolean);
  if (window.parent === window || !allowed.length) { return; }

  // Browsers that name the page around us say so; else the page we came from may be it; else each allowed page is
  // tried, and the browser brings the words to the one that is really there, or to none.
  function parents() {
    var named = window.location.ancestorOrigins && window.location.ancestorOrigins[0];
    if (named) { return allowed.indexOf(named) < 0 ? [] : [named]; }
    var before = "";
    try { before = new URL(document.referrer).origin; } catch (error) { /* No address: nothing is known. */ }
    return allowed.indexOf(before) < 0 ? allowed : [before];
  }

  var around = parents();
  function tell(message) {
    message.source = "seve";
    around.forEach(function (origin) { window.parent.postMessage(message, origin); });
  }

  var last = 0;
  function measure() {
    var height = Math.ceil(document.body.getBoundingClientRect().height);
    if (Math.abs(height - last) < 2) { return; }
    last = height;
    tell({ type: "height", height: height });
  }

  tell({ type: "ready" });
  measure();
  if (window.ResizeObserver) { new ResizeObserver(measure).observe(document.body); }
  window.addEventListener("load", measure);
  window.addEventListener("resize", measure);

  var sent = document.querySelector("[data-sent]");
  if (sent) { tell({ type: "sent", reference: sent.dataset.sent }); }

  // What leads out of the frame opens beside it: no other page of ours may be shown in here.
  document.querySelectorAll("a[href]").forEach(function (link) {
    if (link.protocol.indexOf("http") !== 0 || link.target || link.getAttribute("href").charAt(0) === "#") { return; }
    if (link.origin === window.location.origin && new URL(link.href).searchParams.get("cadre") === "1") { return; }
    link.target = "_blank";
    link.rel = "noopener";
  });
})();
