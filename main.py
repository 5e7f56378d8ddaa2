from nn_desktop.__main__ import main

raise SystemExit(main())
