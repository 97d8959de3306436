// Pictures side by side. A place ("pane") shows one of the views; where faces are compared each view begins at its face
// with the same room around it, so that faces stand at the same size, and linked places grow alike.
const CLOSEST = 12;
const NUDGE = 48;                                              // px an arrow key moves
const MOVES = { ArrowLeft: [NUDGE, 0], ArrowRight: [-NUDGE, 0], ArrowUp: [0, NUDGE], ArrowDown: [0, -NUDGE] };
const KEYS = [
  ["Tab", "到下一张图片"], ["Z", "放大，再按还原"], ["+ −", "放大、缩小"], ["方向键", "移动放大的图片"], ["R", "向右旋转 90 度"],
  ["[ ]", "调暗、调亮"], ["L", "几张图片一起缩放和移动"], ["M", "框选需要重拍的部分"], ["0", "还原"], ["F", "全屏"], ["?", "显示或收起按键说明"],
];
const WHOLE = [0, 0, 1, 1];
const AROUND = [2.2, 2.8];                                     // what is shown of a portrait, in sides of its face

const viewOf = (memory, pane) => memory.data.views.find((view) => view.key === pane.key) ?? memory.data.views[0];
const partOf = (memory, pane) => memory.parts.get(pane.key) ?? WHOLE;
const others = (memory, pane) => (memory.linked ? memory.panes : [pane]);

// ---- placing ----
function paint(memory, pane) {
  const { image, sheet, frame } = pane;
  if (!image.naturalWidth) return;
  const box = frame.getBoundingClientRect();
  const [x, y, width, height] = partOf(memory, pane);
  const [wide, high] = [image.naturalWidth, image.naturalHeight];
  const lying = pane.angle % 180 !== 0;
  const [seenWide, seenHigh] = lying ? [high * height, wide * width] : [wide * width, high * height];
  const fit = Math.min(box.width / seenWide, box.height / seenHigh);
  const scale = fit * pane.scale;
  const room = (side, seen) => Math.max(0, (seen * scale - side) / 2 + (pane.scale > 1 ? side / 4 : 0));
  pane.x = Math.max(-room(box.width, seenWide), Math.min(room(box.width, seenWide), pane.x));
  pane.y = Math.max(-room(box.height, seenHigh), Math.min(room(box.height, seenHigh), pane.y));
  Object.assign(sheet.style, { width: `${wide}px`, height: `${high}px` });
  const [middleX, middleY] = [(x + width / 2) * wide, (y + height / 2) * high];
  sheet.style.transform = `translate(${pane.x}px, ${pane.y}px) scale(${scale}) rotate(${pane.angle}deg) translate(${-middleX}px, ${-middleY}px)`;
  image.style.filter = pane.light === 1 ? "" : `brightness(${pane.light})`;
  sheet.style.setProperty("--thin", String(1 / scale));
  sheet.querySelectorAll(".spot").forEach((spot) => { spot.style.borderWidth = `${2.5 / scale}px`; });
  Object.assign(pane, { drawnScale: scale });
  Object.assign(frame.dataset, { scale: pane.scale.toFixed(2), angle: String(pane.angle % 360), light: pane.light.toFixed(2) });
}

const paintAll = (memory) => memory.panes.forEach((pane) => paint(memory, pane));

// Zooms so that what is under the pointer stays there; px from the middle of the frame.
function zoom(memory, pane, factor, px = 0, py = 0) {
  for (const each of others(memory, pane)) {
    const before = each.scale;
    each.scale = Math.max(1, Math.min(CLOSEST, before * factor));
    const grown = each.scale / before;
    each.x = px - (px - each.x) * grown;
    each.y = py - (py - each.y) * grown;
    paint(memory, each);
  }
}

function shift(memory, pane, dx, dy) {
  for (const each of others(memory, pane)) {
    each.x += dx;
    each.y += dy;
    paint(memory, each);
  }
}

function turn(memory, pane) {
  pane.angle = (pane.angle + 90) % 360;
  Object.assign(pane, { x: 0, y: 0 });
  paint(memory, pane);
}

function lighten(memory, pane, by) {
  pane.light = Math.max(0.3, Math.min(3, pane.light + by));
  pane.slider.value = String(pane.light);
  paint(memory, pane);
}

