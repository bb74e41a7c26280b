// How long the answers took, so that the next check is neither too early nor too late.
const shownAt = performance.now();
document.addEventListener("submit", (event) => {
  const seconds = event.target.elements.seconds;
  if (seconds) seconds.value = Math.round((performance.now() - shownAt) / 1000);
});
