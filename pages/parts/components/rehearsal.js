// Light, sharpness and sound are judged here; the place of the face by the server, from a small frame that it forgets.
const ROWS = { light: "光线", sharpness: "清晰度", face: "人脸位置", sound: "声音", uplink: "上传速度" };
const SIDE = 320;                                              // px, the size in which everything is judged
const LOOK_MS = 500;
const FACE_MS = 2000;
const LISTEN_MS = 12000;
const REPORT_MS = 5000;
const UPLINK_BYTES = 256 * 1024;
const UPLINK_MS = 15000;
const WANTED = {
  video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" },
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};
const VERDICTS = {
  light: {
    good: ["ok", "合适"], dark: ["warn", "偏暗", "请打开灯，或面向窗户、灯光坐。"],
    bright: ["warn", "太亮或背光", "请避开强光，不要背对窗户或灯光。"],
  },
  sharpness: {
    good: ["ok", "清楚"], dark: ["todo", "请先调整光线"],
    blurred: ["warn", "看不清楚", "请擦一擦镜头，把手机或摄像头放稳，离镜头半米左右。"],
  },
  face: {
    one: ["ok", "合适"], none: ["warn", "没有看到人脸", "请正对镜头，摘下帽子和口罩，不要遮住脸。"],
    several: ["warn", "镜头前不止一个人", "请独自在镜头前，背景中也不要有其他人。"],
    small: ["warn", "离镜头太远", "请靠近一些，让脸占画面高度的三分之一左右。"],
    aside: ["warn", "不在画面中间", "请移到画面中间，与镜头同高。"], unknown: ["todo", "暂时看不出"],
  },
  sound: {
    good: ["ok", "听得清楚"], listening: ["busy", "请说一句话，例如“您好”。"],
    asleep: ["busy", "请点一下画面，再说一句话。"],
    quiet: ["warn", "没有听到或声音太小", "请靠近麦克风再说一句，并确认麦克风没有静音。"],
    missing: ["warn", "麦克风没有打开", "请允许使用麦克风，并关闭正在使用它的程序。"],
  },
};
const TROUBLE = {
  insecure: "当前网址不是安全连接，不能显示您的画面。", denied: "没有允许使用摄像头，不能显示您的画面。",
  missing: "没有找到摄像头。", busy: "摄像头被其他程序占用。", unknown: "摄像头没有打开。",
};

function build(memory) {
  memory.video = el("video", { autoplay: true, muted: true, playsinline: true, hidden: true, "aria-label": "您的画面" });
  memory.video.muted = true;
  memory.words = el("p", { role: "status", class: "quiet" });
  memory.again = button("重新打开摄像头", "videocam", () => open(memory));
  memory.again.hidden = true;
  memory.level = levelMeter();
  memory.summary = el("p", { class: "summary", role: "status" });
  memory.canvas = el("canvas");
  memory.pen = memory.canvas.getContext("2d", { willReadFrequently: true });
  memory.host.append(memory.video, memory.words, memory.again, checkRows(memory, ROWS), memory.summary);
  memory.rows.sound.extra.append(memory.level);
  memory.found = { luma: null, dark: null, bright: null, sharpness: null, face: null, loudness: null, uplink_kbps: null, round_trip_ms: null };
  Object.assign(memory, { verdict: {}, before: {}, loudest: -100, heardFor: 0, askedAt: 0, reportedAt: 0, reported: "" });
  Object.keys(ROWS).forEach((name) => setCheck(memory, name, "busy", "正在看"));
  setCheck(memory, "uplink", "busy", "正在测量");
  memory.onVisible = () => { if (document.hidden) close(memory); else open(memory); };
  memory.wake = () => memory.audio?.resume();
  document.addEventListener("visibilitychange", memory.onVisible);
  document.addEventListener("pointerdown", memory.wake);
  memory.timer = setInterval(() => look(memory), LOOK_MS);
  if (!document.hidden) open(memory);
  measureUplink(memory);
}

// ---- camera and microphone ----
function open(memory) {
  if (!memory.stream) memory.opening ??= openBoth(memory).finally(() => { memory.opening = null; });
}

