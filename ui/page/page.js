// What the page does by itself: it opens evidence, asks before deleting, shows local times, and hands clicks to Gradio.
window.giljabi ??= (() => {
  const LEAVING = ["fresh", "open", "forget"];
  const opened = new Map(); // card id -> what the reader chose; a new rendering must not undo it
  let leftFrom = null; // the mark that led to the card being read
  let turns = 0;
  let drawerOpen = false;

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

  function sure(asked) {
    return new Promise((decided) => {
      const box = document.createElement("dialog");
      box.className = "gj-sure";
      const words = document.createElement("p");
      words.textContent = asked.sure;
      const row = document.createElement("div");
      for (const [answer, label] of [["no", asked.no], ["yes", asked.yes]]) {
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
        decided(box.returnValue === "yes");
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
    const { act, card, back, tab, drawer } = carried;
    if (card) return openCard(card, button);
    if (back) return goBack(back);
    if (tab) return document.querySelectorAll(".gj-tabs [role=tab]")[tab]?.click();
    if (drawer !== undefined) return setDrawer(!drawerOpen);
    if (button.matches(".gj-card > summary")) opened.set(button.parentElement.id, !button.parentElement.open);
    if (!act || (carried.sure && !(await sure(carried)))) return;
    if (LEAVING.includes(act)) await idle();
    if (act === "open" || act === "fresh") {
      opened.clear();
      setDrawer(false);
    }
    trigger(act, carried);
  }

  function submitted(event, trigger) {
    const form = event.target;
    if (!form.dataset.act) return;
    event.preventDefault();
    trigger(form.dataset.act, { ...form.dataset, ...Object.fromEntries(new FormData(form)) });
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
  };
})();
