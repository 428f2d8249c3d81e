// On the sign-in page: the button of the landlord's own sign-in, once the address typed has a domain that has one.
// Only the domain is sent.
(function () {
  "use strict";
  var email = document.getElementById("email");
  var place = document.getElementById("provider");
  if (!email || !place || !window.fetch) { return; }
  var asked = "";
  function look() {
    var domain = email.value.trim().toLowerCase().split("@")[1] || "";
    if (domain === asked) { return; }
    asked = domain;
    if (domain.indexOf(".") < 1) { place.hidden = true; return; }
    var address = place.dataset.find + "?domaine=" + encodeURIComponent(domain) + "&suite=" + encodeURIComponent(place.dataset.suite);
    fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : {}; })
      .then(function (found) {
        if (domain !== asked) { return; }
        place.hidden = !found.url;
        if (!found.url) { return; }
        var link = place.querySelector("a");
        link.href = found.url;
        link.textContent = "Se connecter avec " + found.name;
      })
      .catch(function () { asked = ""; });
  }
  email.addEventListener("change", look);
  email.addEventListener("blur", look);
  look();
})();