function reset(memory, pane) {
  for (const each of others(memory, pane)) {
    Object.assign(each, { scale: 1, x: 0, y: 0, angle: 0, light: 1 });
    each.slider.value = "1";
    paint(memory, each);
  }
}

const fromMiddle = (pane, event) => {
  const box = pane.frame.getBoundingClientRect();
  return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
};

// ---- marking ----
// From a place on the screen to shares of the picture: the transform of `paint` the other way round.
function inPicture(memory, pane, event) {
  const [x, y, width, height] = partOf(memory, pane);
  const { naturalWidth: wide, naturalHeight: high } = pane.image;
  const [px, py] = fromMiddle(pane, event);
  const [dx, dy] = [(px - pane.x) / pane.drawnScale, (py - pane.y) / pane.drawnScale];
  const angle = (-pane.angle * Math.PI) / 180;
  const right = dx * Math.cos(angle) - dy * Math.sin(angle) + (x + width / 2) * wide;
  const down = dx * Math.sin(angle) + dy * Math.cos(angle) + (y + height / 2) * high;
  return [right / wide, down / high].map((share) => Math.max(0, Math.min(1, share)));
}

const between = ([ax, ay], [bx, by]) => [Math.min(ax, bx), Math.min(ay, by), Math.abs(ax - bx), Math.abs(ay - by)];

