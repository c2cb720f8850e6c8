/* The columns of all files: loaded from the page files, searched, filtered and counted. Nothing here touches the page's elements. */
const facets = data.facets.map(f => ({ ...f, values: [], labels: [], folded: [], also: [], codes: new (f.size <= 256 ? Uint8Array : f.size <= 65536 ? Uint16Array : Uint32Array)(data.rows) }));
const facetOf = key => facets.find(f => f.key === key);
const fold = text => /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

const waiting = new Map();
/* Every page file is one call of this function. */
function takeFile(kind, number, ...packed) { waiting.get(kind + number)(packed); }
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
}
async function load(kind, number) {
  const name = data.folder + kind + "-" + String(number).padStart(4, "0") + "-" + data.files[kind][number] + ".js";
  const script = document.createElement("script");
  const packed = await new Promise((resolve, reject) => {
    waiting.set(kind + number, resolve);
    script.onerror = () => reject(new Error("The file " + name + " is missing. Keep the folder beside this page."));
    script.src = name; document.head.append(script);
  }).finally(() => { script.remove(); waiting.delete(kind + number); });
  const [json, ...binary] = await Promise.all(packed.map(unpack));
  return [JSON.parse(new TextDecoder().decode(json)), ...binary];
}
const wide = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };
const column = (buffer, start, rows, width) => new wide[width](buffer.slice(start, start + rows * width));

async function loadColumns(progress) {
  let done = 0;
  await Promise.all(data.files.facets.map(async (_, number) => {
    const [head, buffer] = await load("facets", number);
    let start = 0;
    facets.forEach((facet, f) => {
      facet.codes.set(column(buffer, start, head.rows, head.widths[f]), number * data.rows_per_column);
      start += head.rows * head.widths[f];
      head.entries[f].forEach(([value, label, also], i) => {
        const code = head.firsts[f] + i;
        facet.values[code] = value; facet.labels[code] = label || value; facet.also[code] = also; facet.folded[code] = fold(value + " " + label + " " + also);
      });
    });
    progress(done += head.rows);
  }));
}

/* Headlines and the beginnings of ids, which only a search needs: loaded when somebody searches for the first time. */
let texts;
function loadTexts() {
  texts ??= Promise.all(data.files.texts.map(async (_, number) => {
    const [head, buffer] = await load("texts", number);
    return { first: number * data.rows_per_column, rows: head.rows, headlines: head.headlines.map(fold), codes: column(buffer, 0, head.rows, head.width), ids: column(buffer, head.rows * head.width, head.rows, 4) };
  })).catch(error => { texts = undefined; throw error; });
  return texts;
}

/* The words of a search. A file's name falls into the words that it is made of, without the campaign's. */
function wordsOf(query) {
  return fold(query).split(/\s+/).filter(Boolean).flatMap(token => {
    if (!token.includes("_")) return [token];
    const own = fold(data.campaign) + "_";
    return (token.startsWith(own) ? token.slice(own.length) : token).replace(/\.(\w+)$/, "_$1").split("_").filter(Boolean);
  });
}
function markWord(word, chunks) {
  const marks = new Uint8Array(data.rows);
  for (const facet of facets) {
    const has = Uint8Array.from(facet.folded, text => text.includes(word));
    if (!has.includes(1)) continue;
    const codes = facet.codes;
    for (let i = 0; i < codes.length; i++) marks[i] |= has[codes[i]];
  }
  const id = /^[0-9a-f]{6,32}$/.test(word), digits = Math.min(word.length, 8), wanted = id ? parseInt(word.slice(0, 8), 16) : 0, unit = 16 ** (8 - digits);
  for (const { first, rows, headlines, codes, ids } of chunks) {
    const has = Uint8Array.from(headlines, text => text.includes(word));
    if (has.includes(1)) for (let i = 0; i < rows; i++) marks[first + i] |= has[codes[i]];
    if (id) for (let i = 0; i < rows; i++) if (Math.floor(ids[i] / unit) === wanted) marks[first + i] = 1;
  }
  return marks;
}
async function search(query) {
  const words = [...new Set(wordsOf(query))];
  if (!words.length) return null;
  const chunks = await loadTexts(), all = markWord(words[0], chunks);
  for (const word of words.slice(1)) { const marks = markWord(word, chunks); for (let i = 0; i < all.length; i++) all[i] &= marks[i]; }
  return all;
}

/* The files that pass, and for each value of each facet the files that would: a facet's own choice does not narrow its counts. */
function tally(marks, choices) {
  const misses = new Uint8Array(data.rows), allowed = facets.map((facet, f) => choices[f].size ? Uint8Array.from({ length: facet.size }, (_, code) => choices[f].has(code)) : null);
  if (marks) for (let i = 0; i < misses.length; i++) misses[i] = marks[i] ? 0 : 100;
  facets.forEach((facet, f) => { const codes = facet.codes, may = allowed[f]; if (may) for (let i = 0; i < misses.length; i++) misses[i] += 1 - may[codes[i]]; });
  let passed = 0;
  for (let i = 0; i < misses.length; i++) if (!misses[i]) passed++;
  const counts = facets.map((facet, f) => {
    const found = new Uint32Array(facet.size), codes = facet.codes, may = allowed[f];
    if (may) { for (let i = 0; i < misses.length; i++) if (misses[i] + may[codes[i]] === 1) found[codes[i]]++; }
    else for (let i = 0; i < misses.length; i++) if (!misses[i]) found[codes[i]]++;
    return found;
  });
  return { misses, passed, counts };
}
/* The codes of a facet in the order of their labels. */
function ranked(facet) {
  return facet.order ??= Uint32Array.from(facet.labels.keys()).sort((a, b) => facet.labels[a] < facet.labels[b] ? -1 : facet.labels[a] > facet.labels[b] ? 1 : a - b);
}
/* The rows that pass, ordered by a facet's labels and then as the campaign lists them; with each group's number of files. */
function listed(misses, passed, facet) {
  const { codes, size } = facet, groups = new Uint32Array(size), next = new Uint32Array(size), rows = new Uint32Array(passed);
  for (let i = 0; i < misses.length; i++) if (!misses[i]) groups[codes[i]]++;
  let start = 0;
  for (const code of ranked(facet)) { next[code] = start; start += groups[code]; }
  for (let i = 0; i < misses.length; i++) if (!misses[i]) rows[next[codes[i]]++] = i;
  return { rows, groups };
}

/* The records of the files around a row; the last few page files are kept. */
const kept = new Map();
function loadPage(number) {
  let page = kept.get(number);
  kept.delete(number);
  page ??= load("page", number).then(([{ rows, fields }]) => Object.entries(fields).reduce((records, [name, [values, codes]]) => {
    for (let i = 0; i < rows; i++) records[i][name] = values[codes ? codes[i] : values.length === 1 ? 0 : i];
    return records;
  }, Array.from({ length: rows }, () => ({})))).catch(error => { kept.delete(number); throw error; });
  kept.set(number, page);
  if (kept.size > 64) kept.delete(kept.keys().next().value);
  return page;
}
async function record(row) {
  const page = await loadPage(Math.floor(row / data.rows_per_page)), a = page[row % data.rows_per_page];
  return { ...a, href: data.root + a.address, thumb: data.root + a.thumbnail };
}
