// Looks at small frames of the camera, says what to change, and takes the picture in the camera's full size.
const LOOK_MS = 120;
const GOOD_MS = 600;
const LOOK_PX = 360;                                           // width of the frame's inside when it is looked at
const RIM = 0.07;                                              // share around the frame that is looked at with it
const SHAPES = { card: { aspect: 85.6 / 54, share: 0.9 }, page: { aspect: 210 / 297, share: 0.86 }, face: { aspect: 0.78, share: 0.62 } };
const LIMITS = { night: 38, dark: 60, glare: 0.012, white: 0.45, sharp: 0.055, moved: 9, side: 0.45 };
const MOST_BYTES = 9_000_000;
const LONGEST = 4096;                                          // px
const SAID = {
  dark: "光线太暗，请换到亮一些的地方", moved: "请拿稳，不要晃动", place: "请把证件放进框内，四边对齐",
  page: "请把整页放进框内，四边对齐", blurred: "画面不够清楚，请拿稳，稍等对焦", glare: "有反光，请稍微倾斜或避开灯光",
  good: "很好，请保持不动", face: "请正对镜头，手持证件放在脸旁，都在画面内", manual: "对齐后请按“拍照”",
};
const TROUBLE = {
  insecure: "当前网址不是安全连接，不能使用摄像头。", denied: "没有允许使用摄像头。请在浏览器设置中允许后再试。",
  missing: "没有找到摄像头。", busy: "摄像头被其他程序占用，请关闭后再试。", unknown: "摄像头没有打开。",
};
const ELSE = { true: "您也可以在下方上传照片。", false: "这张照片需要现场拍摄。请换用有摄像头的设备，或到营业部办理。" };

// ---- what the frames show ----
function greyOf(pixels) {
  const grey = new Float32Array(pixels.length / 4);
  for (let n = 0; n < grey.length; n += 1) grey[n] = 0.299 * pixels[4 * n] + 0.587 * pixels[4 * n + 1] + 0.114 * pixels[4 * n + 2];
  return grey;
}

// Share of 6x6 cells that are burnt out: a reflex is a patch, not a white letter.
function glareOf(pixels, width, height) {
  let burnt = 0;
  let cells = 0;
  for (let y = 0; y + 6 <= height; y += 6) for (let x = 0; x + 6 <= width; x += 6) {
    let least = 255;
    for (let dy = 0; dy < 6; dy += 1) for (let dx = 0; dx < 6; dx += 1) {
      const n = 4 * ((y + dy) * width + x + dx);
      least = Math.min(least, pixels[n], pixels[n + 1], pixels[n + 2]);
    }
    cells += 1;
    burnt += least >= 250 ? 1 : 0;
  }
  return burnt / cells;
}

// Second differences against the contrast there is: falls when the picture is out of focus or shaken.
function sharpOf(grey, width, height) {
  let bend = 0;
  let sum = 0;
  let square = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y += 1) for (let x = 1; x < width - 1; x += 1) {
    const n = y * width + x;
    const second = 4 * grey[n] - grey[n - 1] - grey[n + 1] - grey[n - width] - grey[n + width];
    bend += second * second;
    sum += grey[n];
    square += grey[n] * grey[n];
    count += 1;
  }
  const spread = square / count - (sum / count) ** 2;
  return spread < 20 ? 0 : bend / count / spread;
}

