// Draws each figure's specification. ast: expressions are interpreted, so the page's policy can forbid eval.
for (const figure of document.querySelectorAll("figure.chart")) {
  const plot = figure.querySelector(".plot");
  const spec = JSON.parse(figure.querySelector("script").textContent);
  vegaEmbed(plot, spec, { mode: "vega-lite", renderer: "svg", actions: false, ast: true })
    .catch(error => {
      plot.textContent = "This chart could not be drawn; the tables hold its numbers.";
      console.error(error);
    });
}
