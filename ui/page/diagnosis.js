// What the tab for the diagnosis does by itself, with `element`, `trigger` and `watch` of its piece of the page: choices of a
// form are sent as they are made, the newest question is brought into sight, and a double tap does not answer the next
// question too.
const DOUBLE_TAP_MS = 450;
let step = null; // the question at hand, and how far it is
let view = null;
let pressed = -Infinity; // when a choice was last pressed
let arrow = false; // an arrow key is down: choices are only passed over
let waiting = null; // the choice that an arrow key came to, not sent yet
let said = null; // what was told last
let held = null; // what had the focus last, in words that find it again in a new rendering

const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

element.addEventListener(
  "click",
  (event) => {
    if (!event.target.closest(".gj-dx-choice, .gj-dx-yes")) return;
    const twice = performance.now() - pressed < DOUBLE_TAP_MS;
    pressed = performance.now();
    if (twice) event.stopImmediatePropagation();
  },
  true,
);

element.addEventListener("click", (event) => {
  if (!event.target.closest("[data-skip]")) return;
  element.querySelector("[data-firm]").open = false;
  const begin = element.querySelector(".gj-dx-begin");
  begin?.scrollIntoView({ block: "center", behavior: calm() });
  begin?.focus({ preventScroll: true });
});

element.addEventListener("click", (event) => {
  const target = document.getElementById(event.target.closest("[data-jump]")?.dataset.jump);
  target?.scrollIntoView({ block: "start", behavior: calm() });
  target?.focus({ preventScroll: true });
});

// The report only names a document: the viewer is opened at its first section. Before the page's own listener sees it.
element.addEventListener(
  "click",
  (event) => {
    const named = event.target.closest(".gj-report button[data-document]");
    if (named) Object.assign(named.dataset, { dialog: "viewer", section: "0", quotes: "[]" });
  },
  true,
);

element.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("input[data-set]")) {
    waiting = arrow ? input : null;
    if (!arrow) send(input);
  }
  const chips = input.closest("[data-most]");
  if (chips) limited(chips);
});

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
const send = (input) => trigger("set", { question: input.name, value: input.value });

function settle() {
  const chosen = waiting;
  waiting = null;
  if (chosen) send(chosen);
}

// By keyboard a choice is sent once it is left, or with Enter or Space: passing over one is no answer.
element.addEventListener("keydown", (event) => {
  if (!event.target.matches("input[data-set]")) return;
  arrow = ARROWS.includes(event.key);
  if (event.key !== "Enter" && event.key !== " ") return;
  if (event.key === "Enter" || waiting) event.preventDefault();
  settle();
});
element.addEventListener("keyup", () => (arrow = false));
element.addEventListener("pointerdown", () => (arrow = false));
element.addEventListener("focusout", (event) => {
  if (waiting && event.relatedTarget?.name !== waiting.name) settle();
});

// What a rendering makes anew loses the focus: found again by what it says of itself.
function named(part) {
  if (part.matches("input, select, textarea")) {
    const form = part.form?.dataset.act;
    const value = part.matches("[type=radio], [type=checkbox]") ? `[value="${CSS.escape(part.value)}"]` : "";
    return part.name ? `${form ? `form[data-act="${form}"] ` : ""}[name="${CSS.escape(part.name)}"]${value}` : null;
  }
  if (!part.matches("button[data-act]")) return null;
  const says = ["act", "view", "question", "case", "document", "target"].filter((key) => part.dataset[key]);
  return `button${says.map((key) => `[data-${key}="${CSS.escape(part.dataset[key])}"]`).join("")}`;
}
element.addEventListener("focusin", (event) => (held = named(event.target)));

function refocused(frame) {
  const told = element.querySelector("[data-told]");
  if (told && told.textContent !== said) {
    told.focus({ preventScroll: true });
    told.scrollIntoView({ block: "nearest", behavior: calm() });
  }
  said = told?.textContent ?? null;
  if (!held || (document.activeElement && document.activeElement !== document.body)) return;
  const again = frame?.dataset.view === view ? element.querySelector(held) : null;
  const there = again ?? element.querySelector("[data-now] h3") ?? element.querySelector(".gj-dx-nav [aria-current]");
  there?.focus({ preventScroll: again !== null });
}

element.addEventListener("submit", (event) => {
  const form = event.target.closest(".gj-dx-say");
  if (!form) return;
  form.classList.add("waiting");
  setTimeout(() => form.classList.remove("waiting"), 15000); // whatever became of it
});

// No more than so many chips: the others rest until one is let go.
function limited(chips) {
  const boxes = [...chips.querySelectorAll("input")];
  const full = boxes.filter((box) => box.checked).length >= Number(chips.dataset.most);
  boxes.forEach((box) => (box.disabled = full && !box.checked));
}

function shown() {
  element.querySelectorAll(".gj-dx-say.waiting").forEach((form) => form.classList.remove("waiting"));
  element.querySelectorAll("[data-most]").forEach(limited);
  // What is kept is what is shown chosen: a choice that was refused goes back.
  element.querySelectorAll("input[data-set]").forEach((input) => {
    if (input.name !== waiting?.name) input.checked = input.hasAttribute("checked");
  });
  const frame = element.querySelector("[data-view]");
  const now = element.querySelector("[data-now]");
  const at = now ? `${now.dataset.now} ${now.dataset.step}` : null;
  const moved = at !== null && step !== null && at !== step;
  step = at;
  if (moved) {
    now.scrollIntoView({ block: "start", behavior: calm() });
    now.querySelector("h3").focus({ preventScroll: true });
  } else if (frame && view !== null && frame.dataset.view !== view && element.getBoundingClientRect().top < 0) {
    element.scrollIntoView({ block: "start", behavior: "auto" });
  }
  refocused(frame);
  view = frame?.dataset.view ?? null;
}

watch("value", shown);
shown();
