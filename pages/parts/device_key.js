// The screen of the signing key and what the server may ask of it. Follows device_key_store.js in one module.
// Commands and results are listed in device_key.py.

const PROBLEMS = {
  insecure: "当前网址不安全，浏览器不能使用数字证书。请使用 https 开头的网址打开本页。",
  storage: "浏览器不能保存数字证书。请关闭无痕模式，或更换浏览器后再试。",
  missing: "这台设备上没有找到数字证书。请在申请证书的设备和浏览器上签署，或点击“重新申请”。",
  foreign: "收到的证书与这台设备的密钥不符，没有安装。请重新申请。",
  unreachable: "暂时读取不到协议文件。请检查网络，然后再点“确认”。",
  mismatch: "协议文件与待签署的内容不一致，没有签署。请刷新页面；仍然出现时请联系客服。",
  lost: "页面已经刷新，请重新输入证书密码。",
  damaged: "这台设备上的证书无法打开，请点击“重新申请”。",
  failed: "操作没有完成，请再试一次。",
};

const NEEDS_NEW_KEY = ["missing", "foreign", "damaged"];

// What a password is made of, as the firm says; the keyboard of a phone follows.
const DIGITS = { least: 6, most: 8, letters: false, words: "6-8位数字" };

function fits(password, rule) {
  const signs = rule.letters ? /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z\d]+$/ : /^\d+$/;
  return password.length >= rule.least && password.length <= rule.most && signs.test(password);
}

function fit(field, rule) {
  field.maxLength = rule.most;
  field.inputMode = rule.letters ? "text" : "numeric";
}

// What one tab remembers between runs and mounts: sent results by nonce, and an unlocking that waits for its share.
const tab = (globalThis[Symbol.for("jianzheng.device-key")] ??= { results: new Map(), waiting: null });
const mounts = new WeakMap(); // element -> { view, setStateValue }

// ---- what the server may ask for
const operations = { detect, enrol, install, sign, unlocked, locked, forget };

async function detect(view, command) {
  const all = await stored("keys", "readonly", (keys) => keys.getAll());
  const own = all.filter((record) => command.owners.includes(record.owner));
  const keys = await Promise.all(own.map(async (record) => ({
    kid: record.kid,
    installed: record.chain !== null,
    created: record.created,
    presence: await answer("presence", record.presence, command.challenge, record.presenceSpki),
  })));
  view.send({ op: "detect", secure: true, keys });
}

async function enrol(view, command) {
  const [first, second] = view.show("enrol");
  const rule = command.rule ?? DIGITS;
  for (const field of [first, second]) fit(field, rule);
  first.placeholder = `请输入${rule.words}`;
  view.onSubmit(async () => {
    if (!fits(first.value, rule)) return view.refuse(first, `请输入${rule.words}。`);
    if (isWeak(first.value, command.avoid)) {
      return view.refuse(first, "密码过于简单。请不要使用重复、连续的数字，也不要使用生日、手机号或证件号中的数字。");
    }
    if (first.value !== second.value) return view.refuse(second, "两次输入的密码不一致，请重新输入。");
    view.busy("正在这台设备上生成密钥，请稍候…");
    navigator.storage?.persist?.(); // may ask the customer; the key does not wait for the answer
    const made = await makeKey(command, first.value);
    view.busy("正在申请证书…");
    return view.send({ op: "enrol", ...made });
  });
}

async function install(view, command) {
  const record = await find(command.kid);
  if (!record) throw new Problem("missing");
  if (count(unbase64(command.chain[0]), [...record.spki]) !== 1) throw new Problem("foreign");
  await save({ ...record, chain: command.chain });
  view.say("数字证书已经安装成功。");
  view.send({ op: "install", kid: record.kid });
}

async function sign(view, command) {
  const record = await find(command.kid);
  if (!record?.chain) throw new Problem("missing");
  const [password] = view.show("sign");
  const rule = record.rule ?? DIGITS; // keys of before the rule could be chosen
  fit(password, rule);
  password.placeholder = `请输入${rule.words}证书密码`;
  const leaf = unbase64(record.chain[0]);
  const lines = view.list(command.documents);
  const check = (item, at) => checkDocument(item, leaf).then(() => { lines[at].textContent = "已核对"; });
  let checks = Promise.allSettled(command.documents.map(check));
  if (command.tries_left !== undefined) view.refuse(password, `密码错误，还可以再试 ${command.tries_left} 次。`);
  view.onSubmit(async () => {
    if (!fits(password.value, rule)) return view.refuse(password, `请输入${rule.words}证书密码。`);
    view.busy("正在核对协议和密码，请稍候…");
    const failed = (await checks).find((each) => each.status === "rejected");
    if (failed) {
      checks = Promise.allSettled(command.documents.map(check));
      throw failed.reason;
    }
    const { tag, half } = await derive(password.value, record);
    password.value = "";
    tab.waiting = { kid: record.kid, half, documents: command.documents.map(({ id, tbs }) => ({ id, tbs })) };
    return view.send({ op: "unlock", kid: record.kid, auth: tag });
  });
}

