const ROWS = {
  secure: "安全连接", webrtc: "视频通话", crypto: "数字证书", camera: "摄像头",
  microphone: "麦克风", rtt: "网络延迟", down: "下载速度", speaker: "扬声器",
};
const IN_APP = [
  [/MicroMessenger/i, "微信"], [/DingTalk/i, "钉钉"], [/AlipayClient/i, "支付宝"], [/\bQQ\//i, "QQ"],
  [/Weibo/i, "微博"], [/aweme|BytedanceWebview/i, "抖音"], [/Lark|Feishu/i, "飞书"],
];
const NEW_BROWSER = "请换用最新版的 Chrome、Edge、Safari 或手机自带浏览器。";

const inAppName = () => IN_APP.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? "";

const platform = () => {
  const agent = navigator.userAgent;
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios";
  return /Android/.test(agent) ? "android" : "desktop";
};

const howToAllow = (what) => ({
  ios: `请打开手机“设置”，进入“应用”中的浏览器（如 Safari），把“${what}”改为“允许”，再回到本页重新检测。`,
  android: `请点网址左侧的图标，在“权限”中允许使用${what}。仍然不行时，打开手机“设置”中的“应用”，找到浏览器，在“权限”中允许${what}。`,
  desktop: `请点地址栏左侧的图标，把“${what}”改为“允许”，再重新检测。苹果电脑还要在“系统设置”的“隐私与安全性”中勾选浏览器。`,
})[platform()];

const mediaTrouble = (kind, what) => ({
  insecure: ["当前网址不是安全连接，浏览器不开放" + what + "。", "请用营业部提供的 https 网址重新打开本页。"],
  denied: [`您或系统没有允许使用${what}。`, howToAllow(what)],
  missing: [`没有找到${what}。`, `请接好${what}后重新检测，或换一台有${what}的手机或电脑。`],
  busy: [`${what}被其他程序占用。`, "请关闭正在使用它的程序（如视频会议、微信通话、相机）后重新检测。"],
  unknown: [`${what}没有打开。`, "请刷新页面后重新检测，仍然不行时请换一台手机或电脑。"],
})[kind];

function build(memory) {
  memory.inapp = inAppName();
  memory.video = el("video", { autoplay: true, muted: true, playsinline: true, hidden: true, "aria-label": "您的摄像头画面" });
  memory.video.muted = true;
  memory.level = levelMeter();
  memory.start = button("开始检测", "play_arrow", () => run(memory), "primary wide");
  memory.summary = el("p", { class: "summary", role: "status" });
  memory.host.append(
    ...(memory.inapp ? [inAppPage(memory)] : []),
    memory.video, checkRows(memory, ROWS), memory.start, memory.summary);
  memory.rows.microphone.extra.append(memory.level);
  memory.level.hidden = true;
  Object.keys(ROWS).forEach((name) => setCheck(memory, name, "todo", "未检测"));
  memory.found = { camera: { ok: false }, microphone: { ok: false }, speaker: { ok: false }, rtt_ms: null, down_kbps: null };
  checkBrowser(memory).then(() => { if (memory.inapp) send(memory); });
}

function inAppPage(memory) {
  const copied = el("span", { role: "status" });
  const copy = async () => {
    try { await navigator.clipboard.writeText(location.href); copied.textContent = "网址已复制，请粘贴到浏览器中打开。"; }
    catch { copied.textContent = "没能复制，请手动输入网址。"; }
  };
  const where = platform() === "ios" ? "在 Safari 中打开" : "在浏览器中打开";
  return el("section", { class: "inapp", "aria-label": "请换到浏览器" },
    el("p", {}, icon("open_in_browser"), el("strong", {}, `您正在${memory.inapp}中打开本页`)),
    el("p", {}, `${memory.inapp}内置的浏览器可能无法视频和签署。请点右上角的“…”，选择“${where}”。`),
    el("p", {}, button("复制网址", "content_copy", copy)), copied);
}

// ---- browser ----
const canStoreKeys = () => new Promise((done) => {
  if (!globalThis.crypto?.subtle || typeof indexedDB === "undefined") return done(false);
  try {
    const opening = indexedDB.open("jianzheng-check");
    opening.onsuccess = () => { opening.result.close(); indexedDB.deleteDatabase("jianzheng-check"); done(true); };
    opening.onerror = opening.onblocked = () => done(false);
  } catch { done(false); }
});

async function checkBrowser(memory) {
  const found = memory.found;
  found.secure = isSecureContext;
  found.webrtc = typeof RTCPeerConnection !== "undefined" && Boolean(navigator.mediaDevices?.getUserMedia);
  found.crypto = await canStoreKeys();
  const insecure = mediaTrouble("insecure", "摄像头");
  setCheck(memory, "secure", ...(found.secure ? ["ok", "连接安全"] : ["bad", ...insecure]));
  setCheck(memory, "webrtc", ...(found.webrtc ? ["ok", "浏览器支持"] : found.secure ? ["bad", "此浏览器不支持视频通话。", NEW_BROWSER] : ["bad", ...insecure]));
  setCheck(memory, "crypto", ...(found.crypto ? ["ok", "浏览器支持"] : ["bad", "此浏览器不能保存数字证书。", "请关闭无痕（隐私）模式。" + NEW_BROWSER]));
}

// ---- camera and microphone ----
const VIDEO = { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: "user" };

async function openDevices(memory) {
  const media = navigator.mediaDevices;
  try {
    return { stream: await media.getUserMedia({ video: VIDEO, audio: true }) };
  } catch (both) {
    if (!media) return { camera: both, microphone: both };
  }
  const opened = { stream: new MediaStream() };
  for (const [name, wanted] of [["camera", { video: VIDEO }], ["microphone", { audio: true }]]) {
    try { (await media.getUserMedia(wanted)).getTracks().forEach((track) => opened.stream.addTrack(track)); }
    catch (error) { opened[name] = error; }
  }
  return opened;
}

function checkCamera(memory, opened) {
  const track = opened.stream?.getVideoTracks()[0];
  if (!track) return setCheck(memory, "camera", "bad", ...mediaTrouble(cameraTrouble(opened.camera), "摄像头"));
  const { width = 0, height = 0, frameRate = 0 } = track.getSettings();
  memory.video.srcObject = opened.stream;
  memory.video.hidden = false;
  memory.found.camera = { ok: true, label: track.label, width, height };
  return setCheck(memory, "camera", "ok", `${track.label || "已打开"} · ${width}×${height} · ${Math.round(frameRate)}\u00a0帧/秒`);
}

async function checkMicrophone(memory, opened) {
  if (!opened.stream?.getAudioTracks().length) {
    return setCheck(memory, "microphone", "bad", ...mediaTrouble(cameraTrouble(opened.microphone), "麦克风"));
  }
  setCheck(memory, "microphone", "busy", "请说一句话，例如“您好”。");
  memory.level.hidden = false;
  const peak = await loudest(memory, opened.stream);
  memory.level.hidden = true;
  memory.found.microphone = { ok: peak > 0.01, peak: Math.round(peak * 1000) / 1000 };
  return setCheck(memory, "microphone", ...(peak > 0.01 ? ["ok", "听到了声音"]
    : ["bad", "没有听到声音。", "请确认麦克风没有静音，靠近一些再说一遍，然后重新检测。"]));
}

async function loudest(memory, stream) {
  const analyser = memory.audio.createAnalyser();
  const source = memory.audio.createMediaStreamSource(stream);
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let peak = 0;
  for (let turn = 0; turn < 60 && !memory.gone && (turn < 15 || peak < 0.05); turn += 1) {
    await new Promise((next) => { setTimeout(next, 80); });
    analyser.getFloatTimeDomainData(samples);
    const now = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    setLevel(memory.level, now * 150);
    peak = Math.max(peak, now);
  }
  source.disconnect();
  return peak;
}

// ---- network ----
async function checkRoundTrip(memory) {
  const times = [];
  try {
    for (let turn = 0; turn < 6; turn += 1) {
      const began = performance.now();
      await (await fetchSoon(memory.data.health_url, 5000)).arrayBuffer();
      times.push(performance.now() - began);
    }
  } catch { return setCheck(memory, "rtt", "warn", "暂时量不到。", "请检查网络后重新检测。"); }
  const median = times.slice(1).sort((a, b) => a - b)[2];      // the first one also opens the connection
  memory.found.rtt_ms = Math.round(median * 10) / 10;
  const slow = median > memory.data.most_rtt_ms;
  return setCheck(memory, "rtt", slow ? "warn" : "ok", `${Math.max(1, Math.round(median))} 毫秒`,
    slow ? "延迟偏高，视频可能不流畅。建议连接无线网络，或到信号好的地方。" : "");
}

async function checkDownload(memory) {
  let bytes = 0;
  const began = performance.now();
  try {
    const reader = (await fetchSoon(memory.data.probe_url, 15000)).body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      if (performance.now() - began > 8000) { await reader.cancel(); break; }
    }
  } catch { return setCheck(memory, "down", "warn", "暂时量不到。", "请检查网络后重新检测。"); }
  const kbps = Math.round((bytes * 8) / Math.max(1, performance.now() - began));
  memory.found.down_kbps = kbps;
  const slow = kbps < memory.data.least_down_kbps;
  return setCheck(memory, "down", slow ? "warn" : "ok", rateWords(kbps),
    slow ? "网速偏低，视频可能不清楚。建议连接无线网络，或到信号好的地方。" : "");
}

