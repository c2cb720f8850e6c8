/* The report of many files: one state, from which the list, the counts and the address are computed anew. */
const PER_PAGE = 60;
const sheet = byId("sheet"), count = byId("count"), query = byId("search"), at = byId("p-at");
const state = { choices: facets.map(() => new Set()), group: "", page: 0, marks: null, updates: [], rows: new Uint32Array(0), groups: null, turn: 0 };
const number = n => n.toLocaleString("en");

/* The state as the part of the address behind #, so that a view can be kept and sent. */
function written() {
  const parts = new URLSearchParams();
  facets.forEach((facet, f) => { for (const code of state.choices[f]) parts.append(facet.key, facet.values[code]); });
  if (query.value.trim()) parts.set("q", query.value.trim());
  if (state.group !== groupings()[0]) parts.set("by", state.group);
  if (state.page) parts.set("page", state.page + 1);
  return parts.toString();
}
function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  facets.forEach((facet, f) => { const wanted = new Set(parts.getAll(facet.key)); state.choices[f] = new Set(wanted.size ? [...facet.values.keys()].filter(code => wanted.has(facet.values[code])) : []); });
  query.value = parts.get("q") || "";
  state.group = groupings().includes(parts.get("by")) ? parts.get("by") : groupings()[0];
  state.page = Math.max(parseInt(parts.get("page"), 10) || 1, 1) - 1;
}
function keepAddress() {
  const text = written();
  if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
}
function groupings() { const of = ["placement", "product", "locale"].filter(key => facetOf(key).size > 1); return of.length ? of : ["placement"]; }

/* Every change of filters, search or grouping ends here; `page` is kept only where an address says so. */
function refresh(page = 0) {
  const { misses, passed, counts } = tally(state.marks, state.choices), facet = facetOf(state.group);
  Object.assign(state, listed(misses, passed, facet));
  shown.length = passed; shown.asset = place => record(state.rows[place]).catch(say);
  facets.forEach((_, f) => state.updates[f](counts[f], state.choices[f]));
  count.textContent = number(passed) + " of " + number(data.rows); byId("done").textContent = "Show " + files(passed);
  showChosen();
  turnTo(page);
}
function say(error) { sheet.replaceChildren(make("p", error.message, "empty")); sheet.setAttribute("aria-busy", "false"); }

function showChosen() {
  const chips = state.choices.flatMap((codes, f) => [...codes].map(code => {
    const chip = make("button", undefined, "chip"), name = make("span", facets[f].labels[code]);
    name.dir = "auto"; chip.append(facets[f].title + ": ", name, make("span", " ✕", "cross")); chip.setAttribute("aria-label", "Remove " + facets[f].title + " " + facets[f].labels[code]);
    chip.addEventListener("click", () => choose(f, code, false));
    return chip;
  }));
  if (chips.length) { const clear = make("button", "Clear all", "clear"); clear.addEventListener("click", () => { state.choices.forEach(codes => codes.clear()); refresh(); query.focus(); }); chips.push(clear); }
  byId("chosen").replaceChildren(...chips);
  byId("filters").textContent = "Filters" + (chips.length ? " (" + (chips.length - 1) + ")" : "");
}
function choose(f, code, on) { state.choices[f][on ? "add" : "delete"](code); refresh(); }

async function turnTo(page) {
  const last = Math.max(Math.ceil(state.rows.length / PER_PAGE) - 1, 0), turn = ++state.turn;
  state.page = Math.min(Math.max(page, 0), last);
  byId("pages").hidden = !last; byId("p-of").textContent = "of " + number(last + 1);
  at.value = state.page + 1; at.max = last + 1; byId("p-prev").disabled = !state.page; byId("p-next").disabled = state.page === last;
  keepAddress();
  sheet.setAttribute("aria-busy", "true");
  try {
    const first = state.page * PER_PAGE, assets = await Promise.all([...state.rows.subarray(first, first + PER_PAGE)].map(record));
    if (turn === state.turn) { sections(assets, first); sheet.setAttribute("aria-busy", "false"); }
  } catch (error) { if (turn === state.turn) say(error); }
}
function sections(assets, first) {
  const facet = facetOf(state.group), all = [];
  let code = -1, row;
  assets.forEach((a, i) => {
    const now = facet.codes[state.rows[first + i]];
    if (now !== code) {
      const section = make("section"), title = make("h2"), name = make("span", facet.labels[now]);
      name.dir = "auto"; title.append(name, make("small", files(state.groups[now]) + (first + i && !i && facet.codes[state.rows[first - 1]] === now ? ", continued" : "")));
      section.append(title, row = make("div", undefined, "row")); all.push(section); code = now;
    }
    row.append(tile(a, first + i, state.group === "product" ? "product_name" : state.group));
  });
  sheet.replaceChildren(...all, ...all.length ? [] : [make("p", "Nothing matches these filters.", "empty")]);
}
function leaf(page) { turnTo(page); document.querySelector(".listing").scrollIntoView(); sheet.focus({ preventScroll: true }); }

let pause, asked = 0;
async function look(page) {
  const mine = ++asked;
  try { const marks = await search(query.value); if (mine === asked) { state.marks = marks; refresh(page); } } catch (error) { say(error); }
}
function showGroups() {
  const of = groupings();
  byId("groups").hidden = of.length < 2;
  byId("groups").replaceChildren(...of.map(key => {
    const button = make("button", "By " + facetOf(key).title.toLowerCase());
    button.setAttribute("aria-pressed", String(key === state.group));
    button.addEventListener("click", () => { state.group = key; for (const other of byId("groups").children) other.setAttribute("aria-pressed", String(other === button)); refresh(); });
    return button;
  }));
}
/* On a small screen the filters lie over the list until they are closed. */
function openFilters(open) {
  byId("facets").classList.toggle("open", open); byId("filters").setAttribute("aria-expanded", String(open));
  (open ? byId("facets").querySelector("input") : byId("filters"))?.focus({ preventScroll: true });
}
async function begin() {
  if (typeof DecompressionStream !== "function") throw new Error("This page needs a browser of 2023 or later.");
  await loadColumns(done => { count.textContent = "Reading the list of files: " + Math.round(100 * done / data.rows) + "%"; });
  state.updates = buildFacets(byId("facets"), choose);
  readAddress(); showGroups();
  await look(state.page);
  query.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(look, 150); });
  byId("p-prev").addEventListener("click", () => leaf(state.page - 1));
  byId("p-next").addEventListener("click", () => leaf(state.page + 1));
  at.addEventListener("change", () => leaf((parseInt(at.value, 10) || 1) - 1));
  byId("filters").addEventListener("click", () => openFilters(true));
  byId("done").addEventListener("click", () => openFilters(false));
  byId("facets").addEventListener("keydown", e => { if (e.key === "Escape" && !e.defaultPrevented) openFilters(false); });
  addEventListener("hashchange", () => { readAddress(); showGroups(); look(state.page); });
}
begin().catch(say);
