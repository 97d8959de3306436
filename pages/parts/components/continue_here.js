const USED = "二维码已过期或已经使用过。请在电脑上重新生成二维码，再扫描一次。";
const NONE = "这个地址不完整。请用手机重新扫描电脑上的二维码。";

function build(memory) {
  memory.ticket = (globalThis.jianzhengArrival ??= location.hash.slice(1));
  memory.go = button("在这台设备上继续", "", () => proceed(memory), "primary wide");
  memory.words = el("p", { role: "status" });
  memory.host.append(memory.go, memory.words);
  if (!memory.ticket) end(memory, NONE);
}

function end(memory, words) {
  memory.go.hidden = true;
  memory.words.textContent = words;
}

async function proceed(memory) {
  if (memory.busy) return;
  memory.busy = true;
  memory.words.textContent = "正在登录…";
  try {
    const answer = await postJson(memory.data.url, { ticket: memory.ticket, kind: "customer" });
    if (answer.ok) location.replace(memory.data.target);
    else end(memory, USED);
  } catch {
    memory.words.textContent = "网络不通，没有完成。请稍后再点一次。";
    memory.busy = false;
  }
}

export default function continueHere(component) {
  mounted(component, build);
}