async function openBoth(memory) {
  let stream = null;
  memory.trouble = "";
  try { stream = await navigator.mediaDevices.getUserMedia(WANTED); }
  catch {
    try { stream = await navigator.mediaDevices.getUserMedia({ video: WANTED.video }); }
    catch (error) { memory.trouble = cameraTrouble(error); }
  }
  if (stream && (memory.gone || document.hidden)) return stopStream(stream);
  if (stream) attach(memory, stream);
  return showTrouble(memory);
}

function attach(memory, stream) {
  memory.stream = stream;
  memory.video.srcObject = stream;
  stream.getVideoTracks()[0].onended = () => { close(memory); memory.trouble = "unknown"; showTrouble(memory); };
  if (!stream.getAudioTracks().length) return judge(memory, "sound", "missing");
  memory.audio = new AudioContext();
  memory.analyser = memory.audio.createAnalyser();
  memory.analyser.fftSize = 32768;                             // more than half a second: nothing is missed between two looks
  memory.audio.createMediaStreamSource(stream).connect(memory.analyser);
  return null;
}

function showTrouble(memory) {
  memory.video.hidden = !memory.stream;
  memory.words.textContent = TROUBLE[memory.trouble] ?? "";
  memory.again.hidden = !memory.trouble;
}

function close(memory) {
  stopStream(memory.stream);
  memory.stream = null;
  memory.video.srcObject = null;
  if (memory.audio && memory.audio.state !== "closed") memory.audio.close();
  memory.audio = memory.analyser = null;
}

// ---- judging ----
function judge(memory, name, code) {
  if (memory.verdict[name] === code) return;
  memory.verdict[name] = code;
  setCheck(memory, name, ...VERDICTS[name][code]);
}

// A verdict changes when two looks agree, or it would flicker.
function judgeTwice(memory, name, code) {
  if (memory.before[name] === code) judge(memory, name, code);
  memory.before[name] = code;
}

function look(memory) {
  if (!memory.stream) return;
  if (memory.video.videoWidth) {
    const pixels = draw(memory);
    measurePicture(memory.found, pixels);
    judgePicture(memory);
    askFace(memory);
  }
  listen(memory);
  sum(memory);
}

function draw({ video, canvas, pen }) {
  const scale = SIDE / Math.max(video.videoWidth, video.videoHeight);
  const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  pen.drawImage(video, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}

function measurePicture(found, { data, width, height }) {
  const grey = new Float32Array(width * height);
  let [sum, dark, bright] = [0, 0, 0];
  for (let at = 0; at < grey.length; at += 1) {
    const luma = 0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2];
    grey[at] = luma;
    sum += luma;
    dark += luma < 25;
    bright += luma > 250;
  }
  found.luma = Math.round(sum / grey.length);
  found.dark = Math.round((100 * dark) / grey.length);
  found.bright = Math.round((100 * bright) / grey.length);
  found.sharpness = Math.round(laplacianVariance(grey, width, height));
}

function laplacianVariance(grey, width, height) {
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const edge = grey[at - width] + grey[at + width] + grey[at - 1] + grey[at + 1] - 4 * grey[at];
      sum += edge;
      squares += edge * edge;
      count += 1;
    }
  }
  return squares / count - (sum / count) ** 2;
}

function judgePicture(memory) {
  const { found, data: { limits } } = memory;
  const dark = found.luma < limits.dark_luma || found.dark > limits.dark_percent;
  const bright = found.luma > limits.bright_luma || found.bright > limits.bright_percent;
  judgeTwice(memory, "light", dark ? "dark" : bright ? "bright" : "good");
  judgeTwice(memory, "sharpness", dark ? "dark" : found.sharpness < limits.least_sharpness ? "blurred" : "good");
}

const HEADERS = { "x-requested-with": "jianzheng" };

