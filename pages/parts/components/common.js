// Shared by all components: put in front of each script, since a component is one module.
const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};

const icon = (name) => el("span", { class: "icon", "aria-hidden": "true", translate: "no" }, name);

const button = (label, symbol, onclick, kind = "") =>
  el("button", { type: "button", class: kind, onclick }, ...(symbol ? [icon(symbol)] : []), el("span", {}, label));

const iconButton = (label, symbol, onclick) =>
  el("button", { type: "button", class: "round", "aria-label": label, title: label, onclick }, icon(symbol));

// crypto.randomUUID is missing on insecure pages, where the device check still has to work.
const newNonce = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 10);

// Streamlit calls a component again on every change of its data: `memory` lasts as long as the mount,
// the first call builds the page. Only the cleanup of the last call runs, so it must not close over one call.
const mounted = (component, build) => {
  const host = component.parentElement.querySelector(".jz");
  const first = !host.memory;
  const memory = (host.memory ??= { host });
  memory.component = component;
  memory.data = component.data ?? {};
  if (first) build(memory);
  return memory;
};

const report = (memory, result) => memory.component.setStateValue("result", { nonce: newNonce(), ...result });

// True once per name in this tab, also when the component is mounted again.
const onlyOnce = (name) => {
  const done = (globalThis.jianzhengDone ??= new Set());
  if (done.has(name)) return false;
  done.add(name);
  return true;
};

const postJson = (url, body) =>
  fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", "x-requested-with": "jianzheng" },
    body: JSON.stringify(body),
  });

const stopStream = (stream) => stream?.getTracks().forEach((track) => track.stop());

const cameraTrouble = (error) => {
  if (!isSecureContext || !navigator.mediaDevices) return "insecure";
  const kinds = {
    NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing",
    NotReadableError: "busy", AbortError: "busy",
  };
  return kinds[error?.name] ?? "unknown";
};

// A content security policy without data: for media still lets a blob: play.
const wavPlayer = (source) => {
  if (!source.startsWith("data:")) return new Audio(source);
  const bytes = Uint8Array.from(atob(source.slice(source.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
  const player = new Audio(url);
  player.addEventListener("ended", () => URL.revokeObjectURL(url), { once: true });
  return player;
};
