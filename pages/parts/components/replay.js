// One clock for both sides: a side that began later waits, one that loads holds the clock, one that drifts is put right.
const RATES = [0.5, 1, 1.5, 2, 4];
const DRIFT_S = 0.15;
const TICK_MS = 100;
const MOVES = { ArrowLeft: -5000, ArrowRight: 5000 };

const clock = (ms) => {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

const inside = (memory, side) => memory.at >= side.offset && memory.at < side.offset + side.length;

const loading = (memory) => memory.sides.some((side) =>
  inside(memory, side) && !side.video.error && (side.video.seeking || side.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA));

function place(memory, side) {
  const wanted = Math.max(0, Math.min(side.length, memory.at - side.offset)) / 1000;
  const { video } = side;
  video.playbackRate = memory.rate;
  if (!video.seeking && Math.abs(video.currentTime - wanted) > DRIFT_S * memory.rate) video.currentTime = wanted;
  const runs = memory.playing && inside(memory, side) && !loading(memory);
  if (runs && video.paused) video.play().catch(() => {});
  if (!runs && !video.paused) video.pause();
}

function paint(memory) {
  const { host, at } = memory;
  memory.seek.value = String(Math.round(at));
  memory.seek.setAttribute("aria-valuetext", clock(at));
  memory.time.textContent = `${clock(at)} / ${clock(memory.data.length)}`;
  memory.play.replaceChildren(icon(memory.playing ? "pause" : "play_arrow"));
  memory.play.setAttribute("aria-label", memory.playing ? "暂停" : "播放");
  const passed = memory.data.chapters.filter((chapter) => chapter.at <= at + 1).length - 1;
  memory.list.querySelectorAll("button").forEach((each, number) => each.setAttribute("aria-current", String(number === passed)));
  Object.assign(host.dataset, { at: String(Math.round(at)), playing: String(memory.playing), rate: String(memory.rate) });
}

function go(memory, at) {
  memory.at = Math.max(0, Math.min(memory.data.length, at));
  memory.sides.forEach((side) => place(memory, side));
  paint(memory);
}

function tick(memory) {
  const now = performance.now();
  const gone = now - memory.looked;
  memory.looked = now;
  if (!memory.playing) return;
  if (!loading(memory)) memory.at += gone * memory.rate;
  if (memory.at >= memory.data.length) memory.playing = false;
  go(memory, memory.at);
}

function toggle(memory) {
  if (!memory.playing && memory.at >= memory.data.length) memory.at = 0;
  memory.playing = !memory.playing;
  go(memory, memory.at);
}

function faster(memory, step) {
  const next = RATES[Math.max(0, Math.min(RATES.length - 1, RATES.indexOf(memory.rate) + step))];
  memory.rate = next;
  memory.speed.value = String(next);
  go(memory, memory.at);
}

function chapter(memory, step) {
  const times = memory.data.chapters.map((each) => each.at);
  const next = step > 0 ? times.find((at) => at > memory.at + 1) : times.filter((at) => at < memory.at - 1500).at(-1);
  go(memory, next ?? (step > 0 ? memory.data.length : 0));
}

const silence = (memory) => memory.sides.forEach((side) => { side.video.muted = !side.video.muted; });

function key(memory, event) {
  const own = event.target.closest("input, select, button");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    " ": own ? null : () => toggle(memory), PageUp: () => chapter(memory, -1), PageDown: () => chapter(memory, 1),
    "<": () => faster(memory, -1), ">": () => faster(memory, 1), m: () => silence(memory),
  };
  const move = own?.type === "range" ? null : MOVES[event.key];
  const action = move ? () => go(memory, memory.at + move) : actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}

function buildSide(track) {
  const video = el("video", { src: track.source, preload: "metadata", playsinline: true, "aria-label": track.title });
  const volume = el("input", {
    type: "range", min: 0, max: 1, step: 0.05, value: 1, "aria-label": `${track.title}音量`,
    oninput: (event) => { video.volume = Number(event.target.value); video.muted = false; },
  });
  const figure = el("figure", {}, video, el("figcaption", {}, el("span", {}, track.title), icon("volume_up"), volume));
  return { video, figure, offset: track.offset, length: track.length };
}

function build(memory) {
  const { tracks, chapters, length } = memory.data;
  Object.assign(memory, { at: 0, rate: 1, playing: false, looked: performance.now(), sides: tracks.map(buildSide) });
  memory.seek = el("input", {
    type: "range", min: 0, max: length, step: 100, value: 0, "aria-label": "播放位置",
    oninput: (event) => go(memory, Number(event.target.value)),
  });
  memory.play = iconButton("播放", "play_arrow", () => toggle(memory));
  memory.time = el("span", { class: "time" });
  memory.speed = el("select", {
    "aria-label": "播放速度", onchange: (event) => { memory.rate = Number(event.target.value); go(memory, memory.at); },
  }, ...RATES.map((rate) => el("option", { value: rate, selected: rate === 1 }, `${rate} 倍`)));
  const marks = chapters.map((each) => el("button", {
    type: "button", tabindex: -1, "aria-hidden": "true", title: each.title, style: `left: ${(100 * each.at) / Math.max(1, length)}%`,
    onclick: () => go(memory, each.at),
  }));
  memory.list = el("ol", { class: "chapters" }, ...chapters.map((each) =>
    el("li", {}, button(`${clock(each.at)}　${each.title}`, "", () => go(memory, each.at)))));
  const player = el("div", {
    class: "player", tabindex: 0, role: "group", "aria-label": "通话录像，按空格播放或暂停，按左右方向键移动 5 秒",
    onkeydown: (event) => key(memory, event),
  },
    el("div", { class: "sides" }, ...memory.sides.map((side) => side.figure)),
    el("div", { class: "bar" }, memory.seek, el("div", { class: "marks" }, ...marks)),
    el("div", { class: "controls" }, memory.play,
      iconButton("上一段", "skip_previous", () => chapter(memory, -1)), iconButton("下一段", "skip_next", () => chapter(memory, 1)),
      memory.time, memory.speed),
    memory.list);
  memory.host.replaceChildren(player);
  paint(memory);
}

export default function replay(component) {
  const memory = mounted(component, () => {});
  const { start, ...call } = memory.data;
  const shown = JSON.stringify(call);
  if (memory.shown !== shown) {
    memory.shown = shown;
    build(memory);
  }
  if (start && memory.started !== start[1]) {
    [, memory.started] = start;
    memory.playing = false;
    go(memory, start[0]);
    memory.host.scrollIntoView({ block: "center" });
  }
  clearInterval(memory.timer);
  memory.timer = setInterval(() => tick(memory), TICK_MS);
  return () => {
    clearInterval(memory.timer);
    memory.sides.forEach((side) => side.video.pause());
  };
}
