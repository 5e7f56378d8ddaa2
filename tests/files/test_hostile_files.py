"""Files that were spoiled at random are read or refused, in bounded memory, by every reader."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = int(os.environ.get("NN_DESKTOP_FUZZED_FILES", "100"))
"""10,000 of each were done by hand."""
FUZZER = Path(__file__).with_name("fuzzing.py")
NEEDS = {"onnx": "onnx", "skops": "skops"}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded another way there")
@pytest.mark.parametrize(
    "reader", ["npz", "json", "safetensors", "onnx", "skops", "project", "link", "table", "text"]
)
def test_spoiled_files_are_refused(reader: str) -> None:
    library = NEEDS.get(reader)
    if library is not None and importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    seed = "1"
    result = subprocess.run(
        [sys.executable, str(FUZZER), reader, str(FILES), seed], capture_output=True, text=True, timeout=3000
    )
    assert result.returncode == 0, result.stderr[-3000:]
    counts = json.loads(result.stdout)
    print(reader, counts)
    assert counts["read"] + counts["refused"] == FILES
    assert counts["refused"] > FILES / 5
