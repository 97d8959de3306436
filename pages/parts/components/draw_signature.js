// Strokes are kept as shares of the field's width, so that turning the phone loses nothing and the picture is drawn sharp.
const PEN = 0.012;                                             // of the width
const WIDE = 1600;                                             // px of the field in the stored picture
const RIM = 60;                                                // px of white around the writing
const LEAST = 320;                                             // px, the server takes nothing smaller
const HINT = "请在框内手写您的姓名。";
const FEW = "还没有写完，请写出完整的姓名。";

function stroke(pen, places, width) {
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = pen.fillStyle = "#000";
  pen.lineWidth = PEN * width;
  pen.beginPath();
  const at = places.map(([x, y]) => [x * width, y * width]);
  pen.moveTo(...at[0]);
  if (at.length === 1) pen.lineTo(at[0][0] + 0.1, at[0][1]);
  at.slice(1).forEach(([x, y], n) => {
    const [beforeX, beforeY] = at[n];
    pen.quadraticCurveTo(beforeX, beforeY, (beforeX + x) / 2, (beforeY + y) / 2);
  });
  pen.lineTo(...at.at(-1));
  pen.stroke();
}

function paint(memory) {
  const { canvas } = memory;
  const width = Math.round(canvas.clientWidth * (devicePixelRatio || 1));
  if (!width) return;
  Object.assign(canvas, { width, height: Math.round(width / 2) });
  memory.strokes.forEach((places) => stroke(canvas.getContext("2d"), places, width));
  canvas.dataset.strokes = String(memory.strokes.length);
}

const length = (memory) => memory.strokes.reduce((sum, places) =>
  sum + places.slice(1).reduce((part, [x, y], n) => part + Math.hypot(x - places[n][0], y - places[n][1]), 0), 0);

// The writing alone on white, never smaller than the server takes.
function picture(memory) {
  const places = memory.strokes.flat();
  const [left, top] = [0, 1].map((n) => Math.min(...places.map((place) => place[n])) * WIDE - RIM);
  const [right, bottom] = [0, 1].map((n) => Math.max(...places.map((place) => place[n])) * WIDE + RIM);
  const [width, height] = [Math.max(LEAST, right - left), Math.max(LEAST, bottom - top)].map(Math.round);
  const canvas = el("canvas", { width, height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.translate((width - (right - left)) / 2 - left, (height - (bottom - top)) / 2 - top);
  memory.strokes.forEach((each) => stroke(pen, each, WIDE));
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

async function send(memory) {
  if (memory.sending) return;
  if (length(memory) < 0.5) { memory.words.textContent = FEW; return; }
  memory.sending = true;
  memory.words.textContent = "正在保存…";
  const refused = await handOver(memory.data.upload_url, await picture(memory));
  memory.sending = false;
  memory.words.textContent = refused || "签名已保存。";
  if (refused) return;
  memory.strokes = [];
  paint(memory);
  report(memory, { ok: true });
}

function draw(memory) {
  const { canvas } = memory;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.width];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    memory.pen = event.pointerId;
    memory.words.textContent = HINT;
    memory.strokes.push([place(event)]);
    paint(memory);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (memory.pen !== event.pointerId) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    memory.strokes.at(-1).push(...(passed.length ? passed : [event]).map(place));
    paint(memory);
  });
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { memory.pen = null; }));
}

function build(memory) {
  memory.strokes = [];
  memory.canvas = el("canvas", { role: "img", "aria-label": "签名框，用手指或鼠标书写；不方便书写时，请上传签名照" });
  memory.words = el("p", { role: "status", class: "quiet" }, HINT);
  const undo = button("撤销一笔", "undo", () => { memory.strokes.pop(); paint(memory); });
  const clear = button("重写", "restart_alt", () => { memory.strokes = []; memory.words.textContent = HINT; paint(memory); });
  memory.host.append(el("div", { class: "paper" }, memory.canvas), memory.words,
    el("div", { class: "buttons" }, button("使用这个签名", "check", () => send(memory), "primary"), undo, clear));
  draw(memory);
  memory.watch = new ResizeObserver(() => paint(memory));
  memory.watch.observe(memory.canvas);
}

export default function drawSignature(component) {
  const memory = mounted(component, build);
  paint(memory);
}
