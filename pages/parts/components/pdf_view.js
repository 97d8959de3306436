function build(memory) {
  memory.frame = el("iframe", {});
  memory.link = el("a", { target: "_blank", rel: "noopener" }, "在新窗口打开");
  memory.host.append(memory.frame, el("p", { class: "quiet" }, memory.link));
}

export default function pdfView(component) {
  const memory = mounted(component, build);
  const { url, title } = memory.data;
  if (memory.url === url) return undefined;                     // a rerun must not load the same file again
  memory.url = url;
  memory.frame.title = title;
  memory.frame.src = `${url}#toolbar=0&view=FitH`;
  memory.link.href = url;
  return undefined;
}
