from nn_desktop.__main__ import run

raise SystemExit(run())