// ---- speaker ----
function playTone(audio) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.15;
  tone.frequency.value = 660;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.8);
}

function checkSpeaker(memory) {
  const { extra } = memory.rows.speaker;
  setCheck(memory, "speaker", "busy", "正在播放提示音，您听到了吗？");
  playTone(memory.audio);
  return new Promise((answered) => {
    memory.giveUp = () => answered(null);
    extra.replaceChildren(
      button("听到了", "volume_up", () => answered(true), "primary"),
      button("没听到", "volume_off", () => answered(false)),
      button("再放一次", "replay", () => playTone(memory.audio)));
    extra.scrollIntoView({ block: "nearest" });
  }).then((heard) => {
    extra.replaceChildren();
    memory.found.speaker = { ok: heard === true };
    setCheck(memory, "speaker", ...(heard ? ["ok", "听到了声音"]
      : ["bad", "没有听到声音。", "请调高音量、关闭静音，或接上耳机后重新检测。"]));
  });
}

// ---- the whole check ----
function release(memory) {
  stopStream(memory.stream);
  memory.stream = null;
  memory.video.srcObject = null;
  memory.video.hidden = true;
  if (memory.audio && memory.audio.state !== "closed") memory.audio.close();
}

function send(memory) {
  report(memory, { ...memory.found, inapp: memory.inapp, user_agent: navigator.userAgent });
}

