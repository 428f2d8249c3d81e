/* Photos and documents leave as soon as they are chosen, smaller and piece by piece, and go on after a lost connection.
   Without this, they are sent with the form. */
(function () {
  "use strict";

  var LONG_SIDE = 1600; // pixels
  var LIGHT = 600 * 1024; // bytes up to which a small picture is left as it is
  var SMALLEST = 32 * 1024; // bytes of a piece on the worst network
  var FIRST_WAIT = 1000; // milliseconds before trying again, then twice as long each time
  var LONGEST_WAIT = 30000;
  var PATIENCE = 90000; // milliseconds a piece may take
  var DAY = 24 * 3600 * 1000;
  var STUCK = 5; // answers in a row that bring nothing
  var GONE = {};

  if (!window.fetch || !window.FormData || !window.Promise || !Element.prototype.closest) { return; }

  /* What is on its way is kept by the browser until it arrived, so that it goes on when the page is loaded again. */
  var shelf = (function () {
    var opened;
    function store(mode, act) {
      opened = opened || new Promise(function (done, failed) {
        var asked = indexedDB.open("seve-fichiers", 1);
        asked.onupgradeneeded = function () { asked.result.createObjectStore("fichiers", { keyPath: "id" }); };
        asked.onsuccess = function () { done(asked.result); };
        asked.onerror = failed;
      });
      return opened.then(function (base) {
        return new Promise(function (done, failed) {
          var asked = act(base.transaction("fichiers", mode).objectStore("fichiers"));
          asked.onsuccess = function () { done(asked.result); };
          asked.onerror = failed;
        });
      }).catch(function () { /* Refused here: the file is chosen anew after a reload, and nothing else is lost. */ });
    }
    return {
      keep: function (id, name, blob) {
        return store("readwrite", function (box) { return box.put({ id: id, name: name, blob: blob, at: Date.now() }); });
      },
      find: function (id) { return store("readonly", function (box) { return box.get(id); }); },
      forget: function (id) { return store("readwrite", function (box) { return box.delete(id); }); },
      tidy: function () {
        return store("readonly", function (box) { return box.getAll(); }).then(function (all) {
          (all || []).forEach(function (one) { if (one.at < Date.now() - DAY) { shelf.forget(one.id); } });
        });
      }
    };
  })();

  function drawnId() {
    var signs = Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), function (one) {
      return ("0" + one.toString(16)).slice(-2);
    });
    return signs.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /* Some browsers answer noise instead of what was drawn, so that nobody is recognised by it. */
  function drawsTruly() {
    var canvas = document.createElement("canvas"), tried;
    canvas.width = canvas.height = 8;
    var pen = canvas.getContext("2d");
    pen.fillStyle = "#c83264";
    pen.fillRect(0, 0, 8, 8);
    tried = pen.getImageData(4, 4, 1, 1).data;
    return Math.abs(tried[0] - 200) < 8 && Math.abs(tried[1] - 50) < 8 && Math.abs(tried[2] - 100) < 8;
  }

  function isReadable(type) { return /^image\/(jpeg|png|webp)$/.test(type); }

  /* A photo of six megabytes becomes one of three hundred kilobytes, upright and without the place it was taken at. */
  function prepare(source) {
    var isPicture = /^image\//.test(source.type) || /\.(jpe?g|png|webp|hei[cf]|gif)$/i.test(source.name);
    if (!isPicture || !window.createImageBitmap) { return Promise.resolve(source); }
    return createImageBitmap(source, { imageOrientation: "from-image" }).then(function (seen) {
      var ratio = Math.min(1, LONG_SIDE / Math.max(seen.width, seen.height));
      if ((ratio === 1 && source.size <= LIGHT && isReadable(source.type)) || !drawsTruly()) { return source; }
      var canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(seen.width * ratio));
      canvas.height = Math.max(1, Math.round(seen.height * ratio));
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(seen, 0, 0, canvas.width, canvas.height);
      if (seen.close) { seen.close(); }
      return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.85); }).then(function (drawn) {
        return drawn && (drawn.size < source.size || !isReadable(source.type)) ? drawn : source;
      });
    }).catch(function () { return source; });
  }

  function pause(time) {
    return new Promise(function (done) {
      function go() { clearTimeout(timer); window.removeEventListener("online", go); done(); }
      var timer = setTimeout(go, time);
      window.addEventListener("online", go);
    });
  }

  function ask(url, body) {
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) { stop.abort(); } }, PATIENCE);
    var options = { method: body === undefined ? "GET" : "POST", body: body, credentials: "omit" };
    if (stop) { options.signal = stop.signal; }
    return fetch(url, options).then(function (answer) {
      return answer.text().then(function (text) {
        clearTimeout(timer);
        var told = {};
        try { told = text ? JSON.parse(text) : {}; } catch (ignored) { /* A page instead: what counts is its status. */ }
        return { status: answer.status, told: told };
      });
    }, function (failure) { clearTimeout(timer); throw failure; });
  }

  function attach(box) {
    var words = box.dataset;
    var form = box.closest("form");
    var input = box.querySelector("input[type=file]");
    var list = box.querySelector(".file-list");
    var heard = box.querySelector("[data-heard]");
    var address = words.files.split("?");
    var files = [];
    var queue = Promise.resolve();
    var pieceSize = Number(words.piece) / 2;
    var held = null; // the button that was pressed while files were on their way
    var isHeld = false;
    var failedBefore = 0; // files that had failed when it was pressed
    var isReleased = false;
    var note = document.createElement("p");
    var notice = document.createElement("div");

    // A browser may put back the hidden number of the page as it was: the files are then those of that number.
    var number = form && form.elements.nonce;
    var hasMoved = Boolean(words.holder && number && number.value && number.value !== words.holder);
    if (hasMoved) { address[0] = address[0].replace(words.holder, number.value); }

    function url(rest, query) {
      var asked = [address[1], query].filter(Boolean).join("&");
      return address[0] + rest + (asked ? "?" + asked : "");
    }

    function say(sentence) { heard.textContent = ""; setTimeout(function () { heard.textContent = sentence; }, 50); }

    function isLive(file) { return file.state === "waiting" || file.state === "clean"; }
    function isPending(file) { return file.state === "waiting"; }

    function row(name) {
      var made = document.createElement("li");
      var label = document.createElement("span");
      var state = document.createElement("span");
      var off = document.createElement("button");
      var sr = document.createElement("span");
      label.className = "file-name";
      label.dir = "auto";
      label.textContent = name;
      state.className = "file-state";
      off.type = "button";
      off.className = "quiet file-off";
      off.textContent = words.remove + " ";
      sr.className = "sr";
      sr.textContent = name;
      off.appendChild(sr);
      made.append(label, state, off);
      list.appendChild(made);
      list.hidden = false;
      return made;
    }

    function add(id, name) {
      var file = { id: id, name: name, state: "waiting", received: 0, blob: null, row: row(name) };
      file.row.querySelector(".file-off").addEventListener("click", function () { takeOff(file); });
      files.push(file);
      return file;
    }

    function show(file, sentence) { file.row.querySelector(".file-state").textContent = sentence; }

    function measure(file) {
      var bar = file.row.querySelector("progress");
      if (!bar) {
        bar = document.createElement("progress");
        bar.setAttribute("aria-label", file.name);
        file.row.insertBefore(bar, file.row.querySelector(".file-state"));
      }
      bar.max = file.blob.size;
      bar.value = file.received;
    }

    function end(file, state, sentence) {
      var bar = file.row.querySelector("progress");
      if (bar) { bar.remove(); }
      file.state = state;
      file.row.classList.toggle("wrong", state === "failed");
      show(file, sentence);
      say(file.name + " : " + sentence);
      shelf.forget(file.id);
      goOn();
    }

    /* It opens beside the page: nobody leaves what they are writing. */
    function link(file) {
      var made = document.createElement("a"), sr = document.createElement("span");
      made.href = url("/" + file.id);
      made.target = "_blank";
      made.rel = "noopener";
      made.textContent = file.name;
      sr.className = "sr";
      sr.textContent = " " + words.beside;
      made.appendChild(sr);
      file.row.querySelector(".file-name").replaceChildren(made);
    }

    function arrived(file) {
      link(file);
      end(file, "clean", words.arrived);
    }

    /* Asks again until there is an answer, however long the connection is away. */
    function persist(file, request) {
      var wait = FIRST_WAIT;
      function attempt() {
        if (file.state !== "waiting") { return Promise.reject(GONE); }
        return request().then(function (answer) {
          if (answer.status >= 500) { throw new Error("later"); }
          return answer;
        }).catch(function () {
          if (file.state !== "waiting") { throw GONE; }
          show(file, words.lost);
          if (wait === FIRST_WAIT) { say(words.lost); }
          pieceSize = Math.max(SMALLEST, Math.floor(pieceSize / 2));
          return pause(wait).then(function () {
            wait = Math.min(LONGEST_WAIT, wait * 2);
            return attempt();
          });
        });
      }
      return attempt();
    }

    function judge(file, answer) {
      if (answer.status >= 400) { end(file, "failed", answer.told.error || words.failed); throw GONE; }
      if (answer.told.state === "refused") { end(file, "failed", answer.told.error || words.failed); throw GONE; }
      file.received = answer.told.received;
      return answer.told.state;
    }

    function send(file, stuck) {
      var from = file.received;
      measure(file);
      show(file, from + pieceSize >= file.blob.size ? words.reading : words.sending);
      return persist(file, function () {
        return ask(url("/" + file.id, "debut=" + from), file.blob.slice(from, from + pieceSize));
      }).then(function (answer) {
        var state = judge(file, answer);
        if (state !== "receiving") { arrived(file); return undefined; }
        if (file.received === from && stuck >= STUCK) { end(file, "failed", words.failed); return undefined; }
        return send(file, file.received === from ? stuck + 1 : 0);
      });
    }

    function begin(file) {
      var about = new FormData();
      about.append("id", file.id);
      about.append("taille", String(file.blob.size));
      shelf.keep(file.id, file.name, file.blob);
      return persist(file, function () { return ask(url(""), about); }).then(function (answer) {
        if (judge(file, answer) === "clean") { arrived(file); return undefined; }
        return send(file, 0);
      });
    }

    function run(file, made) {
      queue = queue.then(function () {
        if (file.state !== "waiting") { return undefined; }
        return made().then(function (blob) {
          file.blob = blob;
          if (!blob.size || blob.size > Number(words.bytes)) {
            end(file, "failed", blob.size ? words.tooHeavy : words.failed);
            return undefined;
          }
          return begin(file);
        }).catch(function (failure) {
          if (failure !== GONE) { end(file, "failed", words.failed); }
        });
      });
    }

    function takeOff(file) {
      var name = file.name, times = 0;
      file.state = "gone";
      file.row.remove();
      list.hidden = !list.children.length;
      note.hidden = true;
      shelf.forget(file.id);
      (function tell() {
        ask(url("/" + file.id + "/retrait"), "").catch(function () {
          if (times++ < STUCK) { pause(LONGEST_WAIT).then(tell); }
        });
      })();
      say(words.removed.replace("{name}", name));
      input.focus();
      goOn();
    }

    function choose() {
      note.hidden = true;
      Array.prototype.slice.call(input.files).forEach(function (source) {
        if (files.filter(isLive).length >= Number(words.most)) {
          note.textContent = words.tooMany;
          note.hidden = false;
          say(words.tooMany);
          return;
        }
        var file = add(drawnId(), source.name);
        show(file, words.preparing);
        run(file, function () { return prepare(source); });
      });
      input.value = ""; // They are on their way: the form must not bring them a second time.
    }

    /* Takes over a file that the page was drawn with, or that the server knows of. */
    function adopt(id, state, received, name) {
      if (files.some(function (file) { return file.id === id; })) { return; }
      var file = add(id, name);
      if (state === "clean") {
        file.state = "clean";
        link(file);
        show(file, words.arrived);
        return;
      }
      file.state = "looked for";
      show(file, words.cut);
      shelf.find(id).then(function (kept) {
        if (!kept || file.state !== "looked for") { return; }
        file.state = "waiting";
        file.received = received;
        run(file, function () { return Promise.resolve(kept.blob); });
      });
    }

    function named(number, isDocument) {
      return (isDocument ? words.document : words.photo).replace("{number}", number);
    }

    function wasLoadedAgain() {
      var how = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
      return Boolean(how) && how.type !== "navigate";
    }

    function takeOver() {
      var drawn = Array.prototype.slice.call(list.children);
      drawn.forEach(function (old) {
        var name = old.dataset.name;
        old.remove();
        if (!hasMoved) { adopt(old.dataset.file, old.dataset.state, Number(old.dataset.received), name); }
      });
      list.hidden = !list.children.length;
      if (!hasMoved && !wasLoadedAgain()) { return; }
      // A page found by going back is as it was before its files left.
      ask(url("")).then(function (answer) {
        (answer.told.files || []).forEach(function (one) {
          adopt(one.id, one.state, one.received, named(one.number, one.document));
        });
      }).catch(function () { /* The files are there all the same; only the list is not. */ });
    }

    function failures() { return files.filter(function (file) { return file.state === "failed"; }).length; }

    function tell(sentence, choice) {
      notice.querySelector("p").textContent = sentence;
      notice.querySelector("button").textContent = choice;
      notice.hidden = false;
      say(sentence);
    }

    /* Danger never waits for a photo. */
    function isUrgent() {
      var advice = document.getElementById("danger");
      return Boolean(advice && advice.textContent.trim());
    }

    function release() {
      var button = held;
      isHeld = false;
      isReleased = true;
      notice.hidden = true;
      if (form.requestSubmit) {
        form.requestSubmit(button && button.form === form ? button : undefined);
        isReleased = false;
        return;
      }
      if (button && button.name) {
        var pressed = document.createElement("input");
        pressed.type = "hidden";
        pressed.name = button.name;
        pressed.value = button.value;
        form.appendChild(pressed);
      }
      form.submit();
    }

    function goOn() {
      if (!isHeld || files.some(isPending)) { return; }
      if (failures() > failedBefore) {
        // What was meant to go with the message did not: a person decides whether it leaves without.
        isHeld = false;
        tell(words.missed, words.without);
        return;
      }
      release();
    }

    function holdBack(event) {
      if (event.target !== form || isReleased || isUrgent() || !files.some(isPending)) { return; }
      if (navigator.onLine === false) { return; } // The form itself says that nothing leaves now.
      event.preventDefault();
      event.stopPropagation(); // It was not sent: nobody should count it as sent.
      held = event.submitter;
      isHeld = true;
      failedBefore = failures();
      (event.submitter && event.submitter.closest("p") || form.lastElementChild).after(notice);
      tell(words.waits, words.atOnce);
    }

    box.classList.add("ready");
    note.className = "error";
    note.hidden = true;
    list.parentNode.insertBefore(note, list);
    notice.className = "notice file-wait";
    notice.hidden = true;
    (function () {
      var sentence = document.createElement("p"), button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.addEventListener("click", release);
      notice.append(sentence, button);
    })();
    if (form) { document.addEventListener("submit", holdBack, true); }
    window.addEventListener("pageshow", function () { isReleased = false; });
    input.addEventListener("change", choose);
    takeOver();
    if (input.files.length) { choose(); } // chosen before this was read
  }

  if (window.indexedDB) { shelf.tidy(); }
  document.querySelectorAll("[data-files]").forEach(attach);
})();
