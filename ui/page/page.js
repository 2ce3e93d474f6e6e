// What the page does by itself: it opens evidence, asks before deleting, shows local times, and hands clicks to Gradio.
window.giljabi ??= (() => {
  const LEAVING = ["fresh", "open", "forget"];
  const opened = new Map(); // card id -> what the reader chose; a new rendering must not undo it
  let leftFrom = null; // the mark that led to the card being read
  let turns = 0;
  let drawerOpen = false;
  const dialogs = new Map(); // name -> what opens it
  const of = new WeakMap(); // form -> the element it is for, and that element's state
  let left = false; // signed out, by the visitor or by somebody else

  const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

  function openCard(id, mark) {
    const card = document.getElementById(id);
    if (!card) return;
    opened.set(id, true);
    card.open = true;
    leftFrom = mark;
    document.querySelectorAll(".gj-card.lit").forEach((lit) => lit.classList.remove("lit"));
    card.classList.add("lit");
    const summary = card.querySelector("summary");
    summary.focus({ preventScroll: true });
    // A long passage is shown from where its quoted words begin, never with the card's own heading out of sight.
    card.scrollIntoView({ block: card.offsetHeight > innerHeight * 0.6 ? "start" : "center", behavior: calm() });
  }

  function goBack(id) {
    const mark = leftFrom?.isConnected ? leftFrom : document.querySelector(`[data-card="${CSS.escape(id)}"]`);
    const target = mark ?? document.getElementById(id)?.closest(".gj-turn");
    target?.scrollIntoView({ block: "center", behavior: calm() });
    mark?.focus({ preventScroll: true });
  }

  const sure = async (asked) => (await ask(asked.sure, [["no", asked.no], ["yes", asked.yes]])) === "yes";

  // The answer that was chosen; nothing where the box was closed otherwise.
  function ask(question, answers) {
    return new Promise((decided) => {
      const box = document.createElement("dialog");
      box.className = "gj-sure";
      const words = document.createElement("p");
      words.textContent = question;
      const row = document.createElement("div");
      for (const [answer, label] of answers) {
        const choice = document.createElement("button");
        choice.type = "button";
        choice.className = answer;
        choice.textContent = label;
        choice.addEventListener("click", () => box.close(answer));
        row.append(choice);
      }
      box.append(words, row);
      box.addEventListener("close", () => {
        box.remove();
        decided(box.returnValue);
      });
      document.querySelector(".contain").append(box); // where the style sheet reaches
      box.showModal();
    });
  }

  // Kept here as well as in the DOM, where a new rendering of the list would lose it.
  function setDrawer(open) {
    drawerOpen = open;
    document.querySelector(".gj-chat")?.classList.toggle("open", open);
    document.querySelectorAll("[data-drawer]").forEach((button) => button.setAttribute("aria-expanded", open));
  }

  // An answer on its way is stopped, and its last words are in, before its conversation is left.
  async function idle() {
    document.querySelector("button.gj-stop")?.click();
    for (let looks = 0; looks < 100 && document.querySelector("button.gj-stop"); looks++) {
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  async function clicked(event, trigger) {
    const button = event.target.closest("button, summary");
    if (!button) return;
    const carried = { ...button.dataset }; // as pressed: a new rendering may reuse this button for another row
    const { act, card, back, tab, drawer, signOut, copy, openCompany, dialog } = carried;
    if (card) return openCard(card, button);
    if (back) return goBack(back);
    if (dialog) return dialogs.get(dialog)?.show(carried, button);
    if (button.matches("[data-close]")) return button.closest("dialog").close();
    if (button.matches("[data-zoom]")) return zoomed(button);
    if (tab) return document.querySelectorAll(".gj-tabs [role=tab]")[tab]?.click();
    if (drawer !== undefined) return setDrawer(!drawerOpen);
    if (signOut !== undefined) return leave();
    if (openCompany) return choose(openCompany);
    if (copy !== undefined) return copied(button);
    if (button.matches("details[id] > summary")) opened.set(button.parentElement.id, !button.parentElement.open);
    if (!act || (carried.sure && !(await sure(carried)))) return;
    if (LEAVING.includes(act)) await idle();
    if (act === "open" || act === "fresh") {
      opened.clear();
      setDrawer(false);
    }
    trigger(act, carried);
  }

  async function submitted(event, trigger) {
    const form = event.target;
    const { act, dialogForm } = form.dataset;
    if (!act && !dialogForm) return;
    event.preventDefault();
    if (dialogForm) return dialogs.get(dialogForm)?.show(Object.fromEntries(new FormData(form)), event.submitter);
    const pressed = event.submitter;
    const sent = { ...form.dataset, ...Object.fromEntries(new FormData(form, pressed)) };
    if (pressed?.dataset.sure && !(await sure(pressed.dataset))) return;
    trigger(act, sent);
  }

  // What other tabs show is of the company that was open: they begin anew as well.
  const tabs = new BroadcastChannel("giljabi");
  tabs.onmessage = () => location.reload();

  async function choose(company) {
    await idle();
    await fetch("/api/session/company", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ company_id: company }),
    }).catch(() => null); // what is open then is shown anew either way
    tabs.postMessage("another company");
    location.reload();
  }

  async function leave() {
    left = true;
    await fetch("/api/session", { method: "DELETE" }).catch(() => null);
    goToSignIn();
  }

  const goToSignIn = () => location.assign(`/sign-in?lang=${document.documentElement.lang === "en" ? "en" : "ko"}`);

  // Gradio has no words for a visitor whose session ends while the page is open.
  const fetched = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await fetched(...asked);
    if (answer.status === 401 && !left) {
      left = true;
      const { ended, signIn } = document.querySelector("[data-sign-out]").dataset;
      ask(ended, [["go", signIn]]).then(goToSignIn);
    }
    return answer;
  };

  // The clipboard is there over https and on this machine alone; elsewhere the words are marked and copied as of old.
  async function copied(button) {
    const words = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(words.textContent);
    } catch {
      getSelection().selectAllChildren(words);
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.copied;
  }

  // A piece of the page in a box of its own, above the rest. What opened it names it in `data-dialog`, and the values that
  // the button carried are sent with its event "show". Python answers with the same `asked`: an answer to an earlier
  // question is not shown, and one that says the same as before is told apart from none.
  function dialog(element, trigger, watch, name) {
    const box = document.createElement("dialog");
    const wait = document.createElement("p");
    let asked = 0;
    let wanted = {};
    let opener = null;
    let late = 0;
    box.className = `gj-dialog gj-dialog-${name}`;
    box.setAttribute("aria-labelledby", `gj-${name}-title`);
    wait.className = "gj-wait";
    wait.setAttribute("role", "status");
    box.append(wait, element);
    document.querySelector(".contain").append(box); // where the style sheet reaches
    dialogs.get(name)?.box.remove();

    function ask(carried) {
      wanted = { ...carried, asked: String(++asked) };
      const { loading, failed, close } = element.querySelector("[data-loading]").dataset;
      const shut = document.createElement("button");
      shut.type = "button";
      shut.textContent = close;
      shut.addEventListener("click", () => box.close());
      wait.replaceChildren(document.createTextNode(loading), shut);
      box.classList.add("waiting");
      clearTimeout(late);
      late = setTimeout(() => (wait.firstChild.textContent = failed), 20000);
      trigger("show", wanted);
    }

    function show(carried, button) {
      if (!box.open) {
        opener = button;
        box.showModal();
        document.documentElement.style.overflow = "hidden";
      }
      ask(carried);
    }

    function shown() {
      const answered = element.querySelector("[data-asked]")?.dataset.asked;
      if (!box.classList.contains("waiting")) return;
      if (answered !== wanted.asked) {
        if (answered && box.open) trigger("show", wanted);
        return;
      }
      clearTimeout(late);
      box.classList.remove("waiting");
      box.scrollTop = 0;
      element.querySelector("h2")?.focus({ preventScroll: true });
      const picture = element.querySelector(".gj-picture img");
      if (picture) pointed(picture);
    }

    box.addEventListener("click", (event) => {
      if (event.target === box) box.close();
    });
    box.addEventListener("close", () => {
      clearTimeout(late);
      if (!document.querySelector("dialog[open]")) document.documentElement.style.overflow = "";
      const again = opener?.isConnected ? opener : null;
      again?.focus({ preventScroll: true });
    });
    dialogs.set(name, { box, show });
    watch("value", shown);
  }

  // The first mark on a page's picture is brought into sight once the picture has its height.
  function pointed(picture) {
    const point = () => {
      const mark = picture.parentElement.querySelector(".gj-hit");
      if (!mark) return;
      mark.scrollIntoView({ block: "center", inline: "nearest" });
      picture.closest(".gj-picture").scrollLeft = mark.offsetLeft - 24; // a long line is read from its beginning
    };
    if (picture.complete) point();
    else picture.addEventListener("load", point, { once: true });
  }

  function zoomed(button) {
    const frame = button.closest("[lang]").querySelector(".gj-picture");
    const large = frame.classList.toggle("large");
    button.setAttribute("aria-pressed", large);
    pointed(frame.querySelector("img"));
  }

  function localTime(time, language) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) return;
    const now = new Date();
    const options =
      at.toDateString() === now.toDateString()
        ? { hour: "2-digit", minute: "2-digit" }
        : { month: "short", day: "numeric", ...(at.getFullYear() !== now.getFullYear() && { year: "numeric" }) };
    const words = new Intl.DateTimeFormat(language, options).format(at);
    if (time.textContent !== words) time.textContent = words;
    time.title = at.toLocaleString(language);
  }

  function rendered(element) {
    const language = element.querySelector("[lang]")?.lang;
    if (language) document.documentElement.lang = language;
    element.querySelectorAll("time[data-local]").forEach((time) => localTime(time, document.documentElement.lang));
    opened.forEach((open, id) => {
      const card = document.getElementById(id);
      if (card && element.contains(card)) card.open = open;
    });
    setDrawer(drawerOpen);
    element.querySelectorAll("[data-link]").forEach((link) => {
      link.textContent = new URL(link.dataset.link, location.href).href;
    });
    // One form's answer must not undo what is being written into the next.
    element.querySelectorAll("form[data-element]").forEach((form) => {
      const now = form.dataset.element + form.dataset.state;
      if (of.get(form) !== now) form.reset();
      of.set(form, now);
    });
    // A new rendering fills the old one's forms: what was written into one must not end up in another.
    if (element.querySelector(".gj-room:not(.gj-aas), .gj-told[role=status]")) {
      document.querySelectorAll(".gj-room:not(.gj-aas) form").forEach((form) => form.reset());
    }
    const arrived = element.querySelector("[data-arrive], .gj-told");
    arrived?.focus({ preventScroll: arrived.matches(".gj-told") });
    if (!element.querySelector(".gj-transcript")) return;
    const shown = element.querySelectorAll(".gj-turn");
    if (shown.length > turns) shown[shown.length - 1].scrollIntoView({ block: "start", behavior: calm() });
    turns = shown.length;
  }

  // Enter that only ends a Hangul syllable must not send the question.
  for (const kind of ["keydown", "keypress"]) {
    document.addEventListener(
      kind,
      (event) => {
        if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
      },
      true,
    );
  }

  return {
    // Called once by each gr.HTML of the page. `trigger` and `watch` are Gradio's.
    listen(element, trigger, watch) {
      element.addEventListener("click", (event) => clicked(event, trigger));
      element.addEventListener("submit", (event) => submitted(event, trigger));
      watch("value", () => rendered(element));
      rendered(element);
    },
    dialog,
  };
})();
