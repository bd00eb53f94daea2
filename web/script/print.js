// Shows the print buttons, which are hidden where there is no script to answer
// them.

for (const button of document.querySelectorAll("[data-octant-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
