// What the tab for the diagnosis does by itself, with `element`, `trigger` and `watch` of its piece of the page: choices of a
// form are sent as they are made, the newest question is brought into sight, and a double tap does not answer the next
// question too.
const DOUBLE_TAP_MS = 450;
let step = null; // the question at hand, and how far it is
let view = null;
let pressed = -Infinity; // when a choice was last pressed

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

element.addEventListener("change", (event) => {
  const input = event.target;
  if (input.matches("input[data-set]")) trigger("set", { question: input.name, value: input.value });
  const chips = input.closest("[data-most]");
  if (chips) limited(chips);
});

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
  element.querySelectorAll("input[data-set]").forEach((input) => (input.checked = input.hasAttribute("checked")));
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
  view = frame?.dataset.view ?? null;
}

watch("value", shown);
shown();
