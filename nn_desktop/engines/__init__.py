"""How the sums are done: forward pass, loss, backward pass, update."""
