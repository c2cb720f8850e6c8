"use strict";
const grid = document.getElementById("grid"), zoom = document.getElementById("zoom");
const rows = [...grid.querySelectorAll("article")], byId = id => document.getElementById(id);
const state = { at: 0, list: [] };
function show() {
  const scene = byId("scene").value, wrong = byId("wrong").checked;
  let shown = 0;
  for (const row of rows) {
    row.hidden = (scene && row.dataset.scene !== scene) || (wrong && row.dataset.wrong === "0");
    shown += !row.hidden;
  }
  byId("empty").hidden = shown > 0;
  byId("count").textContent = shown + " of " + rows.length + " prompts";
}
function sort(order) {
  const ordered = order === "set" ? [...rows].sort((a, b) => a.dataset.order - b.dataset.order) : rows;
  grid.prepend(...ordered);
}
for (const button of document.querySelectorAll("[data-order]")) if (button.tagName === "BUTTON") button.addEventListener("click", () => {
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", other === button);
  sort(button.dataset.order);
});
byId("scene").addEventListener("change", show);
byId("wrong").addEventListener("change", show);
byId("beside")?.addEventListener("change", event => grid.classList.toggle("no-before", !event.target.checked));
function open(at) {
  state.at = (at + state.list.length) % state.list.length;
  const button = state.list[state.at], image = button.querySelector("img");
  byId("z-image").src = image.src; byId("z-image").alt = image.alt;
  byId("z-at").textContent = (state.at + 1) + " of " + state.list.length;
  byId("z-words").textContent = button.closest("article").querySelector("h3").textContent;
  const facts = [];
  for (const [name, value] of JSON.parse(button.dataset.facts)) {
    const term = document.createElement("dt"), said = document.createElement("dd");
    term.textContent = name; said.textContent = value; facts.push(term, said);
  }
  byId("z-facts").replaceChildren(...facts);
  if (!zoom.open) zoom.showModal();
}
grid.addEventListener("click", event => {
  const button = event.target.closest("button.asset");
  if (!button) return;
  state.list = [...grid.querySelectorAll("button.asset")].filter(other => other.offsetParent);
  open(state.list.indexOf(button));
});
byId("z-prev").addEventListener("click", () => open(state.at - 1));
byId("z-next").addEventListener("click", () => open(state.at + 1));
byId("z-close").addEventListener("click", () => zoom.close());
zoom.addEventListener("click", event => { if (event.target === zoom) zoom.close(); });
document.addEventListener("keydown", event => {
  if (!zoom.open) return;
  if (event.key === "ArrowRight") open(state.at + 1);
  if (event.key === "ArrowLeft") open(state.at - 1);
});
