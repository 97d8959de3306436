// The customer's signing key: made, kept and used in this browser (WebCrypto, IndexedDB). Nothing here knows the screen.
// The private key is wrapped under a key from three parts: the password, a key of this browser that scripts can
// use but not read, and a share that the server gives out only against the right tag. No part alone opens it.

const ITERATIONS = 600000; // PBKDF2-SHA256, OWASP 2023
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const MESSAGE_DIGEST = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];

class Problem extends Error {
  constructor(code) { super(code); this.code = code; }
}

// ---- bytes
const text = (string) => new TextEncoder().encode(string);
const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
const unbase64 = (string) => Uint8Array.from(atob(string), (letter) => letter.charCodeAt(0));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function join(...parts) {
  const arrays = parts.map((part) => new Uint8Array(part));
  const whole = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) { whole.set(array, at); at += array.length; }
  return whole;
}

function count(bytes, wanted) {
  let found = 0;
  for (let at = bytes.indexOf(wanted[0]); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) found += 1;
  }
  return found;
}

// ---- IndexedDB: one store for keys, one for the key of this browser
function openStore() {
  return new Promise((resolve, reject) => {
    const request = globalThis.indexedDB?.open("jianzheng", 1);
    if (!request) return void reject(new Problem("storage"));
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys", { keyPath: "kid" });
      request.result.createObjectStore("browser");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Problem("storage"));
  });
}

async function stored(name, mode, act) {
  const store = await openStore();
  return new Promise((resolve, reject) => {
    const transaction = store.transaction(name, mode);
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => { store.close(); resolve(request.result); };
    transaction.onabort = transaction.onerror = () => { store.close(); reject(new Problem("storage")); };
  });
}

const save = (record) => stored("keys", "readwrite", (keys) => keys.put(record));
const find = (kid) => stored("keys", "readonly", (keys) => keys.get(kid));

async function browserKey() {
  const known = await stored("browser", "readonly", (store) => store.get("mac"));
  if (known) return known;
  const fresh = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  // Another tab may have been first; then its key stays and add() fails quietly.
  await stored("browser", "readwrite", (store) => {
    const request = store.add(fresh, "mac");
    request.onerror = (event) => { event.preventDefault(); event.stopPropagation(); };
    return request;
  }).catch(() => undefined);
  return stored("browser", "readonly", (store) => store.get("mac"));
}

// ---- password
// From 9 to 0 is one step as well; between a letter and a digit there is none that counts.
function stepBetween(before, after) {
  const numbers = [before, after].filter((sign) => /\d/.test(sign)).length;
  if (numbers === 1) return null;
  return numbers ? (after - before + 10) % 10 : after.charCodeAt(0) - before.charCodeAt(0);
}

export function isWeak(password, avoid = []) {
  const digits = [...password.toLowerCase()];
  const steps = new Set(digits.slice(1).map((digit, at) => stepBetween(digits[at], digit)).filter((step) => step !== null));
  const repeats = (size) => digits.every((digit, at) => at < size || digit === digits[at - size]);
  const pairs = digits.every((digit, at) => at % 2 === 0 || digit === digits[at - 1]);
  if (new Set(digits).size < 3 || steps.size === 1 || repeats(3) || repeats(4) || pairs) return true;
  if (digits.join("") === [...digits].reverse().join("")) return true;
  const runs = digits.slice(5).map((_, at) => password.slice(at, at + 6));
  return avoid.some((known) => runs.some((run) => String(known).replace(/\D/g, "").includes(run)));
}

async function derive(password, record) {
  const base = await crypto.subtle.importKey("raw", text(password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: record.salt, iterations: record.iterations };
  const stretched = new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
  const key = await browserKey();
  const mac = (use) => crypto.subtle.sign("HMAC", key, join(text(`${use}|${record.kid}|`), stretched));
  const [tag, half] = await Promise.all([mac("auth"), mac("kek")]);
  stretched.fill(0);
  return { tag: base64(tag), half: new Uint8Array(half) };
}

async function wrappingKey(half, share, kid) {
  const both = await crypto.subtle.importKey("raw", join(half, unbase64(share)), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: text(kid), info: text("jianzheng-wrap-1") };
  return crypto.subtle.deriveKey(how, both, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

// ---- keys and documents
async function makeKey(command, password) {
  const record = { kid: command.kid, owner: command.owner, iterations: ITERATIONS, created: Date.now(), chain: null, rule: command.rule };
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]); // extractable until it is wrapped
  const presence = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  record.salt = crypto.getRandomValues(new Uint8Array(16));
  record.iv = crypto.getRandomValues(new Uint8Array(12));
  const { tag, half } = await derive(password, record);
  const wrapper = await wrappingKey(half, command.share, record.kid);
  const sealing = { name: "AES-GCM", iv: record.iv, additionalData: text(record.kid) };
  record.wrapped = await crypto.subtle.wrapKey("pkcs8", pair.privateKey, wrapper, sealing);
  record.spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  record.presence = presence.privateKey;
  record.presenceSpki = new Uint8Array(await crypto.subtle.exportKey("spki", presence.publicKey));
  await save(record);
  const possession = await answer("possession", pair.privateKey, command.challenge, record.spki);
  return { kid: record.kid, spki: base64(record.spki), presence_spki: base64(record.presenceSpki), possession, auth: tag };
}

async function answer(purpose, key, challenge, spki) {
  const message = join(text(`jianzheng-${purpose}|`), unbase64(challenge), spki);
  return base64(await crypto.subtle.sign(SIGNING, key, message));
}

async function openKey(record, half, share) {
  const wrapper = await wrappingKey(half, share, record.kid);
  const sealing = { name: "AES-GCM", iv: record.iv, additionalData: text(record.kid) };
  try {
    return await crypto.subtle.unwrapKey("pkcs8", record.wrapped, wrapper, sealing, CURVE, false, ["sign"]);
  } catch {
    throw new Problem("damaged");
  }
}

async function readPdf(item) {
  if (item.pdf) return unbase64(item.pdf);
  const address = new URL(item.pdf_url, location.href);
  const options = { credentials: "same-origin", cache: "no-store", redirect: "error" };
  const response = address.origin === location.origin && (await fetch(address, options).catch(() => null));
  if (!response || !response.ok) throw new Problem("unreachable");
  return new Uint8Array(await response.arrayBuffer());
}

// What is signed must be the digest of the very file shown, for this certificate; only the hole is left out.
async function checkDocument(item, leaf) {
  const pdf = await readPdf(item);
  const attributes = unbase64(item.tbs);
  const hole = new TextDecoder("latin1").decode(pdf.subarray(item.start, item.end));
  const digest = await sha256(join(pdf.subarray(0, item.start), pdf.subarray(item.end)));
  const fits = attributes[0] === 0x31 && /^<[0-9a-fA-F]*>$/.test(hole)
    && count(attributes, MESSAGE_DIGEST) === 1
    && count(attributes, [...MESSAGE_DIGEST, 0x31, 0x22, 0x04, 0x20, ...digest]) === 1
    && count(attributes, [0x04, 0x20, ...(await sha256(leaf))]) === 1;
  if (!fits) throw new Problem("mismatch");
}
