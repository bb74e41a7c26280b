// One idea per screen. Without this file the steps stand below each other and work the same.

const lesson = document.querySelector("[data-lesson]");
const bar = document.querySelector("[data-bar]");
const back = bar.querySelector("[data-back]");
const next = bar.querySelector("[data-next]");
const nextText = next.textContent;
const offline = document.querySelector("[data-offline]");
let shownAt = performance.now();

const steps = () => [...lesson.querySelectorAll("[data-step]")];
const index = () => Math.max(0, steps().findIndex((step) => step.matches(".step--current")));
const current = () => steps()[index()];
const submitOf = (step) => step.querySelector("[data-submit]");
const skipOf = (step) => step.querySelector("[data-skip]");

function show(wanted) {
  const all = steps();
  const to = Math.min(Math.max(wanted, 0), all.length - 1);
  all.forEach((step, at) => step.classList.toggle("step--current", at === to));
  shownAt = performance.now();
  refresh();
}

function refresh() {
  const step = current();
  const isLast = index() === steps().length - 1;
  document.querySelector("[data-progress]").value = index() + 1;
  document.querySelector("[data-left]").textContent = step.dataset.minutesLeft;
  back.disabled = index() === 0;
  if (skipOf(step)) skipOf(step).hidden = isLast;
  next.hidden = !submitOf(step) && (isLast || Boolean(skipOf(step)));
  next.textContent = submitOf(step)?.textContent.trim() ?? nextText;
}

function go(to) {
  show(to);
  history.pushState(null, "", `#${current().id}`);
  window.scrollTo(0, 0);
  current().focus({ preventScroll: true });
  remember();
}

function remember() {
  if (!lesson.dataset.placeUrl) return;
  const body = new URLSearchParams({ step: current().dataset.step });
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  fetch(lesson.dataset.placeUrl, {
    method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token },
  }).catch(() => {}); // the place is a comfort; the next step tries again
}

function fromAddress() {
  return steps().findIndex((step) => `#${step.id}` === location.hash);
}

next.addEventListener("click", () => {
  const submit = submitOf(current());
  if (submit) submit.form.requestSubmit(submit);
  else go(index() + 1);
});
lesson.addEventListener("click", (event) => {
  if (event.target.closest("[data-skip]")) go(index() + 1);
});
back.addEventListener("click", () => go(index() - 1));
window.addEventListener("popstate", () => show(Math.max(0, fromAddress())));

document.addEventListener("submit", (event) => {
  const seconds = event.target.elements.seconds;
  if (seconds) seconds.value = Math.round((performance.now() - shownAt) / 1000);
}, true);

document.addEventListener("htmx:beforeSwap", (event) => {
  offline.hidden = true;
  if (event.detail.xhr.status !== 400) return;
  event.detail.shouldSwap = true; // it says what is missing
  event.detail.isError = false;
});
document.addEventListener("htmx:afterSettle", () => {
  refresh();
  const now = current().querySelector("[id$='-now']");
  (now ?? current()).scrollIntoView({ block: now ? "center" : "start" });
  current().focus({ preventScroll: true });
});
document.addEventListener("htmx:sendError", () => { offline.hidden = false; });

document.documentElement.classList.add("is-stepping");
bar.hidden = false;
show(fromAddress() >= 0 ? fromAddress() : index());
