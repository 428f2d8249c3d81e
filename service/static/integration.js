/* One line in a landlord's page puts our form there:
   <script src="https://…/integration.js" data-bailleur="mon-bailleur" async></script>
   data-jeton: the signed introduction of the tenant; data-langue: the language of the page.
   Tells the page: seve:ready, seve:height {height}, seve:sent {reference}. */
(function () {
  "use strict";

  var script = document.currentScript;
  var slug = script && script.dataset.bailleur;
  if (!slug || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) {
    console.error("Sève : data-bailleur manque, ou n'est pas un nom court de bailleur.");
    return;
  }
  var home = new URL(script.src).origin;
  var PATIENCE = 8000; // milliseconds after which the link is offered again
  var LEAST = 320; // pixels
  var MOST = 20000;
  var count = document.querySelectorAll("iframe[data-seve]").length + 1;

  function address(path, framed) {
    var url = new URL(home + "/" + slug + path);
    if (framed) { url.searchParams.set("cadre", "1"); }
    if (script.dataset.langue) { url.searchParams.set("langue", script.dataset.langue); }
    return url.href;
  }

  var box = document.createElement("div");
  box.className = "seve";
  var fallback = document.createElement("p");
  var link = document.createElement("a");
  link.href = address("/", false);
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Écrire à mon bailleur dans un nouvel onglet";
  fallback.appendChild(document.createTextNode("Le formulaire arrive. S'il n'apparaît pas : "));
  fallback.appendChild(link);

  var frame = document.createElement("iframe");
  frame.title = "Formulaire pour écrire à mon bailleur";
  frame.name = "seve-" + slug + "-" + count;
  frame.setAttribute("data-seve", slug);
  frame.style.width = "100%";
  frame.style.border = "0";
  frame.style.display = "block";
  frame.style.height = "60rem";
  box.appendChild(fallback);
  box.appendChild(frame);

  function emit(name, detail) {
    frame.dispatchEvent(new CustomEvent("seve:" + name, { bubbles: true, detail: detail }));
  }

  var isReady = false;
  var heard = {
    ready: function () {
      var isFirst = !isReady;
      isReady = true;
      fallback.hidden = true;
      if (isFirst) {
        emit("ready", {});
      } else if (frame.getBoundingClientRect().top < 0) {
        frame.scrollIntoView(); // A new page begins at its top.
      }
    },
    height: function (message) {
      var height = Math.min(MOST, Math.max(LEAST, Number(message.height) || 0));
      frame.style.height = height + "px";
      emit("height", { height: height });
    },
    sent: function (message) {
      emit("sent", { reference: String(message.reference).slice(0, 20) });
    }
  };

  window.addEventListener("message", function (event) {
    // Only our own page, in this very frame, is listened to.
    if (event.origin !== home || event.source !== frame.contentWindow) { return; }
    var message = event.data;
    if (!message || message.source !== "seve" || !Object.prototype.hasOwnProperty.call(heard, message.type)) { return; }
    heard[message.type](message);
  });

  function introduce(token) {
    // In the body of a form, never in an address: addresses are written in logs.
    var form = document.createElement("form");
    var field = document.createElement("input");
    form.method = "post";
    form.action = address("/arrivee", true);
    form.target = frame.name;
    form.hidden = true;
    field.type = "hidden";
    field.name = "jeton";
    field.value = token;
    form.appendChild(field);
    box.appendChild(form);
    form.submit();
    box.removeChild(form);
  }

  var token = script.dataset.jeton;
  script.removeAttribute("data-jeton");

  function begin() {
    // Beside the script; a script in the head of a page shows nothing there, so at the end of the page then.
    if (document.body.contains(script)) {
      script.parentNode.insertBefore(box, script.nextSibling);
    } else {
      document.body.appendChild(box);
    }
    setTimeout(function () {
      if (!isReady) { fallback.firstChild.textContent = "Le formulaire ne s'affiche pas ? "; }
    }, PATIENCE);
    if (token) { introduce(token); } else { frame.src = address("/", true); }
  }

  if (document.body) { begin(); } else { document.addEventListener("DOMContentLoaded", begin); }
})();
