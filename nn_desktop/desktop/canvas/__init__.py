"""The canvas: the network as a drawing that one changes by hand."""
