// Files and folders from the browser to the API itself, one after the other, as the visitor. What became of each is said
// here, where the file still is to be sent again. It runs with `element` and `trigger` of the piece that it belongs to.
const sending = (giljabi.sending ??= { queue: [], done: 0, all: 0, here: [], refused: [], unsent: 0, hidden: 0, state: "" });
const HIDDEN = /(^|\/)(\.|~\$|Thumbs\.db$|desktop\.ini$)/i;
const LATER = 429;
const AT_LEAST_MS = 1500; // between two looks at the list while files are being sent

const words = () => JSON.parse(element.querySelector("[data-words]").dataset.words);
const say = (key, details = {}) => words()[key].replace(/{(\w+)}/g, (_, name) => details[name] ?? "");
const wait = (ms) => new Promise((next) => setTimeout(next, ms));

function made(tag, kind, text = "") {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  node.textContent = text;
  return node;
}

function pressed(text, label, deed, kind = "gj-plain") {
  const button = made("button", kind, text);
  button.type = "button";
  if (label !== text) button.setAttribute("aria-label", label);
  button.addEventListener("click", deed);
  return button;
}

function note(kind, text, role) {
  const line = made("p", `gj-note ${kind}`, text);
  line.setAttribute("role", role);
  return line;
}

// The line about what is being sent is kept as it is, so that its button does not lose the focus.
function draw() {
  const folder = element.querySelector("[data-folder]");
  if (folder) folder.hidden = !("webkitdirectory" in HTMLInputElement.prototype); // some phones choose files alone
  const place = element.querySelector(".gj-sending");
  if (!place) return;
  let now = place.querySelector(".gj-going");
  if (!sending.running) now?.remove();
  else {
    if (!now) {
      now = made("div", "gj-going");
      now.append(made("p", "gj-state"), document.createElement("progress"));
      now.append(pressed(say("sending_stop"), say("sending_stop"), stop));
      now.firstChild.setAttribute("role", "status");
      place.prepend(now);
    }
    now.firstChild.textContent = sending.state;
    now.querySelector("progress").max = sending.all;
    now.querySelector("progress").value = sending.done;
    now.querySelector("progress").setAttribute("aria-label", say("sending_stop"));
  }
  place.querySelector(".gj-sent")?.remove();
  const shown = told();
  if (shown.childNodes.length) place.append(shown);
}

function told() {
  const box = made("div", "gj-sent");
  const { here, refused, unsent, hidden, none } = sending;
  if (none) box.append(note("warn", say("sent_none"), "status"));
  if (here.length) box.append(note("plain", say("sent_here", { count: here.length, names: here.join(", ") }), "note"));
  if (hidden) box.append(note("plain", say("sent_hidden", { count: hidden }), "note"));
  if (unsent) box.append(note("warn", say("sent_not", { count: unsent }), "note"));
  if (refused.length) box.append(failures(refused));
  if (box.childNodes.length && !sending.running) {
    box.append(pressed(say("dismiss"), say("dismiss"), () => (forget(), draw()), "gj-link"));
  }
  return box;
}

function failures(refused) {
  const box = made("section", "gj-refused");
  box.append(made("h3", "", say("refused", { count: refused.length })));
  const list = document.createElement("ul");
  for (const item of refused) {
    const row = document.createElement("li");
    row.append(note("error", `${item.path}: ${item.why}`, "alert"));
    row.append(pressed(say("retry"), say("retry_named", { name: item.path }), () => again(item)));
    list.append(row);
  }
  box.append(list);
  return box;
}

function forget() {
  Object.assign(sending, { here: [], refused: [], unsent: 0, hidden: 0, none: false });
}

function again(item) {
  sending.refused.splice(sending.refused.indexOf(item), 1);
  send([item]);
}

function stop() {
  sending.unsent += sending.queue.length;
  sending.queue.length = 0;
  sending.call?.abort();
}

// `items` are files with their path in the folder that was chosen.
function add(items) {
  if (!sending.running) forget();
  const kept = items.filter(({ path }) => !HIDDEN.test(path));
  sending.hidden += items.length - kept.length;
  sending.none = !kept.length;
  send(kept);
}

