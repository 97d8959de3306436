export default function goToField(component) {
  const { data } = mounted(component, () => {});
  if (!data.nonce || !onlyOnce(`field:${data.nonce}`)) return undefined;
  // The field may be drawn a moment after this component.
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    const place = document.querySelector(`.st-key-${CSS.escape(data.field)}`);
    if (!place && turns < 20) return;
    clearInterval(timer);
    place?.scrollIntoView({ block: "center" });
    place?.querySelector("input:not([type=hidden]), textarea, select, button, [role=spinbutton], [tabindex]")?.focus({ preventScroll: true });
  }, 100);
  return () => clearInterval(timer);
}
