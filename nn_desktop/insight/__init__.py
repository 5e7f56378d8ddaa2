"""What is inside: how well a network does, and whether its gradients are right."""
