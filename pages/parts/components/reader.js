const TAGS = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL", "LI", "STRONG", "EM", "B", "I", "U", "S", "BR", "HR",
  "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "BLOCKQUOTE", "SECTION", "DIV", "SPAN", "SUP", "SUB", "DL", "DT", "DD", "A"]);
const RANK = { opened: 1, end: 2, next: 3 };                   // the button may be pressed again: the server may have refused

// Only plain text elements without attributes come through, whatever the document was made from.
const plain = (html) => {
  const copy = (from, into) => from.childNodes.forEach((node) => {
    if (node.nodeType === Node.TEXT_NODE) into.append(node.nodeValue);
    else if (node.nodeType === Node.ELEMENT_NODE && TAGS.has(node.tagName)) {
      const child = document.createElement(node.tagName === "A" ? "u" : node.tagName);
      if (node.tagName === "OL" && node.start > 1) child.start = node.start;
      copy(node, child);
      into.append(child);
    }
  });
  const page = new DOMParser().parseFromString(html, "text/html");
  const result = document.createDocumentFragment();
  copy(page.body, result);
  return result;
};

function build(memory) {
  memory.article = el("article", {});
  memory.sentinel = el("div", { class: "sentinel" });
  memory.area = el("div", { class: "area", role: "region", tabindex: 0 }, memory.article, memory.sentinel);
  memory.bar = el("span", {});
  memory.line = el("div", { class: "line", role: "progressbar", "aria-label": "阅读进度", "aria-valuemin": 0, "aria-valuemax": 100 }, memory.bar);
  memory.hint = el("p", { class: "hint" });
  memory.said = el("p", { class: "unseen", role: "status" });
  memory.next = button("", "", () => pressNext(memory), "primary wide");
  memory.host.append(memory.area, memory.line, memory.hint, memory.next, memory.said);
  memory.area.addEventListener("scroll", () => showLine(memory), { passive: true });
  memory.watch = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && reachEnd(memory));
  memory.queue = [];
  memory.timer = setInterval(() => tick(memory), 1000);
}

function open(memory) {
  const { data, area } = memory;
  memory.document = data.document;
  memory.seconds = 0;
  memory.ended = data.already_read;
  memory.told = 0;
  memory.counting = data.already_read;
  memory.article.replaceChildren(plain(data.html));
  area.setAttribute("aria-label", data.title);
  area.scrollTop = 0;
  memory.watch.disconnect();
  tell(memory, "opened");
  // Two frames: the text has to be laid out before "the end is visible" means anything.
  requestAnimationFrame(() => requestAnimationFrame(() => { memory.watch.observe(memory.sentinel); showLine(memory); }));
}

function tell(memory, event) {
  if (event === "next" ? memory.queue.some((entry) => entry.event === "next") : memory.data.already_read || RANK[event] <= memory.told) return;
  memory.told = RANK[event];
  memory.queue.push({ document: memory.document, event });
  sendNext(memory);
}

// One event at a time: two in a row would reach the server as the later one alone.
function sendNext(memory) {
  if (memory.waitingFor || !memory.queue.length) return;
  memory.waitingFor = newNonce();
  memory.waited = 0;
  memory.component.setStateValue("result", { nonce: memory.waitingFor, seconds: Math.round(memory.seconds), ...memory.queue.shift() });
}

function received(memory) {
  memory.waitingFor = null;
  memory.counting = true;                                      // the server's clock runs from now at the latest
  sendNext(memory);
}

function reachEnd(memory) {
  if (!memory.ended) memory.said.textContent = "已读到末尾。";
  memory.ended = true;
  tell(memory, "end");
  show(memory);
}

function tick(memory) {
  if (document.visibilityState !== "visible") return;
  memory.waited += 1;
  if (memory.waitingFor && memory.waited > 3) received(memory);
  if (memory.counting) memory.seconds += 1;
  show(memory);
}

const secondsLeft = (memory) => (memory.data.already_read ? 0 : Math.max(0, Math.ceil(memory.data.min_seconds - memory.seconds)));

function missing(memory) {
  const left = secondsLeft(memory);
  if (!memory.ended) return left ? `请阅读到末尾，至少还需 ${left} 秒` : "请阅读到末尾";
  return left ? `还需阅读 ${left} 秒` : "";
}

function show(memory) {
  const lack = missing(memory);
  memory.hint.textContent = lack;
  memory.hint.hidden = !lack;
  memory.next.setAttribute("aria-disabled", String(Boolean(lack)));
  memory.next.lastChild.textContent = memory.data.next_label;
}

function showLine(memory) {
  const { scrollTop, scrollHeight, clientHeight } = memory.area;
  const part = scrollHeight <= clientHeight + 1 ? 1 : Math.min(1, scrollTop / (scrollHeight - clientHeight));
  memory.bar.style.width = `${part * 100}%`;
  memory.line.setAttribute("aria-valuenow", Math.round(part * 100));
}

function pressNext(memory) {
  const lack = missing(memory);
  if (!lack) return tell(memory, "next");
  memory.said.textContent = lack;
  return memory.area.focus();
}

export default function reader(component) {
  const memory = mounted(component, build);
  if (memory.document !== memory.data.document) open(memory);
  if (memory.data.already_read) memory.ended = true;
  if (memory.waitingFor && memory.data.handed === memory.waitingFor) received(memory);
  show(memory);
  return () => { clearInterval(memory.timer); memory.watch.disconnect(); };
}
