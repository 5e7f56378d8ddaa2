"""How a network lies on a page: placement, weight style, diagrams as TikZ and LaTeX. No Qt."""
