function build(memory) {
  memory.picture = el("img", { alt: "图形验证码，看不清可以换一张或听语音" });
  memory.listen = iconButton("听语音验证码", "volume_up", () => listen(memory));
  memory.words = el("p", { role: "status", class: "quiet" });
  memory.host.append(
    el("div", { class: "row" }, memory.picture, button("换一张", "refresh", () => report(memory, { event: "refresh" })), memory.listen),
    memory.words);
}

async function listen(memory) {
  memory.player?.pause();
  memory.words.textContent = "";
  try {
    memory.player = wavPlayer(memory.data.audio);
    await memory.player.play();
  } catch { memory.words.textContent = "没能播放，请换一张再试。"; }
}

export default function captchaView(component) {
  const memory = mounted(component, build);
  if (memory.picture.src !== memory.data.picture) {
    memory.picture.src = memory.data.picture;
    memory.player?.pause();
  }
  memory.listen.hidden = !memory.data.audio;
  return () => memory.player?.pause();
}