async function askFace(memory) {
  if (memory.asking || !memory.lineDone || performance.now() - memory.askedAt < FACE_MS) return;
  memory.asking = true;
  memory.askedAt = performance.now();
  try {
    const body = await new Promise((done) => { memory.canvas.toBlob(done, "image/jpeg", 0.7); });
    const headers = { ...HEADERS, "content-type": "image/jpeg" };
    const answer = await fetchSoon(memory.data.face_url, 8000, { method: "POST", body, headers });
    memory.found.face = (await answer.json()).face;
  } catch { memory.found.face = null; }
  memory.asking = false;
  judge(memory, "face", memory.found.face in VERDICTS.face ? memory.found.face : "unknown");
}

function listen(memory) {
  const { analyser, found, data: { limits } } = memory;
  if (!analyser) return;
  if (memory.audio.state !== "running") { if (!memory.verdict.sound) judge(memory, "sound", "asleep"); return; }
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const now = Math.max(-100, 10 * Math.log10(power || 1e-10));
  setLevel(memory.level, (now + 60) * 2);
  memory.heardFor += LOOK_MS;
  memory.loudest = Math.max(memory.loudest, now);
  const loud = memory.loudest >= limits.least_loudness;
  if (loud || memory.heardFor >= LISTEN_MS) found.loudness = Math.round(Math.min(0, memory.loudest));
  judge(memory, "sound", loud ? "good" : memory.heardFor >= LISTEN_MS ? "quiet" : "listening");
}

// ---- the line ----
const send = (memory, bytes, ms) => {
  const body = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65536) crypto.getRandomValues(body.subarray(at, Math.min(bytes, at + 65536)));
  const headers = { ...HEADERS, "content-type": "application/octet-stream" };
  return fetchSoon(memory.data.uplink_url, ms, { method: "POST", body, headers });
};

async function timed(act) {
  const began = performance.now();
  await (await act()).arrayBuffer();
  return performance.now() - began;
}

async function uplinkKbps(memory, trip) {
  try {
    const took = await timed(() => send(memory, UPLINK_BYTES, UPLINK_MS));
    return Math.round((UPLINK_BYTES * 8) / Math.max(4, took - trip));
  } catch (error) {
    if (error.name === "AbortError") return Math.floor((UPLINK_BYTES * 8) / UPLINK_MS);
    throw error;
  }
}

async function measureUplink(memory) {
  const { found } = memory;
  try {
    const trips = [];
    for (let turn = 0; turn < 4; turn += 1) trips.push(await timed(() => send(memory, 1, 5000)));
    const trip = trips.slice(1).sort((a, b) => a - b)[1];      // the first one also opens the connection
    found.uplink_kbps = await uplinkKbps(memory, trip);
    found.round_trip_ms = Math.round(trip);
    const slow = found.uplink_kbps < memory.data.limits.least_uplink_kbps;
    memory.verdict.uplink = slow ? "slow" : "good";
    setCheck(memory, "uplink", slow ? "warn" : "ok", rateWords(found.uplink_kbps),
      slow ? "网速偏低，通话画面会小一些。建议连接无线网络，或到信号好的地方。" : "");
  } catch { setCheck(memory, "uplink", "todo", "暂时量不到"); }
  memory.lineDone = true;                                      // before that, frames would slow what is measured
}

// ---- what it comes to ----
function sum(memory) {
  const { verdict } = memory;
  if (!memory.lineDone || !verdict.light || !verdict.face || !verdict.sound) return;
  const poor = Object.values(memory.rows).filter((row) => row.item.dataset.state === "warn").length;
  const words = poor ? `有 ${poor} 项请留意，也可以直接开始视频通话。` : "画面和声音都合适。";
  if (verdict.sound !== "listening" && memory.summary.textContent !== words) memory.summary.textContent = words;
  const codes = JSON.stringify(verdict);
  if (codes === memory.reported || performance.now() - memory.reportedAt < REPORT_MS) return;
  Object.assign(memory, { reported: codes, reportedAt: performance.now() });
  report(memory, memory.found);
}

export default function rehearsal(component) {
  const memory = mounted(component, build);
  return () => {
    memory.gone = true;
    clearInterval(memory.timer);
    document.removeEventListener("visibilitychange", memory.onVisible);
    document.removeEventListener("pointerdown", memory.wake);
    close(memory);
  };
}
