const LONGEST = 1920;                                          // px
const TROUBLE = {
  insecure: "当前网址不是安全连接，不能显示您的画面。", denied: "没有允许使用摄像头，不能显示您的画面。",
  missing: "没有找到摄像头。", busy: "摄像头被其他程序占用。", unknown: "摄像头没有打开。",
};

function build(memory) {
  memory.video = el("video", { autoplay: true, muted: true, playsinline: true, "aria-label": "您的画面" });
  memory.video.muted = true;
  memory.words = el("p", { role: "status", class: "quiet" });
  memory.again = button("重新打开摄像头", "videocam", () => open(memory));
  memory.again.hidden = true;
  memory.host.append(memory.video, memory.words, memory.again);
}

async function openCamera(memory) {
  try {
    const wanted = { facingMode: "user", width: { ideal: LONGEST }, height: { ideal: 1080 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    if (memory.gone || !memory.data.active) return stopStream(stream);
    memory.stream = stream;
    memory.trouble = "";
    memory.video.srcObject = stream;
    stream.getVideoTracks()[0].onended = () => { close(memory); showTrouble(memory, "unknown"); };
  } catch (error) { showTrouble(memory, cameraTrouble(error)); }
  return show(memory);
}

function open(memory) {
  memory.trouble = "";
  memory.opening ??= openCamera(memory).finally(() => { memory.opening = null; });
  return memory.opening;
}

function showTrouble(memory, kind) {
  memory.trouble = kind;
  show(memory);
}

function show(memory) {
  memory.video.hidden = !memory.stream;
  memory.words.textContent = TROUBLE[memory.trouble] ?? "";
  memory.again.hidden = !memory.trouble;
}

function close(memory) {
  stopStream(memory.stream);
  memory.stream = null;
  memory.video.srcObject = null;
}

const later = (ms) => new Promise((next) => { setTimeout(next, ms); });

async function pictureReady(memory) {
  await memory.opening;
  for (let turn = 0; turn < 50 && memory.stream && !memory.video.videoWidth; turn += 1) await later(100);
  return Boolean(memory.stream && memory.video.videoWidth);
}

function draw(video) {
  const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
  const canvas = el("canvas", { width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale) });
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function still(memory, nonce, url) {
  const end = (ok, reason, canvas) => memory.component.setStateValue("result",
    { nonce, ok, reason, width: canvas?.width ?? 0, height: canvas?.height ?? 0 });
  if (!await pictureReady(memory)) return end(false, `no_camera:${memory.trouble || "unknown"}`);
  const canvas = draw(memory.video);
  const picture = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.92); });
  try {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", body: picture,
      headers: { "content-type": "image/jpeg", "x-requested-with": "jianzheng" },
    });
    return end(answer.ok, answer.ok ? "" : "upload", canvas);
  } catch { return end(false, "upload", canvas); }
}

export default function selfie(component) {
  const memory = mounted(component, build);
  const { data } = memory;
  memory.host.classList.toggle("small", data.small);
  if (data.active && !memory.stream && !memory.trouble) open(memory);
  if (!data.active) close(memory);
  show(memory);
  const { command } = data;
  if (command?.op === "still" && onlyOnce(`still:${command.nonce}`)) still(memory, command.nonce, data.upload_url);
  return () => { memory.gone = true; close(memory); };
}
