// Presses the call's own start button once it is there, and again after a connection that broke by itself.
// (The component's own auto start opens several connections at once: its effect runs again before the first has begun.)
const PAUSE_MS = 6000;

function build(memory) {
  memory.pressed = -PAUSE_MS;
  memory.hungUp = false;
  memory.watched = new WeakSet();
}

function look(memory) {
  const { call, start, stop } = memory.data;
  const frame = document.querySelector(`.st-key-${CSS.escape(call)} iframe`);
  const buttons = [...(frame?.contentDocument?.querySelectorAll("button") ?? [])];
  const named = (label) => buttons.find((each) => each.textContent.trim().toLowerCase() === label.toLowerCase());
  const end = named(stop);
  if (end && !memory.watched.has(end)) {
    memory.watched.add(end);
    end.addEventListener("click", (event) => { if (event.isTrusted) memory.hungUp = true; });
  }
  const begin = named(start);
  if (begin && !memory.watched.has(begin)) {
    memory.watched.add(begin);
    begin.addEventListener("click", (event) => { if (event.isTrusted) memory.hungUp = false; });
  }
  if (!begin || begin.disabled || memory.hungUp || performance.now() - memory.pressed < PAUSE_MS) return;
  memory.pressed = performance.now();
  begin.click();
}

export default function callStarter(component) {
  const memory = mounted(component, build);
  clearInterval(memory.timer);
  memory.timer = setInterval(() => look(memory), 300);
  return () => clearInterval(memory.timer);
}
