/* The report that holds all its files: filters, groups and tiles over one list. */
const assets = data.assets.map(a => ({ ...a, href: data.root + a.address }));
const sheet = byId("sheet");
const filters = ["product_name", "placement", "locale", "scene"];
let group = "placement";
for (const key of filters) {
  const select = byId("f-" + key);
  select.append(new Option("All", ""));
  for (const value of [...new Set(assets.map(a => a[key]))].sort()) select.append(new Option(value, value));
  select.addEventListener("change", show);
}
byId("search").addEventListener("input", show);
for (const button of document.querySelectorAll("[data-group]")) button.addEventListener("click", () => {
  for (const other of document.querySelectorAll("[data-group]")) other.setAttribute("aria-pressed", other === button);
  group = button.dataset.group; show();
});
function chosen() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  return assets.filter(a => filters.every(k => { const v = byId("f-" + k).value; return !v || a[k] === v; }) &&
    words.every(w => (a.headline + " " + a.file_name + " " + a.asset + " " + a.product_name).toLowerCase().includes(w)));
}
function show() {
  const groups = new Map(), list = [];
  for (const a of chosen()) { const k = a[group]; if (!groups.has(k)) groups.set(k, []); groups.get(k).push(a); }
  sheet.replaceChildren();
  for (const key of [...groups.keys()].sort()) {
    const section = make("section"), title = make("h2", key), row = make("div", undefined, "row");
    title.append(make("small", files(groups.get(key).length)));
    for (const a of groups.get(key)) row.append(tile(a, list.push(a) - 1, group));
    section.append(title, row); sheet.append(section);
  }
  if (!list.length) sheet.append(make("p", "Nothing matches these filters.", "empty"));
  shown.length = list.length; shown.asset = at => list[at];
  byId("count").textContent = list.length + " of " + assets.length;
}
show();
