"use strict";
const assets = JSON.parse(document.getElementById("assets").textContent);
const sheet = document.getElementById("sheet"), zoom = document.getElementById("zoom");
const filters = ["product_name", "placement", "locale", "scene"];
const state = { group: "placement", at: 0, list: [] };
const make = (tag, text, cls) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e; };
const loader = new IntersectionObserver(entries => { for (const e of entries) if (e.isIntersecting) { e.target.src = e.target.dataset.src; loader.unobserve(e.target); } }, { rootMargin: "600px" });
for (const key of filters) {
  const select = document.getElementById("f-" + key);
  select.append(new Option("All", ""));
  for (const value of [...new Set(assets.map(a => a[key]))].sort()) select.append(new Option(value, value));
  select.addEventListener("change", show);
}
document.getElementById("search").addEventListener("input", show);
for (const button of document.querySelectorAll("[data-group]")) button.addEventListener("click", () => {
  for (const other of document.querySelectorAll("[data-group]")) other.setAttribute("aria-pressed", other === button);
  state.group = button.dataset.group; show();
});
function height(a) { const r = a.width_px / a.height_px; return r > 6 ? 62 : r > 3 ? 120 : r < 0.7 ? 280 : 200; }
function chosen() {
  const words = document.getElementById("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  return assets.filter(a => filters.every(k => { const v = document.getElementById("f-" + k).value; return !v || a[k] === v; }) &&
    words.every(w => (a.headline + " " + a.file_name + " " + a.asset + " " + a.product_name).toLowerCase().includes(w)));
}
function show() {
  const groups = new Map();
  for (const a of chosen()) { const k = a[state.group]; if (!groups.has(k)) groups.set(k, []); groups.get(k).push(a); }
  state.list = []; sheet.replaceChildren();
  for (const key of [...groups.keys()].sort()) {
    const list = groups.get(key), section = make("section"), title = make("h2", key);
    title.append(make("small", list.length + (list.length === 1 ? " asset" : " assets"))); section.append(title);
    const row = make("div", undefined, "row");
    for (const a of list) row.append(card(a, state.list.push(a) - 1));
    section.append(row); sheet.append(section);
  }
  if (!state.list.length) sheet.append(make("p", "Nothing matches these filters.", "empty"));
  document.getElementById("count").textContent = state.list.length + " of " + assets.length;
}
function card(a, at) {
  const button = make("button", undefined, "asset"), image = make("img");
  const h = height(a);
  image.alt = [a.headline, a.product_name, a.placement, a.locale].join(", ");
  image.width = Math.round(h * a.width_px / a.height_px); image.height = h; image.style.setProperty("--h", h + "px");
  image.dataset.src = a.thumb; loader.observe(image);
  button.append(image, make("span", [a.locale, a.product_name, a.scene].join(" · ")));
  button.addEventListener("click", () => open(at));
  return button;
}
function facts(title, pairs) {
  const box = make("div"); box.append(make("h3", title)); const list = make("dl");
  for (const [name, value, cls] of pairs) if (value !== "" && value !== null && value !== undefined) { const d = make("dd", value, cls); d.dir = "auto"; list.append(make("dt", name), d); }
  box.append(list); return box;
}
function open(at) {
  state.at = (at + state.list.length) % state.list.length; const a = state.list[state.at];
  const image = document.getElementById("z-image"); image.src = a.href; image.alt = a.headline; 
  document.getElementById("z-at").textContent = (state.at + 1) + " of " + state.list.length;
  const file = make("div"), link = make("a", "Open the file"); link.href = a.href; link.target = "_blank"; file.append(link);
  document.getElementById("z-facts").replaceChildren(
    facts("Copy · " + a.locale, [["Headline", a.headline], ["Subheadline", a.subheadline], ["Call to action", a.call_to_action], ["Offer", a.offer], ["Price", a.price], ["Legal", a.legal]]),
    facts("File", [["Name", a.file_name], ["Pixels", a.width_px + " × " + a.height_px], ["Format", a.format + (a.quality < 100 ? ", quality " + a.quality : ", lossless")], ["Bytes", a.size_bytes.toLocaleString()], ["CRC-32C", a.crc32c], ["Asset", a.asset], ["Cost", "$" + a.cost_usd]]), file,
    facts("Checks", a.checks.map(c => [c.name.replaceAll("_", " "), c.measured + " (" + c.limit + ")", c.passed ? "pass" : "fail"])),
    facts("Shot", [["Scene", a.prompt], ["Caption", a.caption], ["Seed", a.seed], ["Attempts", a.attempts], ["Model", a.model + " " + a.model_version], ["Weights", a.weights_sha256.slice(0, 16)], ["Upscaler", a.upscaler], ["Shot", a.shot]]),
    facts("Shot checks", a.shot_checks.map(c => [c.name.replaceAll("_", " "), c.measured + " (" + c.limit + ")", c.passed ? "pass" : "fail"])),
    facts("Campaign", [["Product", a.product_name], ["Placement", a.placement], ["Layout", a.layout], ["Regions", a.regions.join(", ")], ["Audience", a.audience], ["Embargo", a.embargo], ["Expiry", a.expiry], ["Metadata", a.metadata === "{}" ? "" : a.metadata]]));
  if (!zoom.open) zoom.showModal();
}
document.getElementById("z-prev").addEventListener("click", () => open(state.at - 1));
document.getElementById("z-next").addEventListener("click", () => open(state.at + 1));
document.getElementById("z-close").addEventListener("click", () => zoom.close());
zoom.addEventListener("click", e => { if (e.target === zoom) zoom.close(); });
document.addEventListener("keydown", e => { if (!zoom.open) return; if (e.key === "ArrowRight") open(state.at + 1); if (e.key === "ArrowLeft") open(state.at - 1); });
show();
