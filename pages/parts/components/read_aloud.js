const SILENT = "button, style, script, svg, input, textarea, [hidden], [aria-hidden='true'], [data-testid='stIconMaterial'], .unseen, .jz-unseen";
const SPOKEN = "[role='radio'], [role='checkbox'], [data-testid='stButtonGroup'] button";
const LONGEST = 120;                                           // Chrome falls silent in long utterances
const NO_VOICE = "这个浏览器没有中文语音，不能朗读。请换用手机自带的浏览器，或新版 Chrome、Edge。";

// What is to be seen of a part of the page, also inside components, without buttons and icons.
const textOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return "";
  if (node.nodeType === Node.ELEMENT_NODE && node.matches(SILENT) && !node.matches(SPOKEN)) return "";
  const inner = [...(node.shadowRoot ?? node).childNodes].map(textOf).join("");
  return node.nodeType === Node.ELEMENT_NODE && getComputedStyle(node).display.startsWith("inline") ? inner : `${inner}\n`;
};

const pieces = (text) =>
  text.split(/(?<=[。！？；])|\n+/).map((part) => part.trim()).filter(Boolean)
    .flatMap((part) => part.match(new RegExp(`.{1,${LONGEST}}`, "gu")));

// The list of voices may come a moment after it was asked for.
const chineseVoice = async () => {
  const pick = () => {
    const found = speechSynthesis.getVoices().filter((voice) => /^(zh|cmn)/i.test(voice.lang));
    return found.find((voice) => /^zh[-_]cn/i.test(voice.lang)) ?? found[0];
  };
  if (!("speechSynthesis" in globalThis)) return null;
  if (speechSynthesis.getVoices().length) return pick();
  await new Promise((done) => {
    speechSynthesis.addEventListener("voiceschanged", done, { once: true });
    setTimeout(done, 1500);
  });
  return pick();
};

function build(memory) {
  memory.turn = 0;
  memory.toggle = button("", "volume_up", () => (memory.reading ? stop(memory) : start(memory)));
  memory.words = el("p", { class: "quiet", role: "status" });
  memory.host.append(memory.toggle, memory.words);
}

function show(memory) {
  memory.toggle.firstChild.textContent = memory.reading ? "stop_circle" : "volume_up";
  memory.toggle.lastChild.textContent = memory.reading ? "停止朗读" : "朗读";
}

function stop(memory) {
  if (memory.reading) speechSynthesis.cancel();
  memory.turn += 1;
  memory.reading = false;
  show(memory);
}

async function start(memory) {
  const turn = (memory.turn += 1);
  memory.words.textContent = "";
  const voice = await chineseVoice();
  if (turn !== memory.turn) return;
  if (!voice) {
    memory.words.textContent = NO_VOICE;
    return;
  }
  const place = document.querySelector(`.st-key-${memory.data.place}`);
  const left = place ? pieces(textOf(place)) : [];
  memory.reading = left.length > 0;
  show(memory);
  speechSynthesis.cancel();
  speakNext(memory, turn, voice, left);
}

function speakNext(memory, turn, voice, left) {
  if (turn !== memory.turn) return;
  if (!left.length) {
    stop(memory);
    return;
  }
  const said = new SpeechSynthesisUtterance(left.shift());
  said.voice = voice;
  said.lang = voice.lang;
  said.rate = 0.9;
  said.onend = () => speakNext(memory, turn, voice, left);
  said.onerror = () => turn === memory.turn && stop(memory);
  speechSynthesis.speak(said);
}

export default function readAloud(component) {
  const memory = mounted(component, build);
  if (memory.page !== memory.data.page) {
    stop(memory);
    memory.words.textContent = "";
    memory.page = memory.data.page;
  }
  show(memory);
  return () => stop(memory);
}
