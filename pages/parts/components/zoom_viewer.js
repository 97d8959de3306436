const CLOSEST = 8;
const STEP = 48;                                               // px an arrow key moves
const MOVES = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

const reset = (pane) => { Object.assign(pane, { scale: 1, x: 0, y: 0, angle: 0 }); paint(pane); };

function paint(pane) {
  const { width, height } = pane.frame.getBoundingClientRect();
  const room = (side) => (side * (pane.scale - 1)) / 2;
  pane.x = Math.max(-room(width), Math.min(room(width), pane.x));
  pane.y = Math.max(-room(height), Math.min(room(height), pane.y));
  const upright = pane.angle % 180 === 0;
  const fit = upright || !width ? 1 : Math.min(width, height) / Math.max(width, height);
  pane.image.style.transform = `translate(${pane.x}px, ${pane.y}px) rotate(${pane.angle}deg) scale(${pane.scale * fit})`;
  pane.frame.dataset.scale = pane.scale.toFixed(2);
  pane.frame.dataset.angle = String(pane.angle % 360);
}

// Zooms so that the point under the pointer stays where it is; px from the middle of the frame.
function zoom(pane, factor, px = 0, py = 0) {
  const before = pane.scale;
  pane.scale = Math.max(1, Math.min(CLOSEST, before * factor));
  const grown = pane.scale / before;
  pane.x = px - (px - pane.x) * grown;
  pane.y = py - (py - pane.y) * grown;
  paint(pane);
}

const turn = (pane) => { pane.angle += 90; paint(pane); };

const fromMiddle = (pane, event) => {
  const box = pane.frame.getBoundingClientRect();
  return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
};

function key(pane, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    r: () => turn(pane), z: () => (pane.scale > 1 ? reset(pane) : zoom(pane, 2.5)),
    "+": () => zoom(pane, 1.25), "=": () => zoom(pane, 1.25), "-": () => zoom(pane, 0.8), 0: () => reset(pane),
  };
  const move = pane.scale > 1 && MOVES[event.key];
  const action = move ? () => { pane.x += move[0]; pane.y += move[1]; paint(pane); } : actions[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}

function pointerMove(pane, event) {
  const before = pane.fingers.get(event.pointerId);
  if (!before) return;
  const others = [...pane.fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
  const now = [event.clientX, event.clientY];
  pane.fingers.set(event.pointerId, now);
  if (!others.length) {
    pane.x += now[0] - before[0];
    pane.y += now[1] - before[1];
    return paint(pane);
  }
  const apart = (place) => Math.max(1, Math.hypot(place[0] - others[0][0], place[1] - others[0][1]));
  const middle = { clientX: (now[0] + others[0][0]) / 2, clientY: (now[1] + others[0][1]) / 2 };
  return zoom(pane, apart(now) / apart(before), ...fromMiddle(pane, middle));
}

function listen(pane) {
  const { frame } = pane;
  frame.addEventListener("keydown", (event) => key(pane, event));
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(pane, event.deltaY < 0 ? 1.15 : 1 / 1.15, ...fromMiddle(pane, event));
  }, { passive: false });
  frame.addEventListener("pointerdown", (event) => {
    frame.setPointerCapture(event.pointerId);
    pane.fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  frame.addEventListener("pointermove", (event) => pointerMove(pane, event));
  ["pointerup", "pointercancel"].forEach((name) => frame.addEventListener(name, (event) => pane.fingers.delete(event.pointerId)));
  frame.addEventListener("dblclick", (event) => (pane.scale > 1 ? reset(pane) : zoom(pane, 2.5, ...fromMiddle(pane, event))));
}

function buildPane({ source, label }) {
  const image = el("img", { src: source, alt: label, draggable: "false" });
  const frame = el("div", { class: "frame", tabindex: 0, role: "group", "aria-label": `${label}，按 R 旋转，按 Z 放大或还原` }, image);
  const pane = { image, frame, fingers: new Map(), scale: 1, x: 0, y: 0, angle: 0 };
  listen(pane);
  pane.figure = el("figure", {}, frame, el("figcaption", {}, el("span", {}, label),
    iconButton(`放大${label}`, "zoom_in", () => zoom(pane, 1.5)), iconButton(`缩小${label}`, "zoom_out", () => zoom(pane, 1 / 1.5)),
    iconButton(`旋转${label}`, "rotate_90_degrees_cw", () => turn(pane)), iconButton(`还原${label}`, "restart_alt", () => reset(pane))));
  return pane;
}

export default function zoomViewer(component) {
  const memory = mounted(component, () => {});
  const pictures = memory.data.pictures ?? [];
  const shown = JSON.stringify(pictures.map((picture) => [picture.source.length, picture.source.slice(-64), picture.label]));
  if (memory.shown === shown) return;
  memory.shown = shown;
  memory.host.replaceChildren(...pictures.slice(0, 2).map((picture) => buildPane(picture).figure));
}
