"""How everything looks and reads: theme, colours, icons, numbers, accessible names."""