async function unlocked(view, command) {
  const waiting = tab.waiting;
  tab.waiting = null;
  if (waiting?.kid !== command.kid) throw new Problem("lost");
  view.busy("正在签署…");
  const key = await openKey(await find(command.kid), waiting.half, command.share);
  waiting.half.fill(0);
  const signatures = [];
  for (const { id, tbs } of waiting.documents) {
    signatures.push({ id, value: base64(await crypto.subtle.sign(SIGNING, key, unbase64(tbs))) });
  }
  view.busy("签署完成，正在保存…");
  view.send({ op: "signed", kid: command.kid, signatures });
}

async function locked(view) {
  tab.waiting = null;
  view.show("reapply");
  view.warn("密码错误次数过多，证书已锁定。请点击“重新申请”，通过视频验证后申请新的证书。");
}

async function forget(view, command) {
  await stored("keys", "readwrite", (keys) => keys.delete(command.kid));
  view.send({ op: "forget", kid: command.kid });
}

// ---- the screen: one View per command
class View {
  constructor(root, nonce) {
    this.root = root;
    this.nonce = nonce;
    this.rest();
    this.say("");
    this.part(".stage").replaceChildren();
  }

  get current() { return mounts.get(this.root).view === this; }

  part(selector) { return this.root.querySelector(selector); }

  controls() { return this.root.querySelectorAll("button, input"); }

  // Put one of the templates on the stage; its input fields.
  show(name) {
    const stage = this.part(".stage");
    stage.replaceChildren(this.part(`template[data-view=${name}]`).content.cloneNode(true));
    const again = stage.querySelector("[data-action=reapply]");
    if (again) again.onclick = () => this.send({ op: "reapply" });
    return [...stage.querySelectorAll("input")];
  }

  list(documents) {
    const list = this.part(".documents");
    list.replaceChildren(...documents.map((item) => {
      const line = document.createElement("li");
      const name = document.createElement(item.pdf_url ? "a" : "span");
      if (item.pdf_url) Object.assign(name, { href: item.pdf_url, target: "_blank", rel: "noopener" });
      name.textContent = item.title;
      const state = Object.assign(document.createElement("span"), { className: "state", textContent: "核对中" });
      line.append(name, state);
      return line;
    }));
    return [...list.querySelectorAll(".state")];
  }

  say(words) { this.part(".progress").textContent = words; this.warn(""); }

  warn(words) { this.part(".problem").textContent = words; }

  busy(words) {
    this.say(words);
    this.rest();
    this.part(".device-key").setAttribute("aria-busy", "true");
    for (const each of this.controls()) each.disabled = true;
  }

  rest() {
    this.part(".device-key").removeAttribute("aria-busy");
    for (const each of this.controls()) {
      each.disabled = false;
      each.removeAttribute("aria-invalid");
    }
  }

  refuse(input, words) {
    this.rest();
    this.say("");
    input.value = "";
    input.setAttribute("aria-invalid", "true");
    input.focus();
    this.warn(words);
  }

  fail(problem) {
    if (!this.current) return;
    const code = problem instanceof Problem ? problem.code : "failed";
    this.rest();
    this.say("");
    if (NEEDS_NEW_KEY.includes(code)) this.show("reapply");
    this.warn(PROBLEMS[code]);
    if (code !== "unreachable") this.send({ op: "error", code });
  }

  onSubmit(act) {
    this.part("form").onsubmit = (event) => {
      event.preventDefault();
      act().catch((problem) => this.fail(problem));
    };
  }

  send(result) {
    tab.results.set(this.nonce, { nonce: this.nonce, ...result });
    if (this.current) this.deliver();
  }

  deliver() { mounts.get(this.root).setStateValue("result", tab.results.get(this.nonce)); }
}

// Streamlit calls this on every rerun: a command runs once per nonce, and a new mount repeats an answer given before.
export default function ({ data, parentElement, setStateValue }) {
  const command = data?.command;
  const mount = { ...mounts.get(parentElement), setStateValue };
  mounts.set(parentElement, mount);
  if (!command || mount.view?.nonce === command.nonce) return;
  const view = (mount.view = new View(parentElement, command.nonce));
  if (tab.results.has(command.nonce)) return void view.deliver();
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return void view.fail(new Problem("insecure"));
  operations[command.op](view, command).catch((problem) => view.fail(problem));
}
