const STORE = "jianzheng-chime";
const isMuted = () => { try { return localStorage.getItem(STORE) === "off"; } catch { return false; } };
const keep = (muted) => { try { localStorage.setItem(STORE, muted ? "off" : "on"); } catch { /* private mode: this visit only */ } };

function build(memory) {
  memory.muted = isMuted();
  memory.toggle = button("", "notifications", () => press(memory));
  memory.host.append(memory.toggle);
}

function show(memory) {
  memory.toggle.setAttribute("aria-pressed", String(!memory.muted));
  memory.toggle.firstChild.textContent = memory.muted ? "notifications_off" : "notifications_active";
  memory.toggle.lastChild.textContent = memory.muted ? "提示音已关" : memory.blocked ? "点此开启提示音" : "提示音已开";
}

function press(memory) {
  memory.muted = memory.blocked ? false : !memory.muted;
  memory.blocked = false;
  keep(memory.muted);
  show(memory);
  if (!memory.muted) play(memory);
}

function note(audio, pitch, after) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const begins = audio.currentTime + after;
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.2, begins);
  volume.gain.exponentialRampToValueAtTime(0.001, begins + 0.6);
  tone.connect(volume).connect(audio.destination);
  tone.start(begins);
  tone.stop(begins + 0.6);
}

async function play(memory) {
  const audio = (memory.audio ??= new AudioContext());
  if (memory.waiting) {
    audio.resume();
    return;
  }
  // Without a click the browser leaves resume() waiting, possibly for ever; the chime then comes with the click.
  memory.waiting = setTimeout(() => { memory.blocked = true; show(memory); }, 300);
  await audio.resume();
  clearTimeout(memory.waiting);
  memory.waiting = memory.blocked = false;
  note(audio, 880, 0);
  note(audio, 1175, 0.18);
  memory.host.dataset.played = String(Number(memory.host.dataset.played ?? 0) + 1);
  show(memory);
}

export default function sound(component) {
  const memory = mounted(component, build);
  const { nonce } = memory.data;
  if (nonce && onlyOnce(`chime:${nonce}`) && !memory.muted) play(memory);
  show(memory);
  return () => memory.audio?.close();
}
