/* What happens while a page stays open: the counts and the lines of a list, and who else looks at a complaint.
   Nothing moves under the hand: what arrives waits for a press, what changed is drawn again in its place. */
(function () {
  "use strict";

  var EVERY = 15000; // milliseconds between two questions about a list
  var BEAT = 20000; // and about a complaint
  var MOST = 240000; // when nobody answers, it asks less and less often

  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  /* Ask now and then while the page is in front of somebody. `ask` returns a promise of whether to go on. */
  function now_and_then(every, ask) {
    var pause = every, timer = null, isAsking = false;
    function again() { clearTimeout(timer); timer = setTimeout(turn, pause); }
    function turn() {
      if (document.hidden || isAsking) { return; }
      isAsking = true;
      ask().then(function (goesOn) {
        isAsking = false;
        pause = every;
        if (goesOn) { again(); }
      }, function () {
        isAsking = false;
        pause = Math.min(pause * 2, MOST);
        again();
      });
    }
    document.addEventListener("visibilitychange", function () { if (!document.hidden) { turn(); } });
    return { soon: turn, later: again };
  }

  /* A session that has ended leads to the sign-in page: the person is told, once. */
  function isOver(answer) {
    if (answer.type !== "opaqueredirect" && answer.status !== 403 && answer.status !== 400) { return false; }
    var told = document.createElement("p");
    told.className = "notice warn";
    told.setAttribute("role", "status");
    told.textContent = "Votre session est terminée. Rechargez la page pour vous connecter. Copiez d'abord ce que vous écriviez.";
    var main = document.querySelector("main");
    main.insertBefore(told, main.firstChild);
    return true;
  }

  function read(answer) {
    if (!answer.ok) { throw new Error(String(answer.status)); }
    return answer.json();
  }

  /* A list. */
  function watchList(form) {
    var list = document.querySelector(".rows");
    var seen = form.dataset.seen;
    var arrived = [];
    var drawn = new WeakMap(); // a line -> what it was drawn from: what is the same is left alone
    var place = document.createElement("div");
    place.className = "arrived";
    place.setAttribute("role", "status");
    var press = document.createElement("button");
    press.type = "button";
    press.className = "quiet";
    (list || form).parentNode.insertBefore(place, list || form.nextSibling);

    function rowOf(id) {
      var box = document.querySelector("input[name=choisi][value='" + id + "']");
      return box ? box.closest(".row") : document.querySelector(".row[data-id='" + id + "']");
    }

    function lines(ids) {
      var asked = ids.map(function (id) { return "id=" + encodeURIComponent(id); }).join("&");
      return fetch(form.dataset.rows + asked, { redirect: "manual" }).then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.text();
      }).then(function (html) {
        var made = document.createElement("template");
        made.innerHTML = html;
        return all(".row", made.content);
      });
    }

    function put(fresh, old) {
      var html = fresh.outerHTML;
      if (drawn.get(old) === html) { return; }
      drawn.set(fresh, html);
      var box = old.querySelector("input[name=choisi]"), again = fresh.querySelector("input[name=choisi]");
      if (box && again) { again.checked = box.checked; }
      var focused = old.contains(document.activeElement) ? document.activeElement : null;
      var selector = focused && (focused.matches("input") ? "input[name=choisi]" : "a.open");
      old.replaceWith(fresh);
      if (selector && fresh.querySelector(selector)) { fresh.querySelector(selector).focus({ preventScroll: true }); }
    }

    function draw(ids) {
      if (!ids.length) { return Promise.resolve(); }
      return lines(ids).then(function (fresh) {
        fresh.forEach(function (row) {
          var box = row.querySelector("input[name=choisi]");
          var old = rowOf(box ? box.value : row.dataset.id);
          if (old) { put(row, old); }
        });
        document.dispatchEvent(new Event("seve:rows"));
      });
    }

    function gone(id) {
      var row = rowOf(id);
      if (!row || row.classList.contains("gone")) { return; }
      row.classList.add("gone");
      var told = document.createElement("p");
      told.className = "chip";
      told.textContent = "N'est plus dans cette liste";
      (row.querySelector(".what") || row).appendChild(told);
    }

    function tell() {
      place.textContent = "";
      if (!arrived.length) { return; }
      press.textContent = arrived.length + (arrived.length > 1 ? " nouvelles demandes : afficher" : " nouvelle demande : afficher");
      place.appendChild(press);
    }

    press.addEventListener("click", function () {
      var ids = arrived;
      if (!list || !list.isConnected) { location.reload(); return; }
      arrived = [];
      lines(ids).then(function (fresh) {
        fresh.reverse().forEach(function (row) { row.classList.add("fresh"); list.insertBefore(row, list.firstChild); });
        document.dispatchEvent(new Event("seve:rows"));
        tell();
        var link = list.querySelector("a.open");
        if (link) { link.focus(); }
      }, function () { location.reload(); });
    });

    function count(slug, text) {
      all(".rail [data-list='" + slug + "'] .number, .rail a." + slug + " .number").forEach(function (number) {
        var words = number.querySelector(".sr");
        if (number.firstChild && number.firstChild.nodeType === 3) { number.firstChild.nodeValue = text; }
        if (words) { words.textContent = words.textContent.replace(/s?$/, parseInt(text, 10) > 1 ? "s" : ""); }
      });
    }

    function mark(looking) {
      all(".row .here-mark").forEach(function (one) {
        var row = one.closest(".row"), box = row.querySelector("input[name=choisi]");
        if (!looking[box ? box.value : row.dataset.id]) { one.remove(); }
      });
      Object.keys(looking).forEach(function (id) {
        var row = rowOf(id);
        if (!row) { return; }
        var told = row.querySelector(".here-mark");
        if (!told) {
          told = document.createElement("span");
          told.className = "here-mark";
          row.querySelector(".what .line").appendChild(told);
        }
        if (told.textContent !== looking[id]) { told.textContent = looking[id]; }
      });
    }

    function take(news) {
      mark(news.here);
      if (news.vu <= Number(seen)) { return true; }
      seen = news.vu;
      Object.keys(news.rail).forEach(function (slug) { count(slug, news.rail[slug]); });
      news.out.forEach(function (id) {
        gone(id);
        arrived = arrived.filter(function (one) { return one !== id; });
      });
      news.first.forEach(function (id) {
        if (!rowOf(id) && arrived.indexOf(id) < 0) { arrived.push(id); }
      });
      arrived.sort(function (one, other) { return news.first.indexOf(one) - news.first.indexOf(other); });
      tell();
      return draw(news["in"].filter(rowOf)).then(function () { mark(news.here); return true; });
    }

    now_and_then(EVERY, function () {
      var url = form.dataset.live + (form.dataset.live.indexOf("?") < 0 ? "?" : "&") + "vu=" + seen;
      return fetch(url, { redirect: "manual" }).then(function (answer) {
        return isOver(answer) ? false : read(answer).then(take);
      });
    }).later();
  }

  /* A complaint. */
  function watchComplaint(place) {
    var here = place.querySelector(".here"), since = place.querySelector(".since"), hasTyped = false;

    function isWriting() {
      return all("main textarea").some(function (box) { return box.value.trim() !== "" && box.value !== box.defaultValue; });
    }

    function say(line, words) {
      var told = line.querySelector("span") || line;
      if (told.textContent !== words) { told.textContent = words; }
      line.hidden = !words;
    }

    var beats = now_and_then(BEAT, function () {
      var body = new URLSearchParams({ vu: place.dataset.seen, ecrit: isWriting() ? "1" : "0", csrf_token: place.dataset.token });
      // Whoever types is at work: their session stays open, and what they write is not lost.
      if (hasTyped) { body.set("tape", "1"); hasTyped = false; }
      return fetch(place.dataset.url, { method: "POST", body: body, redirect: "manual" }).then(function (answer) {
        if (isOver(answer)) { return false; }
        return read(answer).then(function (news) { say(here, news.others); say(since, news.since); return true; });
      });
    });
    document.addEventListener("input", function () { hasTyped = true; });
    beats.soon();
    // The first word of an answer is told at once: that is when two people begin to write the same.
    document.addEventListener("input", function first(event) {
      if (!event.target.matches("main textarea")) { return; }
      document.removeEventListener("input", first);
      beats.soon();
    });
  }

  var form = document.querySelector("#selection[data-live]");
  var place = document.getElementById("presence");
  if (form) { watchList(form); }
  if (place) { watchComplaint(place); }
})();