const placeBox = (node, [x, y, width, height]) => Object.assign(node.style, {
  left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%`,
});

function mark(memory, on) {
  memory.marking = on;
  memory.host.dataset.marking = String(on);
  memory.marker.setAttribute("aria-pressed", String(on));
  memory.words.textContent = on ? "请在图片上拖动，框出需要重拍的部分。" : "";
}

function endMark(memory, pane, event) {
  const box = between(pane.from, inPicture(memory, pane, event));
  pane.from = null;
  pane.drawing.hidden = true;
  if (Math.min(box[2], box[3]) < 0.01) return;
  const view = viewOf(memory, pane);
  mark(memory, false);
  report(memory, { evidence: view.evidence, on: view.on, box });
}

// ---- spots of findings and marks ----
function point(memory, id, held) {
  memory.pointed = held ? id : memory.held ?? "";
  memory.host.querySelectorAll(".spot").forEach((spot) => { spot.dataset.on = String(spot.dataset.id === memory.pointed); });
}

function hold(memory, id) {
  memory.held = memory.held === id ? "" : id;
  const owner = memory.data.views.find((view) => view.spots.some((spot) => spot.id === id));
  if (memory.held && owner && !memory.panes.some((pane) => pane.key === owner.key)) choose(memory, memory.panes[0], owner.key);
  memory.list.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.id === memory.held)));
  point(memory, id, Boolean(memory.held));
}

function listSpots(memory) {
  const shown = new Set(memory.panes.map((pane) => pane.key));
  const spots = memory.data.views.filter((view) => shown.has(view.key)).flatMap((view) => view.spots);
  memory.list.replaceChildren(...spots.map((spot) => {
    const node = button(spot.text, spot.kind === "mark" ? "edit_square" : "troubleshoot", () => hold(memory, spot.id));
    node.dataset.id = spot.id;
    node.addEventListener("pointerenter", () => point(memory, spot.id, true));
    node.addEventListener("pointerleave", () => point(memory, spot.id, false));
    node.addEventListener("focus", () => point(memory, spot.id, true));
    node.addEventListener("blur", () => point(memory, spot.id, false));
    return el("li", {}, node);
  }));
  memory.list.hidden = !spots.length;
}

function drawSpots(memory, pane) {
  pane.sheet.querySelectorAll(".spot").forEach((spot) => spot.remove());
  for (const spot of viewOf(memory, pane).spots) {
    const node = el("div", { class: "spot", "data-id": spot.id, "data-kind": spot.kind, "data-on": String(spot.id === memory.held) });
    placeBox(node, spot.box);
    pane.sheet.append(node);
  }
}

// ---- one place ----
// A picture without a face that is found stands as a whole.
async function findFace(memory, view) {
  if (!view.face || memory.asked.has(view.key)) return;
  memory.asked.add(view.key);
  const answer = await fetchSoon(view.face, 20_000).then((reply) => reply.json()).catch(() => ({}));
  if (!answer.face) return;
  const [x, y, width, height] = answer.face;
  memory.parts.set(view.key, [
    x + (width * (1 - AROUND[0])) / 2, y + (height * (1 - AROUND[1])) / 2 + height * 0.1, width * AROUND[0], height * AROUND[1],
  ]);
  memory.panes.filter((pane) => pane.key === view.key).forEach((pane) => paint(memory, pane));
}

function choose(memory, pane, key) {
  pane.key = key;
  const view = viewOf(memory, pane);
  pane.select.value = view.key;
  pane.broken.hidden = true;
  Object.assign(pane, { scale: 1, x: 0, y: 0, angle: 0, light: 1 });
  pane.slider.value = "1";
  if (pane.image.getAttribute("src") !== view.source) pane.image.src = view.source;
  pane.image.alt = view.label;
  pane.frame.setAttribute("aria-label", `${view.label}，按问号键查看按键说明`);
  drawSpots(memory, pane);
  paint(memory, pane);
  findFace(memory, view);
  listSpots(memory);
}

function onKey(memory, pane, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    r: () => turn(memory, pane), z: () => (pane.scale > 1 ? reset(memory, pane) : zoom(memory, pane, 2.5)),
    "+": () => zoom(memory, pane, 1.25), "=": () => zoom(memory, pane, 1.25), "-": () => zoom(memory, pane, 0.8), 0: () => reset(memory, pane),
    "[": () => lighten(memory, pane, -0.15), "]": () => lighten(memory, pane, 0.15), l: () => link(memory, !memory.linked),
    m: () => mark(memory, !memory.marking), f: () => fullscreen(memory), "?": () => help(memory), escape: memory.marking ? () => mark(memory, false) : null,
  };
  const move = pane.scale > 1 && MOVES[event.key];
  const action = move ? () => shift(memory, pane, ...move) : actions[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}

function pointerDown(memory, pane, event) {
  pane.frame.setPointerCapture(event.pointerId);
  if (memory.marking && viewOf(memory, pane).markable) {
    pane.from = inPicture(memory, pane, event);
    placeBox(pane.drawing, [...pane.from, 0, 0]);
    pane.drawing.style.borderWidth = `${2 / pane.drawnScale}px`;
    pane.drawing.hidden = false;
    return;
  }
  if (memory.marking) memory.words.textContent = "这张图片不由客户重拍，不能标注。";
  pane.fingers.set(event.pointerId, [event.clientX, event.clientY]);
}

function pointerMove(memory, pane, event) {
  if (pane.from) { placeBox(pane.drawing, between(pane.from, inPicture(memory, pane, event))); return; }
  const before = pane.fingers.get(event.pointerId);
  if (!before) return;
  const now = [event.clientX, event.clientY];
  const [other] = [...pane.fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  pane.fingers.set(event.pointerId, now);
  if (!other) { shift(memory, pane, now[0] - before[0], now[1] - before[1]); return; }
  const apart = (at) => Math.max(1, Math.hypot(at[0] - other[0], at[1] - other[1]));
  const middle = { clientX: (now[0] + other[0]) / 2, clientY: (now[1] + other[1]) / 2 };
  zoom(memory, pane, apart(now) / apart(before), ...fromMiddle(pane, middle));
}

function pointerUp(memory, pane, event) {
  pane.fingers.delete(event.pointerId);
  if (pane.from) endMark(memory, pane, event);
}

function listen(memory, pane) {
  const { frame } = pane;
  frame.addEventListener("keydown", (event) => onKey(memory, pane, event));
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(memory, pane, event.deltaY < 0 ? 1.15 : 1 / 1.15, ...fromMiddle(pane, event));
  }, { passive: false });
  frame.addEventListener("pointerdown", (event) => pointerDown(memory, pane, event));
  frame.addEventListener("pointermove", (event) => pointerMove(memory, pane, event));
  ["pointerup", "pointercancel"].forEach((name) => frame.addEventListener(name, (event) => pointerUp(memory, pane, event)));
  frame.addEventListener("dblclick", (event) => (pane.scale > 1 ? reset(memory, pane) : zoom(memory, pane, 2.5, ...fromMiddle(pane, event))));
}

function buildPane(memory, key) {
  const pane = { key, fingers: new Map(), scale: 1, x: 0, y: 0, angle: 0, light: 1 };
  pane.image = el("img", { draggable: "false" });
  pane.image.addEventListener("load", () => paint(memory, pane));
  pane.image.addEventListener("error", () => { pane.broken.hidden = false; });
  pane.drawing = el("div", { class: "drawing", hidden: true });
  pane.sheet = el("div", { class: "sheet" }, pane.image, pane.drawing);
  pane.broken = el("p", { class: "broken", hidden: true }, "图片没有打开，请刷新页面再试");
  pane.frame = el("div", { class: "frame", tabindex: 0, role: "group" }, pane.sheet, pane.broken);
  pane.slider = el("input", {
    type: "range", min: 0.3, max: 3, step: 0.05, value: 1, "aria-label": "亮度", title: "亮度",
    oninput: (event) => { pane.light = Number(event.target.value); paint(memory, pane); },
  });
  pane.select = el("select", { "aria-label": "选择图片", onchange: (event) => choose(memory, pane, event.target.value) },
    ...memory.data.views.map((view) => el("option", { value: view.key }, view.label)));
  pane.figure = el("figure", {}, pane.frame, el("figcaption", {}, pane.select, pane.slider,
    iconButton("放大", "zoom_in", () => zoom(memory, pane, 1.5)), iconButton("缩小", "zoom_out", () => zoom(memory, pane, 1 / 1.5)),
    iconButton("旋转", "rotate_90_degrees_cw", () => turn(memory, pane)), iconButton("还原", "restart_alt", () => reset(memory, pane))));
  listen(memory, pane);
  return pane;
}

// ---- the whole ----
function link(memory, on) {
  memory.linked = on;
  memory.linker.setAttribute("aria-pressed", String(on));
}

const help = (memory) => { memory.keys.hidden = !memory.keys.hidden; };

const fullscreen = (memory) => (document.fullscreenElement || memory.host.getRootNode().fullscreenElement
  ? document.exitFullscreen() : memory.host.requestFullscreen?.());

function build(memory) {
  const { shown, linked } = memory.data;
  Object.assign(memory, { held: "", parts: new Map(), asked: new Set() });
  memory.linker = iconButton("一起缩放和移动", "link", () => link(memory, !memory.linked));
  memory.marker = button("框选标注", "ink_selection", () => mark(memory, !memory.marking));
  memory.marker.hidden = !memory.data.views.some((view) => view.markable);
  memory.words = el("span", { role: "status", class: "quiet" });
  memory.keys = el("div", { class: "keys", hidden: true }, ...KEYS.map(([name, words]) => el("p", {}, el("kbd", {}, name), ` ${words}`)));
  memory.list = el("ul", { class: "points", "aria-label": "图片上的发现和标注" });
  memory.panes = shown.map((key) => buildPane(memory, key));
  const bar = el("div", { class: "bar" }, memory.marker, memory.words, el("span", { class: "gap" }), memory.linker,
    iconButton("全屏", "fullscreen", () => fullscreen(memory)), iconButton("按键说明", "help", () => help(memory)));
  memory.host.replaceChildren(bar, memory.keys,
    el("div", { class: "panes", "data-count": String(shown.length) }, ...memory.panes.map((pane) => pane.figure)), memory.list);
  link(memory, linked);
  mark(memory, false);
  memory.panes.forEach((pane) => choose(memory, pane, pane.key));
  memory.watch?.disconnect();
  memory.watch = new ResizeObserver(() => paintAll(memory));
  memory.panes.forEach((pane) => memory.watch.observe(pane.frame));
}

const sameViews = (memory) => JSON.stringify([memory.data.shown, memory.data.views.map((view) => [view.key, view.label, view.source, view.face])]);

export default function station(component) {
  const memory = mounted(component, () => {});
  const shown = sameViews(memory);
  if (memory.shown !== shown) {
    memory.shown = shown;
    build(memory);
  } else {
    memory.panes.forEach((pane) => { drawSpots(memory, pane); paint(memory, pane); });
    listSpots(memory);
  }
  const { pointed } = memory.data;
  if (pointed && pointed !== memory.lastPointed) {
    memory.held = "";
    hold(memory, pointed.split("#")[0]);
  }
  memory.lastPointed = pointed;
  return () => memory.watch?.disconnect();
}
