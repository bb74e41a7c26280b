// Puts the interactive figure in the picture's place; its library is fetched on the first click.

const button = document.querySelector("[data-open-figure]");

if (button) {
  button.hidden = false;
  button.addEventListener("click", open);
}

async function open() {
  button.disabled = true;
  try {
    await load(button.dataset.plotly);
    await draw();
    button.remove();
  } catch {
    button.replaceWith(button.dataset.failed);
  }
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function draw() {
  const { data, layout } = JSON.parse(document.getElementById("figure-parts").textContent);
  const place = document.getElementById("figure");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  layout.font = { color: colour("--ink"), family: getComputedStyle(document.body).fontFamily };
  layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
  layout.xaxis.color = colour("--quiet");
  data.forEach((bands, place) => { bands.marker.color = colour(`--trend-${place + 1}`); });
  layout.shapes.forEach((line) => { line.line.color = colour("--mark"); });
  Object.keys(layout).filter((key) => key.startsWith("yaxis"))
    .forEach((key) => { layout[key].gridcolor = colour("--line"); });
  place.hidden = false;
  await window.Plotly.newPlot(place, data, layout, { displayModeBar: false, responsive: true });
  document.getElementById("picture").hidden = true;
}
