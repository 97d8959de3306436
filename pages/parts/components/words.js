const WORDS = {
  Open: "展开", Close: "关闭", "Clear value": "清除", "Clear all": "全部清除", "Clear entry": "清除", "Clear date": "清除日期",
  "Clear dates": "清除日期", Increment: "增加", Decrement: "减少", "Choose date": "选择日期", "Choose date range": "选择日期范围",
  "Previous month": "上个月", "Next month": "下个月", "Show password": "显示密码", "Hide password": "隐藏密码",
  "Show password text": "显示密码", "Hide password text": "隐藏密码",
  "Expand sidebar": "展开菜单", "Collapse sidebar": "收起菜单", Sidebar: "菜单", "App pages": "页面", "Skip to main content": "跳到正文",
  "Link to heading": "标题链接", Help: "说明", "file upload": "选择文件", "Add files": "添加文件", "add icon": "", Upload: "选择文件",
  "No results": "没有匹配的选项", "Select all": "全选", "Selected values": "已选", "Take Photo": "拍照", "Clear photo": "重拍",
  "Switch camera": "切换摄像头", "This app would like to use your camera.": "需要使用您的摄像头。",
  "This app would like to use your microphone.": "需要使用您的麦克风。", "Learn how to allow access.": "如何允许",
  Record: "录音", "Stop recording": "停止录音", Play: "播放", Pause: "暂停", "Clear recording": "清除录音",
  Fullscreen: "全屏", "Close fullscreen": "退出全屏", "Close Fullscreen": "退出全屏", Search: "搜索", "Copy to clipboard": "复制", Copied: "已复制", "Toolbar action": "操作", "Download as CSV": "下载表格",
  "Show/hide columns": "选择列", "Close Search": "关闭搜索", "Next Result": "下一个", "Previous Result": "上一个",
  "Error:": "错误：", "Invalid input.": "格式不正确。", "Only one file is allowed.": "只能选择一个文件。", "Too many files": "文件太多。", "Upload failed": "没有传完，请重试。",
  "Drag and drop a file here": "把文件拖到这里", "Drag and drop files here": "把文件拖到这里", "Click to retry upload": "点此重试",
  "Connection error": "连接已断开", Empty: "未填写", "Page not found": "没有这个页面",
  "The page that you have requested does not seem to exist. Running the app's main page.": "地址可能输错了，已为您打开首页。",
  "Streamlit server is not responding. Are you connected to the internet?": "正在重新连接，请检查网络。已保存的内容不会丢失。",
  "Use arrow keys to navigate dates. Enter to select. Escape to close.": "用方向键选择日期，回车确认，Esc 关闭。",
};
const PATTERNS = [
  [/^Error: (?:File must be|File is larger than) ([\d.]+)\s*([KM]B)(?: or smaller)?\.?$/, (_, size, unit) => `文件超过 ${parseFloat(size)} ${unit}，请换一个小一些的文件。`],
  [/^(?:File must be|File is larger than) ([\d.]+)\s*([KM]B)(?: or smaller)?\.?$/, (_, size, unit) => `文件超过 ${parseFloat(size)} ${unit}，请换一个小一些的文件。`],
  [/^(?:Error: )?.* files are not allowed\.$/, () => "不支持这种文件，请换一个。"],
  [/^Help for (.+)$/, (_, name) => `说明：${name}`],
  [/^Remove (.+)$/, (_, name) => `移除 ${name}`],
  [/^Cancel upload of (.+)$/, (_, name) => `取消上传 ${name}`],
  [/^Select \d+ matches$/, () => "选中全部匹配项"],
  [/^Number is (?:above|below) the allowed range\.$/, () => "数值超出范围。"],
  [/^Choose date, (.+)$/, (_, month) => `选择日期，${month}`],
  [/^(year|month|day), (.+)$/, (_, part, label) => `${label}（${{ year: "年", month: "月", day: "日" }[part]}）`],
];
const NAMES = ["aria-label", "title", "aria-valuetext"];
// Words inside the page's own texts stay as they are: only where Streamlit itself writes.
const ITS_OWN = "[data-testid=stFileUploader], [data-testid=stCameraInput], [data-testid=stAudioInput], [data-testid=stDateInputCalendar],"
  + "[data-testid=stSkipToContent], [data-testid=stTooltipContent], [data-testid=stTooltipErrorContent], [role=listbox], [role=dialog] > h2,"
  + "[role=dialog] > h2 + div, [role=alert]:not([data-testid])";

const chinese = (text) => {
  const words = text.trim();
  if (!/[A-Za-z]/.test(words)) return null;
  if (Object.hasOwn(WORDS, words)) return WORDS[words];
  const found = PATTERNS.find(([pattern]) => pattern.test(words));
  return found ? words.replace(...found) : null;
};

// What Streamlit wrote itself stays at its node as `jzWas`, and is given back when the visitor reads English.
const translateName = (node, name) => {
  const was = node.getAttribute(name) ?? "";
  const words = chinese(was);
  if (words === null) return;
  node.jzWas = { ...node.jzWas, [name]: was };
  node.setAttribute(name, words);
};

const translateText = (node) => {
  if (!node.parentElement?.closest(ITS_OWN)) return;
  const words = chinese(node.nodeValue);
  if (words === null) return;
  node.jzWas = { text: node.nodeValue };
  node.nodeValue = words;
};

const giveBack = (node) => Object.entries(node.jzWas ?? {}).forEach(([name, was]) => {
  if (name === "text") { if (node.nodeValue === chinese(was)) node.nodeValue = was; }
  else if (node.getAttribute(name) === chinese(was)) node.setAttribute(name, was);
});

const giveAllBack = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let next = document.body; next; next = walker.nextNode()) giveBack(next);
};

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) return translateText(node);
  if (node.nodeType !== Node.ELEMENT_NODE) return undefined;
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let next = node; next; next = walker.nextNode()) {
    if (next.nodeType === Node.TEXT_NODE) translateText(next);
    else NAMES.forEach((name) => next.hasAttribute(name) && translateName(next, name));
  }
  return undefined;
}

// The file button's visible words come from the style sheet, which does not name it for everybody.
const nameFileButtons = (node) => node.querySelectorAll?.("[data-testid=stFileUploaderDropzone]").forEach((zone) => {
  zone.setAttribute("role", "group");
  zone.querySelector(":scope > span button")?.setAttribute("aria-label", `选择文件：${zone.getAttribute("aria-label")}`);
});

const added = (node) => { translate(node); nameFileButtons(node.closest?.("[data-testid=stFileUploader]") ?? node); };

function watch(memory) {
  memory.observer = new MutationObserver((changes) => changes.forEach((change) => {
    if (change.type === "childList") change.addedNodes.forEach(added);
    else if (change.type === "attributes") translateName(change.target, change.attributeName);
    else translateText(change.target);
  }));
  added(document.body);
  memory.observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES });
}

export default function words(component) {
  const english = component.data?.language === "en";
  document.documentElement.lang = english ? "en" : "zh-CN";
  const memory = mounted(component, () => {});
  if (english && memory.observer) { memory.observer.disconnect(); memory.observer = null; giveAllBack(); }
  if (!english && !memory.observer) watch(memory);
  return () => memory.observer?.disconnect();
}
