"use strict";
const study = JSON.parse(document.getElementById("study").textContent);
const find = (id) => document.getElementById(id);
const store = "corcal-readers-" + study.name;
const perCase = study.arteries.length * study.structures.length;
const ratings = new Map();
let at = 0;
let unsaved = false;
let marks = true;

const key = (code, artery, structure) => [code, artery, structure].join(" ");

function say(text) {
  find("message").textContent = text;
  find("message").hidden = !text;
}

function remember() {
  try {
    localStorage.setItem(store, JSON.stringify([...ratings]));
  } catch {
    say("This browser keeps nothing between visits: save the ratings before you close the page.");
  }
}

function recall() {
  try {
    const known = new Set(items().map((item) => key(...item)));
    for (const [name, value] of JSON.parse(localStorage.getItem(store) || "[]")) {
      if (known.has(name) && study.categories.includes(value)) ratings.set(name, value);
    }
  } catch {
    return;
  }
}

function items() {
  return study.cases.flatMap((one) =>
    study.structures.flatMap((structure) =>
      study.arteries.map((artery) => [one.code, artery.name, structure.name])));
}

function rated(code) {
  let count = 0;
  for (const artery of study.arteries) {
    for (const structure of study.structures) count += ratings.has(key(code, artery.name, structure.name));
  }
  return count;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function picture(shot, kind, text) {
  const img = element("img", { src: shot[kind], alt: text });
  img.dataset.kind = kind;
  img.addEventListener("click", () => {
    find("large").firstElementChild.src = img.src;
    find("large").showModal();
  });
  return img;
}

function pictures(shots, title) {
  const grid = element("div", { className: "shots" });
  grid.style.setProperty("--columns", Math.max(shots.length, 2));
  if (shots.length === 1) {
    grid.append(picture(shots[0], "plain", title), picture(shots[0], "marked", title + ", marked"));
    return grid;
  }
  for (const kind of ["plain", "marked"]) {
    shots.forEach((shot, i) => grid.append(picture(shot, kind, `${title}, slice ${i + 1}, ${kind}`)));
  }
  return grid;
}

function question(code, artery, structure) {
  const name = key(code, artery.name, structure.name);
  const field = element("fieldset", {}, element("legend", { textContent: structure.question }));
  field.classList.toggle("open", !ratings.has(name));
  for (const category of study.categories) {
    const input = element("input", { type: "radio", name, value: category });
    input.checked = ratings.get(name) === category;
    input.addEventListener("change", () => {
      ratings.set(name, category);
      unsaved = true;
      field.classList.remove("open");
      remember();
      count();
    });
    field.append(element("label", { className: "choice" }, input, category));
  }
  return field;
}

function section(title, colour, ...children) {
  const made = element("section", {}, element("h2", { textContent: title }), ...children);
  if (colour) made.style.setProperty("--artery", colour);
  return made;
}

function show(index) {
  at = Math.min(Math.max(index, 0), study.cases.length - 1);
  const one = study.cases[at];
  const parts = study.arteries.map((artery) => section(
    artery.title, artery.colour, pictures(one.arteries[artery.name], artery.title),
    element("div", { className: "ratings" },
      ...study.structures.map((structure) => question(one.code, artery, structure)))));
  find("case").replaceChildren(...parts, section("Heart from the front", "", pictures([one.front], "Heart from the front")));
  find("where").textContent = `Case ${at + 1} of ${study.cases.length} (${one.code})`;
  find("previous").disabled = at === 0;
  find("next").disabled = at === study.cases.length - 1;
  showMarks();
  count();
  scrollTo(0, 0);
}

function showMarks() {
  for (const img of document.querySelectorAll("img[data-kind=marked]")) {
    img.style.visibility = marks ? "" : "hidden";
  }
  find("marks").textContent = marks ? "Hide marks (M)" : "Show marks (M)";
  find("marks").setAttribute("aria-pressed", String(!marks));
}

function count() {
  const done = study.cases.reduce((sum, one) => sum + rated(one.code), 0);
  find("progress").textContent = `${done} of ${study.cases.length * perCase} ratings made`;
  find("open").disabled = done === study.cases.length * perCase;
  [...find("cases").children].forEach((button, i) => {
    button.classList.toggle("done", rated(study.cases[i].code) === perCase);
    if (i === at) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

function nextOpen() {
  const n = study.cases.length;
  for (let step = 0; step < n; step += 1) {
    const index = (at + step) % n;
    if (rated(study.cases[index].code) < perCase) {
      if (step) show(index);
      document.querySelector("fieldset.open")?.scrollIntoView({ block: "center" });
      return;
    }
  }
}

const quoted = (cell) => /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

function asCsv() {
  const rows = items().map((item) => [study.reader, ...item, ratings.get(key(...item)) || ""]);
  return [study.columns, ...rows].map((row) => row.map(quoted).join(",") + "\n").join("");
}

function save() {
  const link = element("a", {
    href: URL.createObjectURL(new Blob([asCsv()], { type: "text/csv" })),
    download: `ratings-${study.reader}.csv`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  unsaved = false;
  const open = study.cases.length * perCase - ratings.size;
  say(open ? `Saved. ${open} ratings are still to be made.` : "Saved. Every rating is made.");
}

async function load(file) {
  const lines = (await file.text()).trim().split(/\r?\n/).slice(1).map((line) => line.split(","));
  const known = new Set(items().map((item) => key(...item)));
  const fitting = lines.filter(([reader, ...item]) =>
    reader === study.reader && known.has(key(...item.slice(0, 3))));
  if (!fitting.length) {
    say("That file holds no ratings of this form.");
    return;
  }
  let taken = 0;
  for (const [, code, artery, structure, ...rest] of fitting) {
    const value = rest.join(",").replace(/^"|"$/g, "").replaceAll('""', '"');
    if (!study.categories.includes(value)) continue;
    ratings.set(key(code, artery, structure), value);
    taken += 1;
  }
  remember();
  show(at);
  say(`${taken} ratings loaded.`);
}

for (let i = 0; i < study.cases.length; i += 1) {
  const button = element("button", { type: "button", textContent: String(i + 1) });
  button.addEventListener("click", () => show(i));
  find("cases").append(button);
}
find("previous").addEventListener("click", () => show(at - 1));
find("next").addEventListener("click", () => show(at + 1));
find("open").addEventListener("click", nextOpen);
find("save").addEventListener("click", save);
find("load").addEventListener("change", (event) => {
  if (event.target.files.length) load(event.target.files[0]);
  event.target.value = "";
});
find("marks").addEventListener("click", () => { marks = !marks; showMarks(); });
find("large").addEventListener("click", () => find("large").close());
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey) find("marks").click();
});
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
recall();
show(0);
