// Four corners, TL TR BR BL, as shares of the picture. A finger moves one without covering it; a lens shows what is under it.
const NAMES = ["左上角", "右上角", "右下角", "左下角"];
const LENS_ZOOM = 3;
const LENS_PX = 120;
const STEP = 0.002;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HINT = "拖动四个圆点，对准证件的四个角。也可以用 Tab 选择，用方向键微调。";
const CROSSED = "四个角的位置不对，请把圆点分别放到左上、右上、右下、左下四个角。";

const inPicture = (share) => Math.max(0, Math.min(1, share));

// Convex and clockwise: every turn of the outline goes the same way.
const isFine = (quad) => quad.every(([x, y], n) => {
  const [[nextX, nextY], [afterX, afterY]] = [quad[(n + 1) % 4], quad[(n + 2) % 4]];
  return (nextX - x) * (afterY - nextY) - (nextY - y) * (afterX - nextX) > 0.001;
});

function paint(memory) {
  const { quad } = memory;
  memory.shape.setAttribute("points", quad.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
  quad.forEach(([x, y], n) => Object.assign(memory.handles[n].style, { left: `${x * 100}%`, top: `${y * 100}%` }));
  const fine = isFine(quad);
  memory.stage.dataset.fine = String(fine);
  memory.stage.dataset.quad = JSON.stringify(quad.map((place) => place.map((share) => Number(share.toFixed(4)))));
  memory.words.textContent = fine ? HINT : CROSSED;
  memory.use.setAttribute("aria-disabled", String(!fine));
}

function look(memory, n) {
  const { width, height } = memory.image.getBoundingClientRect();
  const [x, y] = memory.quad[n];
  const { lens } = memory;
  lens.hidden = false;
  Object.assign(lens.style, {
    left: x < 0.5 ? "auto" : ".5rem", right: x < 0.5 ? ".5rem" : "auto",
    backgroundSize: `${width * LENS_ZOOM}px ${height * LENS_ZOOM}px`,
    backgroundPosition: `${LENS_PX / 2 - x * width * LENS_ZOOM}px ${LENS_PX / 2 - y * height * LENS_ZOOM}px`,
  });
}

function move(memory, n, x, y) {
  memory.quad = memory.quad.map((place, other) => (other === n ? [inPicture(x), inPicture(y)] : place));
  paint(memory);
  look(memory, n);
}

function key(memory, n, event) {
  const way = ARROWS[event.key];
  if (!way) return;
  event.preventDefault();
  event.stopPropagation();
  const step = event.shiftKey ? STEP * 10 : STEP;
  const [x, y] = memory.quad[n];
  move(memory, n, x + way[0] * step, y + way[1] * step);
}

function handle(memory, n) {
  const node = el("button", { type: "button", class: "corner", "aria-label": `${NAMES[n]}，用方向键移动` });
  const release = () => { node.dataset.held = "false"; memory.held = null; memory.lens.hidden = true; };
  node.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    node.focus();
    node.setPointerCapture(event.pointerId);
    const box = memory.image.getBoundingClientRect();
    const [x, y] = memory.quad[n];
    memory.held = { dx: x * box.width - (event.clientX - box.left), dy: y * box.height - (event.clientY - box.top) };
    node.dataset.held = "true";
    look(memory, n);
  });
  node.addEventListener("pointermove", (event) => {
    if (!memory.held || node.dataset.held !== "true") return;
    const box = memory.image.getBoundingClientRect();
    move(memory, n, (event.clientX - box.left + memory.held.dx) / box.width, (event.clientY - box.top + memory.held.dy) / box.height);
  });
  ["pointerup", "pointercancel"].forEach((name) => node.addEventListener(name, release));
  node.addEventListener("keydown", (event) => key(memory, n, event));
  node.addEventListener("blur", () => { memory.lens.hidden = true; });
  return node;
}

function build(memory) {
  const { picture, quad } = memory.data;
  memory.quad = quad;
  memory.image = el("img", { src: picture, alt: "您的照片", draggable: "false" });
  memory.shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 100 100");
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.append(memory.shape);
  memory.lens = el("div", { class: "lens", hidden: true, "aria-hidden": "true" });
  memory.lens.style.backgroundImage = `url("${picture}")`;
  memory.handles = NAMES.map((_, n) => handle(memory, n));
  memory.stage = el("div", { class: "stage" }, memory.image, drawing, ...memory.handles, memory.lens);
  memory.words = el("p", { role: "status", class: "quiet" });
  memory.use = button("按这四个角裁切", "crop", () => { if (isFine(memory.quad)) report(memory, { quad: memory.quad }); }, "primary");
  const back = button("恢复", "restart_alt", () => { memory.quad = memory.data.quad; paint(memory); });
  memory.host.replaceChildren(memory.stage, memory.words, el("div", { class: "buttons" }, memory.use, back));
  paint(memory);
}

export default function corners(component) {
  const memory = mounted(component, () => {});
  const shown = JSON.stringify([memory.data.picture.length, memory.data.picture.slice(-64), memory.data.quad]);
  if (memory.shown === shown) return;
  memory.shown = shown;
  build(memory);
}
