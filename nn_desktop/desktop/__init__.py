"""What one sees and touches: the window and its parts. Qt lives here and nowhere else."""
