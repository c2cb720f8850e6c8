"use strict";
/* What both forms of the report share: the tile of a file, and the dialog that shows one file with its lineage. */
const byId = id => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const zoom = byId("zoom");
/* The files that the dialog walks through: their number, and the record of one, which may be a promise. */
const shown = { length: 0, at: 0, asset: () => undefined };
const make = (tag, text, cls) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e; };
const files = count => count.toLocaleString("en") + (count === 1 ? " asset" : " assets");

function height(a) { const r = a.width_px / a.height_px; return r > 6 ? 62 : r > 3 ? 120 : r < 0.7 ? 280 : 200; }
/* The words below a tile: what its group does not say already. */
function caption(a, group) { return ["locale", "product_name", "placement", "scene"].filter(key => key !== group).map(key => a[key]).join(" · "); }
function tile(a, at, group) {
  const button = make("button", undefined, "asset"), image = make("img", undefined, "tile"), h = height(a);
  image.alt = [a.headline, a.product_name, a.placement, a.locale].join(", ");
  image.width = Math.round(h * a.width_px / a.height_px); image.height = h; image.style.setProperty("--h", h + "px"); image.style.setProperty("--r", a.width_px / a.height_px);
  image.loading = "lazy"; image.decoding = "async"; image.src = a.thumb;
  button.append(image, make("span", caption(a, group)));
  button.addEventListener("click", () => openAsset(at));
  return button;
}

function facts(title, pairs) {
  const box = make("div"), list = make("dl");
  for (const [name, value, cls] of pairs) if (value !== "" && value !== null && value !== undefined) { const d = make("dd", value, cls); d.dir = "auto"; list.append(make("dt", name), d); }
  if (list.children.length) box.append(make("h3", title), list);
  return box;
}
const checks = list => list.map(c => [c.name.replaceAll("_", " "), c.measured + " (" + c.limit + ")", c.passed ? "pass" : "fail"]);
const span = us => us >= 9e7 ? (us / 6e7).toFixed(1) + " min" : us >= 1e6 ? (us / 1e6).toFixed(1) + " s" : (us / 1e3).toFixed(1) + " ms";
function spent(s) {
  if (!s) return [];
  const times = step => [step.accelerator_us && span(step.accelerator_us) + " accelerator", step.processor_us && span(step.processor_us) + " processor"].filter(Boolean).join(", ");
  return [...s.steps.map(step => [step.step, times(step)]), ["Model calls", s.model_calls || ""], ["Refused", s.refused_attempts || ""],
    ["Vendors", s.vendor_micro_usd ? "$" + (s.vendor_micro_usd / 1e6).toFixed(6) : ""]];
}
function lineage(a) {
  const file = make("p"), link = make("a", "Open the file"); link.href = a.href; link.target = "_blank"; link.rel = "noopener"; file.append(link);
  return [
    facts("Copy · " + a.locale, [["Headline", a.headline], ["Subheadline", a.subheadline], ["Call to action", a.call_to_action], ["Offer", a.offer], ["Price", a.price], ["Legal", a.legal], ["Left out", a.dropped.join(", ")]]),
    facts("File", [["Name", a.file_name], ["Pixels", a.width_px + " × " + a.height_px], ["Format", a.format + (a.codec && a.codec !== a.format ? ", " + a.codec : "") + (a.quality < 100 ? ", quality " + a.quality : ", lossless")], ["Length", a.seconds ? a.seconds + " s, " + a.frame_rate + " frames a second" : ""], ["Bytes", a.size_bytes.toLocaleString("en")], ["CRC-32C", a.crc32c], ["Asset", a.asset], ["Cost", "$" + a.cost_usd]]), file,
    facts("Measured", spent(a.spent)),
    facts("Checks", checks(a.checks)),
    facts("Shot", [["Scene", a.prompt], ["Caption", a.caption], ["Alternative", a.alternative + 1], ["Seed", a.seed], ["Attempts", a.attempts], ["Model", a.model + " " + a.model_version], ["Weights", a.weights_sha256.slice(0, 16)], ["Upscaler", a.upscaler], ["Screen", a.screen], ["Shot", a.shot]]),
    facts("Shot checks", checks(a.shot_checks)),
    facts("Campaign", [["Product", a.product_name], ["Placement", a.placement], ["Layout", a.layout], ["Regions", a.regions.join(", ")], ["Audience", a.audience], ["Embargo", a.embargo], ["Expiry", a.expiry], ["Metadata", a.metadata === "{}" ? "" : a.metadata]])];
}
function picture(a) {
  const image = byId("z-image"), film = byId("z-film"), moves = /\.(mp4|webm|mov)$/.test(a.href);
  film.hidden = !moves; image.hidden = moves; film.pause(); film.removeAttribute("src"); image.onerror = null;
  if (moves) { film.poster = a.thumb; film.src = a.href; film.setAttribute("aria-label", a.headline); return; }
  /* A format that the browser does not show, such as TIFF or PDF, is shown by its thumbnail. */
  image.onerror = () => { image.onerror = null; image.src = a.thumb; };
  image.src = a.href; image.alt = a.headline;
}
async function openAsset(at) {
  const now = shown.at = (at + shown.length) % shown.length, a = await shown.asset(now);
  if (!a || now !== shown.at) return;
  picture(a);
  byId("z-at").textContent = (now + 1).toLocaleString("en") + " of " + shown.length.toLocaleString("en");
  byId("z-facts").replaceChildren(...lineage(a));
  if (!zoom.open) zoom.showModal();
}
byId("z-prev").addEventListener("click", () => openAsset(shown.at - 1));
byId("z-next").addEventListener("click", () => openAsset(shown.at + 1));
byId("z-close").addEventListener("click", () => zoom.close());
zoom.addEventListener("close", () => byId("z-film").pause());
zoom.addEventListener("click", e => { if (e.target === zoom) zoom.close(); });
document.addEventListener("keydown", e => { if (!zoom.open || e.target.id === "z-film") return; if (e.key === "ArrowRight") openAsset(shown.at + 1); if (e.key === "ArrowLeft") openAsset(shown.at - 1); });
