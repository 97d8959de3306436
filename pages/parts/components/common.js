// Shared by all components: put in front of each script, since a component is one module.
const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};

const icon = (name) => el("span", { class: "icon", "aria-hidden": "true", translate: "no" }, name);

const button = (label, symbol, onclick, kind = "") =>
  el("button", { type: "button", class: kind, onclick }, ...(symbol ? [icon(symbol)] : []), el("span", {}, label));

const iconButton = (label, symbol, onclick) =>
  el("button", { type: "button", class: "round", "aria-label": label, title: label, onclick }, icon(symbol));

// crypto.randomUUID is missing on insecure pages, where the device check still has to work.
const newNonce = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 10);

// Streamlit calls a component again on every change of its data: `memory` lasts as long as the mount,
// the first call builds the page. Only the cleanup of the last call runs, so it must not close over one call.
const mounted = (component, build) => {
  const host = component.parentElement.querySelector(".jz");
  const first = !host.memory;
  const memory = (host.memory ??= { host });
  memory.component = component;
  memory.data = component.data ?? {};
  if (first) build(memory);
  return memory;
};

const report = (memory, result) => memory.component.setStateValue("result", { nonce: newNonce(), ...result });

// True once per name in this tab, also when the component is mounted again.
const onlyOnce = (name) => {
  const done = (globalThis.jianzhengDone ??= new Set());
  if (done.has(name)) return false;
  done.add(name);
  return true;
};

const postJson = (url, body) =>
  fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", "x-requested-with": "jianzheng" },
    body: JSON.stringify(body),
  });

// Posts a picture of this page; what to tell the customer when it was not taken, else the empty text.
async function handOver(url, picture) {
  try {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", body: picture,
      headers: { "content-type": picture.type, "x-requested-with": "jianzheng" },
    });
    if (answer.ok) return "";
    const told = await answer.json().catch(() => ({}));
    return told.text || "照片没有保存，请再试一次。";
  } catch { return "网络不稳定，照片没有保存。请再试一次。"; }
}

const stopStream = (stream) => stream?.getTracks().forEach((track) => track.stop());

const cameraTrouble = (error) => {
  if (!isSecureContext || !navigator.mediaDevices) return "insecure";
  const kinds = {
    NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing",
    NotReadableError: "busy", AbortError: "busy",
  };
  return kinds[error?.name] ?? "unknown";
};

// A content security policy without data: for media still lets a blob: play.
const wavPlayer = (source) => {
  if (!source.startsWith("data:")) return new Audio(source);
  const bytes = Uint8Array.from(atob(source.slice(source.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
  const player = new Audio(url);
  player.addEventListener("ended", () => URL.revokeObjectURL(url), { once: true });
  return player;
};

// ---- rows of a check: a symbol and a word for the state, what was found, how to mend it ----
const CHECK_SYMBOLS = { todo: "radio_button_unchecked", busy: "hourglass_top", ok: "check_circle", warn: "warning", bad: "error" };
const CHECK_WORDS = { todo: "未检测", busy: "检测中", ok: "正常", warn: "请留意", bad: "需要处理" };

function setCheck(memory, name, state, words, mend = "") {
  const row = memory.rows[name];
  row.item.dataset.state = state;
  row.symbol.textContent = CHECK_SYMBOLS[state];
  row.word.textContent = CHECK_WORDS[state];
  row.words.textContent = words;
  row.mend.textContent = mend;
  row.mend.hidden = !mend;
}

function checkRow(title, name) {
  const row = { symbol: icon(""), word: el("span", { class: "unseen" }), words: el("span", { class: "words" }), mend: el("p", { class: "mend" }), extra: el("div", {}) };
  row.item = el("li", { "data-row": name }, row.symbol, el("div", {},
    el("p", {}, el("strong", {}, title), row.word, row.words), row.mend, row.extra));
  return row;
}

// `titles`: name of a row -> its title; the rows are kept in memory.rows.
function checkRows(memory, titles) {
  memory.rows = Object.fromEntries(Object.entries(titles).map(([name, title]) => [name, checkRow(title, name)]));
  return el("ul", { class: "checks" }, ...Object.values(memory.rows).map((row) => row.item));
}

const levelMeter = () =>
  el("div", { class: "level", role: "meter", "aria-label": "麦克风音量", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 }, el("span", {}));

function setLevel(meter, percent) {
  const level = Math.max(0, Math.min(100, Math.round(percent)));
  meter.firstChild.style.width = `${level}%`;
  meter.setAttribute("aria-valuenow", level);
}

// ---- the line ----
async function fetchSoon(url, ms, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  try {
    const answer = await fetch(url, { cache: "no-store", credentials: "same-origin", signal: stop.signal, ...options });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer;
  } finally { clearTimeout(timer); }
}

const rateWords = (kbps) => (kbps < 1000 ? `${kbps} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`);
