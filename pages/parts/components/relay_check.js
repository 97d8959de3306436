// Asks each address alone and for relays only, so that nothing else can make up for one that does not answer.
const PATIENCE_MS = 10000;
const ADVICE = {
  401: "中继服务器拒绝了密码。请核对 JIANZHENG_TURN_SECRET 与 coturn 的 static-auth-secret 是否相同，两台机器的时钟是否一致。",
  403: "中继服务器不允许这次请求。请查看 coturn 的 allowed-peer-ip 与 denied-peer-ip。",
  437: "中继服务器没有正常结束上一次请求，请稍后再试。",
  486: "中继服务器的名额已满。请查看 coturn 的 total-quota 与 user-quota。",
  508: "中继服务器没有可用的端口。请查看 coturn 的 min-port 与 max-port。",
  701: "连不上这个地址。请检查域名、端口、证书，以及防火墙是否放行（UDP 与 TCP 分别放行）。",
};
const SILENT = "十秒内没有得到中继地址。请检查域名、端口和防火墙，并查看 coturn 的日志。";
const SYMBOLS = { busy: "hourglass_top", ok: "check_circle", bad: "error" };

function ask(server, url) {
  return new Promise((resolve) => {
    const started = performance.now();
    let trouble = null;
    const peer = new RTCPeerConnection({ iceServers: [{ ...server, urls: [url] }], iceTransportPolicy: "relay" });
    const end = (found) => {
      clearTimeout(timer);
      peer.close();
      resolve({ found, code: trouble, ms: Math.round(performance.now() - started) });
    };
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    peer.onicecandidate = ({ candidate }) => {
      if (candidate?.type === "relay") end(candidate.address);
      else if (!candidate || !candidate.candidate) setTimeout(() => end(null), 100);
    };
    peer.onicecandidateerror = ({ errorCode }) => { trouble = errorCode; };
    peer.createDataChannel("relay");
    peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(() => end(null));
  });
}

function setRow(row, state, words) {
  row.item.dataset.state = state;
  row.symbol.textContent = SYMBOLS[state];
  row.words.textContent = words;
}

function buildRow(url) {
  const row = { symbol: icon(""), words: el("p", {}) };
  row.item = el("li", {}, row.symbol, el("div", {}, el("code", {}, url), row.words));
  setRow(row, "busy", "正在请求中继地址…");
  return row;
}

async function run(memory) {
  const servers = memory.data.configuration.iceServers ?? [];
  const wanted = servers.flatMap((server) => [server.urls].flat().map((url) => ({ server, url, row: buildRow(url) })));
  memory.list.replaceChildren(...wanted.map(({ row }) => row.item));
  memory.start.disabled = true;
  for (const { server, url, row } of wanted) {
    const { found, code, ms } = await ask(server, url).catch(() => ({ found: null, code: null }));
    if (found) setRow(row, "ok", `可用：${ms} 毫秒内得到中继地址 ${found}。`);
    else setRow(row, "bad", ADVICE[code] ?? (code ? `中继服务器回答了错误 ${code}，请查看 coturn 的日志。` : SILENT));
  }
  memory.start.disabled = false;
}

function build(memory) {
  memory.start = button("检测中继", "network_check", () => run(memory), "primary");
  memory.list = el("ul", { role: "status" });
  memory.host.append(memory.start, memory.list);
}

export default function relayCheck(component) {
  mounted(component, build);
}
