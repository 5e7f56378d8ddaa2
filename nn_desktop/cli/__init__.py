"""The same work as in the window, without one."""
