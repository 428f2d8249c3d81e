// Keys of WebAuthn. Without this script, or in a browser without keys, their forms stay hidden and passwords serve.
"use strict";
(() => {
  const canUse = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
  const REFUSED = "La clé n'a pas répondu. Recommencez, ou choisissez une autre manière.";
  const KNOWN = "Cet appareil a déjà une clé pour ce compte.";

  async function ask(form) {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    if (form.dataset.passkey === "create") {
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(said) });
    }
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(said) });
  }

  function sentence(error) {
    if (error.name === "InvalidStateError") return KNOWN;
    return error.name === "Error" && error.message ? error.message : REFUSED;
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!canUse) continue;
    form.hidden = false;
    const instead = document.getElementById("no-keys");
    if (instead) instead.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button"), said = form.querySelector("[role=alert]");
      button.disabled = true;
      said.hidden = true;
      try {
        const key = await ask(form);
        form.elements.credential.value = JSON.stringify(key.toJSON());
        form.submit();
      } catch (error) {
        said.textContent = sentence(error);
        said.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