// For each side of the frame: the share of its length along which an edge runs close to it.
function sidesOf(grey, width, height, [across, down]) {
  const found = (length, reach, at) => {
    let hits = 0;
    for (let along = Math.round(length * 0.15); along < length * 0.85; along += 2) {
      let best = 0;
      for (let depth = -reach; depth <= reach; depth += 1) best = Math.max(best, Math.abs(at(along, depth + 1) - at(along, depth - 1)));
      hits += best > 22 ? 1 : 0;
    }
    return hits / (length * 0.35);
  };
  const pick = (x, y) => grey[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
  return Math.min(
    found(width, down, (along, depth) => pick(along, down + depth)), found(width, down, (along, depth) => pick(along, height - down + depth)),
    found(height, across, (along, depth) => pick(across + depth, along)), found(height, across, (along, depth) => pick(width - across + depth, along)));
}

function movedOf(grey, before) {
  if (before?.length !== grey.length) return 0;
  let sum = 0;
  for (let n = 0; n < grey.length; n += 3) sum += Math.abs(grey[n] - before[n]);
  return sum / (grey.length / 3);
}

// Where the frame lies in the video's own pixels, and in shares of what is shown.
function holeOf(memory) {
  const { videoWidth, videoHeight } = memory.video;
  const { aspect, share } = SHAPES[memory.data.frame];
  const width = Math.min(videoWidth * share, videoHeight * share * aspect);
  const height = width / aspect;
  return { x: (videoWidth - width) / 2, y: (videoHeight - height) / 2, width, height };
}

// What is looked at around the frame ends before the picture does, or its end would count as the edge of a card that is cut off.
const rimOf = (hole) => [Math.min(hole.width * RIM, 0.9 * hole.x), Math.min(hole.height * RIM, 0.9 * hole.y)];

function look(memory) {
  const hole = holeOf(memory);
  const width = LOOK_PX;
  const height = Math.round((LOOK_PX * hole.height) / hole.width);
  Object.assign(memory.small, { width, height });
  const pen = memory.small.getContext("2d", { willReadFrequently: true });
  const [rimX, rimY] = rimOf(hole);
  pen.drawImage(memory.video, hole.x - rimX, hole.y - rimY, hole.width + 2 * rimX, hole.height + 2 * rimY, 0, 0, width, height);
  const inner = [Math.round((width * rimX) / (hole.width + 2 * rimX)), Math.round((height * rimY) / (hole.height + 2 * rimY))];
  const { data: pixels } = pen.getImageData(0, 0, width, height);
  const grey = greyOf(pixels);
  const seen = {
    light: grey.reduce((sum, value) => sum + value, 0) / grey.length, glare: glareOf(pixels, width, height),
    sharp: sharpOf(grey, width, height), sides: sidesOf(grey, width, height, inner), moved: movedOf(grey, memory.before),
  };
  memory.before = grey;
  return seen;
}

function judge(frame, seen) {
  // A dark table is what the manual advises: only a card in the frame can be too dark, or a picture without any light.
  if (seen.light < LIMITS.night) return "dark";
  if (frame === "face") return seen.moved > LIMITS.moved ? "moved" : "face";
  if (seen.sides < LIMITS.side) return frame === "page" ? "page" : "place";
  if (seen.light < LIMITS.dark) return "dark";
  if (seen.moved > LIMITS.moved) return "moved";
  if (seen.sharp < LIMITS.sharp) return "blurred";
  if (seen.glare > LIMITS.glare && seen.glare < LIMITS.white) return "glare";
  return "good";
}

function tick(memory) {
  const { video, data } = memory;
  if (memory.state !== "live" || !video.videoWidth) return;
  place(memory);
  const seen = look(memory);
  const word = judge(data.frame, seen);
  const now = performance.now();
  memory.goodSince = word === "good" ? memory.goodSince ?? now : null;
  memory.view.dataset.good = String(word === "good" || word === "face");
  memory.host.dataset.seen = JSON.stringify(Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, Number(value.toFixed(3))])));
  say(memory, word === "good" && !data.auto ? "manual" : word);
  if (data.auto && memory.goodSince !== null && now - memory.goodSince >= GOOD_MS) take(memory);
}

// A word changes at most twice a second, so that it can be read and is not read out all the time.
function say(memory, word) {
  const now = performance.now();
  if (memory.word === word || now - (memory.saidAt ?? 0) < 500) return;
  Object.assign(memory, { word, saidAt: now });
  memory.said.textContent = SAID[word];
}

function place(memory) {
  const { videoWidth, videoHeight } = memory.video;
  const hole = holeOf(memory);
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(memory.hole.style, {
    left: percent(hole.x, videoWidth), top: percent(hole.y, videoHeight),
    width: percent(hole.width, videoWidth), height: percent(hole.height, videoHeight),
  });
}

// ---- the camera ----
async function open(memory) {
  enter(memory, "opening");
  try {
    const facing = memory.data.frame === "face" ? "user" : "environment";
    const wish = { facingMode: { ideal: facing }, width: { ideal: 4096 }, height: { ideal: 3072 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wish });
    if (memory.gone) return stopStream(stream);
    memory.stream = stream;
    memory.video.srcObject = stream;
    [memory.track] = stream.getVideoTracks();
    memory.track.onended = () => fail(memory, "unknown");
    memory.lamp = false;
    memory.torch.hidden = !memory.track.getCapabilities?.().torch;
    enter(memory, "live");
    memory.view.scrollIntoView({ block: "nearest" });
    return memory.shutter.focus();
  } catch (error) { return fail(memory, cameraTrouble(error)); }
}

function close(memory) {
  stopStream(memory.stream);
  Object.assign(memory, { stream: null, before: null, goodSince: null });
  memory.video.srcObject = null;
}

function fail(memory, kind) {
  close(memory);
  memory.trouble.textContent = `${TROUBLE[kind]}${ELSE[memory.data.upload]}`;
  enter(memory, "idle");
}

