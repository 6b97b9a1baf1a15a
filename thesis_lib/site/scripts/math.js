// Formulas: what stands between dollars in a text, as in a notebook.
import renderMathInElement from "katex/contrib/auto-render";
import "katex/dist/katex.css";

const delimiters = [
  { left: "$$", right: "$$", display: true },
  { left: "$", right: "$", display: false },
  { left: "\\[", right: "\\]", display: true },
  { left: "\\(", right: "\\)", display: false },
];

document.addEventListener("DOMContentLoaded", () => {
  for (const text of document.querySelectorAll(".jp-RenderedMarkdown, .jp-RenderedLatex")) {
    renderMathInElement(text, { delimiters, throwOnError: false });
  }
});
