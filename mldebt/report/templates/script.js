
(() => {
  const findings = [...document.querySelectorAll("details.finding")];
  const form = document.querySelector("form.filter");
  const openTarget = () => {
    let target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target) target.scrollIntoView();
  };
  const apply = () => {
    const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    let shown = 0;
    for (const finding of findings) {
      const text = finding.textContent.toLowerCase();
      finding.hidden = !(wanted.has(finding.dataset.severity) && words.every((word) => text.includes(word)));
      shown += finding.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll("section.group"))
      group.hidden = !group.querySelector("details.finding:not([hidden])");
    form.querySelector("output").value = shown === findings.length ? "" : `${shown} of ${findings.length} shown`;
  };
  if (findings.length > 1) {
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.elements.open.addEventListener("click", () => findings.forEach((finding) => { finding.open = true; }));
    form.elements.close.addEventListener("click", () => findings.forEach((finding) => { finding.open = false; }));
    apply();
  }
  addEventListener("hashchange", openTarget);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
  openTarget();
})();
