// Signing in, and accepting an invitation.
document.documentElement.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);

addEventListener("DOMContentLoaded", () => {
  const trouble = document.querySelector("[role=alert]");
  const heading = document.querySelector("h1");
  const language = document.documentElement.lang;

  function tell(words) {
    trouble.textContent = words;
  }

  // The answer's object; null where it has none. Tells what the server says, and throws, where it refuses.
  async function call(path, body) {
    let answer;
    try {
      answer = await fetch(path, {
        method: body ? "POST" : "GET",
        headers: { "Accept-Language": language, ...(body && { "Content-Type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      tell(trouble.dataset.unreached);
      throw error;
    }
    const told = answer.status === 204 ? null : await answer.json().catch(() => ({}));
    if (!answer.ok) {
      tell(told.title ?? trouble.dataset.unreached);
      throw new Error(answer.status);
    }
    return told;
  }

  // What the form holds goes to `path`; then the visitor is in.
  async function enter(form, path, body) {
    const button = form.querySelector("button");
    button.disabled = true;
    tell("");
    try {
      await call(path, body);
      location.replace("/");
    } catch {
      button.disabled = false;
      const first = form.elements.password;
      first.value = "";
      first.focus();
    }
  }

  function signIn(form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      enter(form, "/api/session", Object.fromEntries(new FormData(form)));
    });
  }

  // The other way in, where there is one; an invitation goes along.
  async function offerOpenId(invitation) {
    const answer = await fetch("/api/sign-in-ways").catch(() => null);
    const ways = answer?.ok ? await answer.json() : {};
    if (!ways.oidc) return;
    const link = document.getElementById("oidc");
    if (invitation) link.search = new URLSearchParams({ invitation });
    link.textContent = link.dataset.words.replace("{name}", () => ways.oidc.name);
    link.hidden = false;
  }

  async function join(form) {
    const token = location.hash.slice(1);
    if (!token) return tell(form.dataset.cut);
    const invitation = await call(`/api/invitations/${encodeURIComponent(token)}`).catch(() => null);
    if (!invitation) return;
    const role = JSON.parse(heading.dataset.roles)[invitation.role] ?? invitation.role;
    const words = invitation.company ? heading.dataset.company : heading.dataset.none;
    const blanks = { company: invitation.company, role };
    heading.textContent = words.replace(/{(company|role)}/g, (_, word) => blanks[word]);
    form.hidden = false;
    offerOpenId(token);
    form.elements.name.value = invitation.name ?? "";
    (invitation.name ? form.elements.login : form.elements.name).focus();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { again, ...wanted } = Object.fromEntries(new FormData(form));
      if (wanted.password === again) return enter(form, "/api/invitations", { token, ...wanted });
      tell(form.dataset.differ);
      form.elements.again.value = "";
      form.elements.again.focus();
    });
  }

  // The token after # goes along into the other language.
  document.getElementById("switch").hash = location.hash;
  addEventListener("hashchange", () => location.reload());
  const form = document.querySelector("form");
  if (form.id === "join") join(form);
  else {
    signIn(form);
    offerOpenId();
  }
});
