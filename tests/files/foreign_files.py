"""Files as other programs write them, made by hand: well-formed ones, and such as only an enemy writes."""

import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Node = dict[str, Any]


def npy(values: ArrayLike) -> bytes:
    """An array as numpy saves it."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(values), allow_pickle=False)
    return buffer.getvalue()


def npy_claiming(descr: str, shape: str, data: bytes = b"") -> bytes:
    """An array that says it has some type and shape, whatever its numbers are."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """The members of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def safetensors(header: object, data: bytes = b"") -> bytes:
    """A file with any header at all."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype: str, shape: list[int], start: int, stop: int) -> Node:
    """An entry of a header."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def value_node(value: object) -> Node:
    """What skops makes of a number, a text or None."""
    return {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(value),
    }


def list_node(items: list[Node]) -> Node:
    return {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": items}


def array_node(file: str) -> Node:
    return {
        "__class__": "ndarray",
        "__module__": "numpy",
        "__loader__": "NdArrayNode",
        "type": "numpy",
        "file": file,
    }


def object_node(name: str, module: str, **attributes: Node) -> Node:
    return {
        "__class__": name,
        "__module__": module,
        "__loader__": "ObjectNode",
        "content": {
            "__class__": "dict",
            "__module__": "builtins",
            "__loader__": "DictNode",
            "content": attributes,
        },
    }


def perceptron_node(
    coefs: list[Node], intercepts: list[Node], name: str = "MLPRegressor", **more: Node
) -> Node:
    attributes = {
        "activation": value_node("relu"),
        "out_activation_": value_node("identity"),
        "coefs_": list_node(coefs),
        "intercepts_": list_node(intercepts),
    }
    return object_node(name, "sklearn.neural_network._multilayer_perceptron", **(attributes | more))


def skops_file(root: object, arrays: dict[str, bytes] | None = None) -> bytes:
    text = root if isinstance(root, bytes) else json.dumps(root).encode()
    return zipped({"schema.json": text, **(arrays or {})})