async function send(items) {
  sending.queue.push(...items);
  sending.all += items.length;
  if (sending.running || !sending.queue.length) return draw();
  Object.assign(sending, { running: true, done: 0, all: sending.queue.length });
  let looked = 0;
  while (sending.queue.length) {
    const item = sending.queue.shift();
    sending.state = say("sending", { done: sending.done + 1, all: sending.all, name: item.path });
    draw();
    await one(item);
    sending.done += 1;
    if (sending.queue.length && Date.now() - looked > AT_LEAST_MS) {
      looked = Date.now();
      trigger("added", {});
    }
  }
  sending.running = false;
  draw();
  trigger("added", {});
}

async function one(item) {
  const body = new FormData();
  body.append("path", item.path);
  body.append("file", item.file);
  sending.call = new AbortController();
  const language = element.querySelector("[lang]").lang;
  const asked = { method: "POST", body, headers: { "Accept-Language": language }, signal: sending.call.signal };
  try {
    const answer = await fetch("/api/documents", asked);
    if (answer.status === LATER) return await later(item, Number(answer.headers.get("Retry-After")) || 1);
    const { status, title } = await answer.json();
    if (!answer.ok) sending.refused.push({ ...item, why: title ?? say("failed") });
    else if (status === "unchanged") sending.here.push(item.path);
  } catch (error) {
    if (error.name === "AbortError") sending.unsent += 1;
    else sending.refused.push({ ...item, why: say("failed") });
  }
}

// The server takes so many a minute: the rest of a folder goes on after a pause, unless the visitor stops it.
async function later(item, seconds) {
  const { signal } = sending.call;
  sending.state = say("sending_waits", { seconds, done: sending.done, all: sending.all });
  draw();
  for (let tenths = 0; tenths < seconds * 10 && !signal.aborted; tenths++) await wait(100);
  if (signal.aborted) sending.unsent += 1;
  else await one(item);
}

const chosen = (files) => [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

element.addEventListener("change", (event) => {
  const input = event.target.closest("input[data-upload]");
  if (!input?.files.length) return;
  const items = chosen(input.files);
  input.value = "";
  add(items);
});

// Made when it is needed: a page with two choosers would offer a folder where a file is wanted.
function chooseFolder() {
  const input = document.createElement("input");
  input.type = "file";
  input.webkitdirectory = true;
  input.addEventListener("change", () => add(chosen(input.files)));
  input.click();
}

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-folder]")) chooseFolder();
});

async function inside(entry) {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise((found, failed) => entry.file(found, failed)).catch(() => null);
    return file ? [{ file, path }] : [];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // Each call gives a part of the folder, the last one nothing.
    const part = await new Promise((read, failed) => reader.readEntries(read, failed)).catch(() => []);
    if (!part.length) return found;
    for (const each of part) found.push(...(await inside(each)));
  }
}

const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const panel = () => element.querySelector(".gj-adding");
const inSight = () => Boolean(panel()?.offsetParent);
let over = 0;

function lit(change) {
  over = change === 0 ? 0 : Math.max(0, over + change);
  panel()?.classList.toggle("over", over > 0);
}

async function dropped(event) {
  if (!holdsFiles(event)) return;
  event.preventDefault(); // a browser would open the file in the page's place
  lit(0);
  if (!inSight()) return;
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean); // before any await
  const files = [...event.dataTransfer.files];
  const items = entries.length ? (await Promise.all(entries.map(inside))).flat() : chosen(files);
  add(items);
}

giljabi.dropping?.abort();
giljabi.dropping = new AbortController();
const { signal } = giljabi.dropping;
document.addEventListener("dragenter", (event) => holdsFiles(event) && inSight() && lit(1), { signal });
document.addEventListener("dragleave", (event) => holdsFiles(event) && inSight() && lit(-1), { signal });
document.addEventListener("drop", dropped, { signal });
document.addEventListener(
  "dragover",
  (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = inSight() ? "copy" : "none";
  },
  { signal },
);

watch("value", draw);
draw();