async function light(memory) {
  memory.lamp = !memory.lamp;
  await memory.track.applyConstraints({ advanced: [{ torch: memory.lamp }] }).catch(() => { memory.torch.hidden = true; });
  memory.torch.setAttribute("aria-pressed", String(memory.lamp));
}

const drawn = (source, width, height) => {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = el("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.93); });
};

const within = (promise, ms) => Promise.race([promise, new Promise((_, late) => { setTimeout(() => late(new Error("late")), ms); })]);

// The camera's own photo where the browser has it, larger than its video; else the frame that is shown.
async function photo(memory) {
  const { video, track } = memory;
  const shown = await drawn(video, video.videoWidth, video.videoHeight);
  if (typeof ImageCapture === "undefined") return shown;
  try {
    const full = await within(new ImageCapture(track).takePhoto(), 4000);
    const bitmap = await createImageBitmap(full);
    if (bitmap.width * bitmap.height <= video.videoWidth * video.videoHeight) return shown;
    return full.type === "image/jpeg" && full.size <= MOST_BYTES ? full : await drawn(bitmap, bitmap.width, bitmap.height);
  } catch { return shown; }
}

async function take(memory) {
  if (memory.state !== "live") return;
  enter(memory, "taking");
  memory.said.textContent = "正在拍照…";
  memory.picture = await photo(memory);
  close(memory);
  if (memory.address) URL.revokeObjectURL(memory.address);
  memory.address = URL.createObjectURL(memory.picture);
  memory.image.src = memory.address;
  memory.trouble.textContent = "";
  enter(memory, "taken");
  memory.use.focus();
}

async function send(memory) {
  if (memory.state !== "taken") return;
  enter(memory, "sending");
  memory.trouble.textContent = "正在上传…";
  const refused = await handOver(memory.data.upload_url, memory.picture);
  memory.trouble.textContent = refused;
  if (refused) return enter(memory, "taken");
  enter(memory, "idle");
  return report(memory, { ok: true });
}

function enter(memory, state) {
  memory.state = state;
  memory.host.dataset.state = state;
  const live = state === "live" || state === "taking";
  const taken = state === "taken" || state === "sending";
  memory.view.hidden = !live && !taken;
  for (const node of [memory.video, memory.hole, memory.said]) node.hidden = !live;
  memory.image.hidden = !taken;
  memory.start.hidden = live || taken;
  memory.start.setAttribute("aria-disabled", String(state === "opening"));
  memory.liveButtons.hidden = !live;
  memory.takenButtons.hidden = !taken;
}

function build(memory) {
  const { title, frame } = memory.data;
  memory.video = el("video", { autoplay: true, muted: true, playsinline: true, "aria-label": `${title}，摄像头画面` });
  memory.video.muted = true;
  memory.small = el("canvas");
  memory.hole = el("div", { class: "hole" });
  memory.said = el("p", { class: "said", role: "status" });
  memory.image = el("img", { alt: `刚拍的${title}` });
  memory.view = el("div", { class: "view", "data-frame": frame }, memory.video, memory.hole, memory.said, memory.image);
  memory.start = button(`用摄像头拍摄${title}`, "photo_camera", () => { if (memory.state === "idle") open(memory); }, "wide");
  memory.shutter = button("拍照", "camera", () => take(memory), "primary");
  memory.torch = iconButton("补光灯", "flashlight_on", () => light(memory));
  memory.use = button("使用这张", "check", () => send(memory), "primary");
  memory.liveButtons = el("div", { class: "buttons" }, memory.shutter, memory.torch, button("取消", "close", () => { close(memory); enter(memory, "idle"); }));
  memory.takenButtons = el("div", { class: "buttons" }, memory.use, button("重拍", "refresh", () => open(memory)));
  memory.trouble = el("p", { class: "trouble", role: "status" });
  memory.host.append(memory.view, memory.liveButtons, memory.takenButtons, memory.start, memory.trouble);
  enter(memory, "idle");
}

// The camera is not left on behind another tab.
const hide = (memory) => {
  if (document.hidden && memory.state === "live") { close(memory); enter(memory, "idle"); }
};

export default function capture(component) {
  const memory = mounted(component, build);
  memory.gone = false;
  clearInterval(memory.timer);
  memory.timer = setInterval(() => tick(memory), LOOK_MS);
  memory.hiding ??= () => hide(memory);
  document.addEventListener("visibilitychange", memory.hiding);
  return () => {
    memory.gone = true;
    clearInterval(memory.timer);
    document.removeEventListener("visibilitychange", memory.hiding);
    close(memory);
  };
}