function setRunning(memory, running) {
  memory.running = running;
  memory.start.setAttribute("aria-disabled", String(running));
  memory.start.lastChild.textContent = running ? "正在检测…" : "重新检测";
}

async function run(memory) {
  if (memory.running) return;
  setRunning(memory, true);
  memory.audio = new AudioContext();                           // inside the click, or iOS keeps it silent
  memory.summary.textContent = "";
  ["camera", "microphone", "rtt", "down", "speaker"].forEach((name) => setCheck(memory, name, "busy", "请稍候"));
  Object.assign(memory.found, { camera: { ok: false }, microphone: { ok: false }, rtt_ms: null, down_kbps: null });
  await checkBrowser(memory);
  const opened = await openDevices(memory);
  memory.stream = opened.stream;
  checkCamera(memory, opened);
  for (const check of [checkMicrophone, checkRoundTrip, checkDownload, checkSpeaker]) {
    if (memory.gone) break;
    await check(memory, opened);
  }
  release(memory);
  if (memory.gone) return;
  setRunning(memory, false);
  summarise(memory);
  send(memory);
}

function summarise(memory) {
  const count = (state) => Object.values(memory.rows).filter((row) => row.item.dataset.state === state).length;
  const bad = count("bad");
  const warn = count("warn");
  memory.summary.textContent = bad ? `检测完成，有 ${bad} 项需要处理，处理后请重新检测。`
    : warn ? `检测完成，可以继续，有 ${warn} 项请留意。` : "检测完成，全部正常。";
}

export default function deviceCheck(component) {
  const memory = mounted(component, build);
  return () => { memory.gone = true; memory.giveUp?.(); release(memory); };
}
