// What the page does by itself: it opens evidence, asks before deleting, shows local times, and hands clicks to Gradio.
window.giljabi ??= (() => {
  const LEAVING = ["fresh", "open", "forget"];
  const opened = new Map(); // card id -> what the reader chose; a new rendering must not undo it
  let leftFrom = null; // the mark that led to the card being read
  let turns = 0;
  let drawerOpen = false;
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
    const { act, card, back, tab, drawer, signOut, copy, openCompany } = carried;
    if (card) return openCard(card, button);
    if (back) return goBack(back);
    if (tab) return document.querySelectorAll(".gj-tabs [role=tab]")[tab]?.click();
    if (drawer !== undefined) return setDrawer(!drawerOpen);
    if (signOut !== undefined) return leave();
    if (openCompany) return choose(openCompany);
    if (copy !== undefined) return copied(button);
    if (button.matches(".gj-card > summary")) opened.set(button.parentElement.id, !button.parentElement.open);
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
    if (!form.dataset.act) return;
    event.preventDefault();
    const pressed = event.submitter;
    const sent = { ...form.dataset, ...Object.fromEntries(new FormData(form, pressed)) };
    if (pressed?.dataset.sure && !(await sure(pressed.dataset))) return;
    trigger(form.dataset.act, sent);
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

  // Files go to the API itself, one after the other, as the visitor.
  async function uploaded(event, trigger) {
    const input = event.target.closest("input[data-upload]");
    if (!input?.files.length) return;
    const state = input.closest("[lang]").querySelector("[role=status]");
    const results = [];
    input.disabled = true;
    state.hidden = false;
    for (const file of input.files) {
      const words = { name: file.name, done: results.length + 1, all: input.files.length };
      state.textContent = input.dataset.sending.replace(/{(name|done|all)}/g, (_, word) => words[word]);
      results.push({ name: file.name, ...(await sent(file, input)) });
    }
    state.hidden = true;
    input.disabled = false;
    input.value = "";
    trigger(input.dataset.upload, { results: JSON.stringify(results) });
  }

  async function sent(file, input) {
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch("/api/documents", {
        method: "POST",
        body,
        headers: { "Accept-Language": input.closest("[lang]").lang },
      });
      return await answer.json();
    } catch {
      return { title: input.dataset.failed };
    }
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
    // A new rendering fills the old one's forms: what was written into one must not end up in another.
    if (element.querySelector(".gj-room, .gj-told[role=status]")) {
      document.querySelectorAll(".gj-room form").forEach((form) => form.reset());
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
      element.addEventListener("change", (event) => uploaded(event, trigger));
      watch("value", () => rendered(element));
      rendered(element);
    },
  };
})();
