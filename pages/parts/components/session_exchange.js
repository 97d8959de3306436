function build(memory) {
  memory.words = el("p", { role: "status", class: "quiet" });
  memory.host.append(memory.words);
}

async function exchange(memory, { url, body, target }) {
  try {
    const answer = await postJson(url, body);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    location.replace(target);
  } catch {
    memory.words.textContent = "没有完成，请重试。";
    report(memory, { ok: false });
  }
}

export default function sessionExchange(component) {
  const memory = mounted(component, build);
  const { data } = memory;
  if (!data.nonce || !onlyOnce(`session:${data.url}:${data.nonce}`)) return;
  memory.words.textContent = data.words;
  exchange(memory, data);
}
