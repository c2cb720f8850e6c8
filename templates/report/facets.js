/* The filters of a large report: a list for a facet with few values, a search with suggestions for one with many. */
const LISTED = 14, SUGGESTED = 30, COMMON = 5;
const languages = typeof Intl.DisplayNames === "function" ? new Intl.DisplayNames("en", { type: "language", fallback: "none" }) : null;
function language(tag) { try { return languages?.of(tag) ?? ""; } catch { return ""; } }
/* What stands behind a label: the id of a product, the name of a language. */
function note(facet, code) { const value = facet.values[code]; return facet.key === "locale" ? language(value) : facet.labels[code] === value ? "" : value; }

function choice(facet, code, change) {
  const label = make("label", undefined, "choice"), box = make("input"), text = make("span", facet.labels[code], "name"), count = make("span", "", "number"), soft = note(facet, code);
  box.type = "checkbox"; box.dataset.code = code;
  text.dir = "auto"; label.title = facet.labels[code] + (soft && " · " + soft);
  if (facet.key === "locale" && soft) text.append(make("small", soft));
  box.addEventListener("change", () => change(code, box.checked));
  label.append(box, text, count);
  return { label, box, count };
}
function showCount({ label, box, count }, number, checked) {
  box.checked = checked; count.textContent = number.toLocaleString("en"); label.classList.toggle("none", !number && !checked);
}

function facetList(facet, change) {
  const box = make("div", undefined, "choices"), choices = [...ranked(facet)].map(code => [code, choice(facet, code, change)]);
  box.append(...choices.map(([, each]) => each.label));
  return { box, update: (counts, chosen) => { for (const [code, each] of choices) showCount(each, counts[code], chosen.has(code)); } };
}

/* The best suggestions for what was typed: those of which a word begins with it, then those that contain it, each by their number of files. */
function suggestions(facet, typed, counts) {
  const begins = [], contains = [], wanted = fold(typed.trim());
  let more = 0;
  const keep = (list, code) => { list.push(code); if (list.length > 4 * SUGGESTED) { list.sort((a, b) => counts[b] - counts[a] || a - b); list.length = SUGGESTED; } };
  for (const code of ranked(facet)) {
    const text = facet.folded[code], at = text.indexOf(wanted);
    if (at < 0) continue;
    more++; keep(at === 0 || text.includes(" " + wanted) ? begins : contains, code);
  }
  const best = [begins, contains].flatMap(list => list.sort((a, b) => counts[b] - counts[a] || (facet.labels[a] < facet.labels[b] ? -1 : 1))).slice(0, SUGGESTED);
  return { best, more: more - best.length };
}
function facetSearch(facet, change) {
  const box = make("div", undefined, "combo"), input = make("input"), list = make("ul"), rest = make("p", "", "rest"), few = make("div", undefined, "choices");
  const id = "suggest-" + facet.key, state = { at: -1, codes: [], counts: new Uint32Array(facet.size), chosen: new Set() };
  Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, placeholder: "Find among " + facet.size.toLocaleString("en") });
  for (const [name, value] of [["role", "combobox"], ["aria-label", "Find a value of " + facet.title], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", id]]) input.setAttribute(name, value);
  list.id = id; list.setAttribute("role", "listbox"); list.setAttribute("aria-label", facet.title); list.hidden = true; rest.hidden = true;
  const close = () => { list.hidden = rest.hidden = true; state.at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const point = at => {
    list.children[state.at]?.setAttribute("aria-selected", "false");
    state.at = (at + state.codes.length) % state.codes.length;
    const option = list.children[state.at]; option.setAttribute("aria-selected", "true"); option.scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", option.id);
  };
  const pick = code => { input.value = ""; close(); change(code, !state.chosen.has(code)); };
  const suggest = () => {
    const { best, more } = suggestions(facet, input.value, state.counts);
    state.at = -1; state.codes = best; input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...best.map((code, i) => {
      const option = make("li"), name = make("span", facet.labels[code], "name"), soft = note(facet, code);
      option.id = id + "-" + i; option.setAttribute("role", "option"); option.setAttribute("aria-selected", "false"); name.dir = "auto";
      if (soft) name.append(make("small", soft));
      option.append(name, make("span", state.counts[code].toLocaleString("en"), "number"));
      option.classList.toggle("chosen-one", state.chosen.has(code)); option.classList.toggle("none", !state.counts[code]);
      option.addEventListener("mousedown", e => { e.preventDefault(); pick(code); });
      return option;
    }));
    rest.textContent = best.length ? more.toLocaleString("en") + " more; type to narrow them down" : "Nothing is called that";
    list.hidden = !best.length; rest.hidden = best.length > 0 && !more; input.setAttribute("aria-expanded", String(best.length > 0));
  };
  input.addEventListener("input", suggest);
  input.addEventListener("click", suggest);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", e => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); if (list.hidden) suggest(); if (state.codes.length) point(state.at + (e.key === "ArrowDown" ? 1 : state.at < 0 ? 0 : -1)); }
    else if (e.key === "Enter" && !list.hidden) { e.preventDefault(); pick(state.codes[Math.max(state.at, 0)]); }
    else if (e.key === "Escape" && !list.hidden) { e.preventDefault(); close(); }
  });
  box.append(input, list, rest, few);
  const update = (counts, chosen) => {
    state.counts = counts; state.chosen = chosen;
    const common = suggestions(facet, "", counts).best.filter(code => counts[code] && !chosen.has(code)).slice(0, COMMON), focused = few.contains(document.activeElement) ? document.activeElement.dataset.code : undefined;
    few.replaceChildren(...[...chosen, ...common].map(code => { const each = choice(facet, code, change); showCount(each, counts[code], chosen.has(code)); return each.label; }));
    if (focused !== undefined) few.querySelector('[data-code="' + focused + '"]')?.focus();
  };
  return { box, update };
}

/* The filters of all facets that can narrow anything; `change` is told the facet's number, the code, and whether it is chosen. */
function buildFacets(place, change) {
  return facets.map((facet, f) => {
    if (facet.size < 2) return () => {};
    const set = make("fieldset"), { box, update } = (facet.size > LISTED ? facetSearch : facetList)(facet, (code, on) => change(f, code, on));
    set.append(make("legend", facet.title), box); place.insertBefore(set, place.lastElementChild);
    return update;
  });
}
