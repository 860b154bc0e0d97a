"use strict";
// The page reads without this script; it lights up what belongs together, filters, sorts, and opens what is linked.
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const named = (ids) => (ids || "").split(" ").filter(Boolean).map((id) => document.getElementById(id)).filter(Boolean);
const tip = document.body.appendChild(document.createElement("div"));
tip.id = "tip";
tip.setAttribute("role", "status");
tip.hidden = true;

function dark() {
  all(".lit").forEach((item) => item.classList.remove("lit"));
  tip.hidden = true;
}

function light(target) {
  dark();
  const findings = target.dataset.f ? named(target.dataset.f).filter((one) => !one.hidden) : [target];
  findings.flatMap((one) => [one, ...named(one.dataset.c)]).forEach((item) => item.classList.add("lit"));
  if (target.dataset.f && findings.length) tell(target, findings);
}

function tell(target, findings) {
  tip.replaceChildren();
  for (const one of findings.slice(0, 4)) {
    const rule = tip.appendChild(document.createElement("p"));
    rule.className = "rule";
    rule.textContent = one.querySelector("h3").textContent.trim();
    all(".sentence, .formula, .sides", one).forEach((part) => tip.appendChild(part.cloneNode(true)));
  }
  tip.hidden = false;
  const box = target.getBoundingClientRect();
  const left = Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8);
  const below = box.bottom + tip.offsetHeight + 8 < window.innerHeight || box.top < tip.offsetHeight + 8;
  tip.style.left = `${Math.max(left, 8) + window.scrollX}px`;
  tip.style.top = `${(below ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + window.scrollY}px`;
}

const lights = (event) => event.target.closest && event.target.closest("[data-f], .finding");
for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => (lights(event) ? light(lights(event)) : dark()));
}
document.addEventListener("mouseout", (event) => event.relatedTarget || dark());
document.addEventListener("keydown", (event) => event.key === "Escape" && dark());

function reveal(id) {
  const target = document.getElementById(id);
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView({ block: target.tagName === "DETAILS" ? "start" : "nearest" });
  if (target.matches(".finding")) target.focus({ preventScroll: true });
  if (target.matches("td, mark, .finding")) light(target);
}
const reached = () => reveal(location.hash.slice(1));
window.addEventListener("hashchange", reached);
reached();

// A cell leads to the findings that are shown, one after the other; within a notebook no link may leave the frame.
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#"]');
  if (!link) return;
  const cell = link.closest("[data-f]");
  const shown = cell ? named(cell.dataset.f).filter((one) => !one.hidden) : [];
  const first = event.pointerType === "touch" && cell && !cell.classList.contains("tapped");
  all(".tapped").forEach((one) => one.classList.remove("tapped"));
  if (!cell && location.protocol !== "about:") return;
  event.preventDefault();
  if (first) {
    cell.classList.add("tapped");
    light(cell);
    return;
  }
  const turn = Number(cell ? cell.dataset.turn || 0 : 0);
  if (cell) cell.dataset.turn = turn + 1;
  const id = cell ? (shown[turn % shown.length] || {}).id : link.getAttribute("href").slice(1);
  if (!id) return;
  if (location.protocol === "about:" || location.hash === `#${id}`) reveal(id);
  else location.hash = id;
});

let closed = [];
window.addEventListener("beforeprint", () => {
  closed = all("details:not([open])").filter((one) => !one.hidden);
  closed.forEach((one) => (one.open = true));
});
window.addEventListener("afterprint", () => closed.forEach((one) => (one.open = false)));

const form = document.querySelector(".filter");
function filter() {
  const { rule, outcome, severity, search } = Object.fromEntries(new FormData(form));
  const fits = (one) =>
    (!rule || one.dataset.rule === rule) &&
    (!outcome || one.dataset.outcome === outcome) &&
    (!severity || one.dataset.severity === severity);
  const narrow = Boolean(rule || outcome || severity);
  let shown = 0;
  for (const report of all(".report")) {
    const row = document.querySelector(`tr[data-report="${report.id}"]`);
    const said = row ? row.textContent.toLowerCase() : "";
    let own = 0;
    for (const one of all(".finding", report)) {
      one.hidden = !fits(one);
      own += !one.hidden;
    }
    report.hidden = Boolean(row) && ((narrow && !own) || !said.includes((search || "").toLowerCase()));
    if (row) row.hidden = report.hidden;
    shown += report.hidden ? 0 : own;
    for (const cell of all("[data-f]", report)) {
      cell.classList.toggle("muted", named(cell.dataset.f).every((one) => one.hidden));
    }
  }
  form.querySelector("output").textContent = narrow || search ? shown : "";
}
if (form) {
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
}

for (const [at, button] of all(".overview th button").entries()) {
  button.addEventListener("click", () => {
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "ascending";
    all(".overview th").forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = document.querySelector(".overview tbody");
    const value = (row) => row.children[at].dataset.v || row.children[at].textContent.trim();
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
    body.append(...[...body.rows].sort((a, b) => (down ? -1 : 1) * order.compare(value(a), value(b))));
  });
}
