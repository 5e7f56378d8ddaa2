import warnings

import numpy as np
import pytest
from files.differences import difference_of

from nn_desktop.data.dataset import Task
from nn_desktop.files.onnx.reader import read_onnx
from nn_desktop.network.functions import Activation

IDENTITY, SIGMOID, TANH = Activation.IDENTITY, Activation.SIGMOID, Activation.TANH


@pytest.mark.parametrize("task", ["classes", "names", "two classes", "numbers", "columns"])
def test_perceptrons_of_scikit_learn_are_read(task):
    pytest.importorskip("skl2onnx", reason="it exports scikit-learn's networks")
    from skl2onnx import to_onnx
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    inputs = np.random.default_rng(0).normal(3.0, 2.0, (60, 4)).astype(np.float32)
    labels = (inputs.sum(axis=1) > 12).astype(int) + (inputs[:, 0] > 4)
    targets = {
        "classes": labels,
        "names": np.array(["a", "b", "c"])[labels],
        "two classes": labels > 0,
        "numbers": inputs[:, 0],
        "columns": inputs[:, :2],
    }[task]
    kind = MLPRegressor if task in ("numbers", "columns") else MLPClassifier
    network = make_pipeline(
        StandardScaler(), kind(hidden_layer_sizes=(5, 4), activation="logistic", max_iter=20, random_state=0)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(inputs, targets)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = to_onnx(network, inputs[:1]).SerializeToString()
    model = read_onnx(content).model
    if kind is MLPRegressor:
        expected = network.predict(inputs).reshape(60, -1)
    else:
        expected = network.predict_proba(inputs)[:, 1 if model.task is Task.BINARY else 0 :]
        assert model.class_names == tuple(
            str(int(c)) if task == "two classes" else str(c) for c in network.classes_
        )
    assert difference_of(model.predict(inputs.astype(np.float64)), expected) < 1e-5
    assert model.topology.sizes[1:-1] == (5, 4)
    np.testing.assert_allclose(model.input_scaling.mean, network[0].mean_, rtol=1e-6)


@pytest.mark.parametrize("is_new", [False, True], ids=["classic", "dynamo"])
@pytest.mark.parametrize("kind", ["activations", "cat", "add", "flat", "view"])
def test_networks_of_pytorch_are_read(kind, is_new, tmp_path):
    torch = pytest.importorskip("torch", reason="it exports these networks")
    if is_new:
        pytest.importorskip("onnxscript", reason="torch exports with it")
    nn = torch.nn

    class Cat(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Linear(4, 5), nn.Linear(9, 3)

        def forward(self, x):
            return torch.softmax(self.last(torch.cat([x, torch.tanh(self.first(x))], 1)), 1)

    class Add(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second, self.last = nn.Linear(4, 4), nn.Linear(4, 2), nn.Linear(4, 2)

        def forward(self, x):
            return self.second(x + torch.relu(self.first(x))) + self.last(x)

    class View(nn.Module):
        def __init__(self):
            super().__init__()
            self.last = nn.Linear(12, 2)

        def forward(self, x):
            return torch.sigmoid(self.last(x.view(x.size(0), -1)))

    torch.manual_seed(0)
    network = {
        "activations": nn.Sequential(
            nn.Linear(4, 5), nn.GELU(approximate="tanh"), nn.Linear(5, 4), nn.SiLU(), nn.BatchNorm1d(4),
            nn.Linear(4, 5), nn.ELU(), nn.Dropout(), nn.Linear(5, 3), nn.Softplus(), nn.Linear(3, 4),
            nn.LeakyReLU(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1),
            nn.Sigmoid(),
        ),
        "cat": Cat(), "add": Add(), "flat": nn.Sequential(nn.Flatten(), nn.Linear(12, 3)), "view": View(),
    }[kind].eval()  # fmt: skip
    inputs = torch.randn(20, *((3, 4) if kind in ("flat", "view") else (4,)))
    path = tmp_path / "network.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if is_new:
            batch = ({0: torch.export.Dim("batch")},)
            torch.onnx.export(
                network,
                (inputs,),
                path,
                dynamo=True,
                dynamic_shapes=batch,
                external_data=False,
                verbose=False,
            )
        else:
            torch.onnx.export(network, (inputs,), path, dynamo=False)
    model = read_onnx(path.read_bytes()).model
    expected = network(inputs).detach().numpy().astype(np.float64)
    answers = model.predict(inputs.reshape(20, -1).numpy().astype(np.float64))
    assert difference_of(answers, expected) < 2e-6
    assert model.topology.sizes == {
        "activations": (4, 5, 4, 5, 3, 4, 3, 3, 1), "cat": (4, 5, 3), "add": (4, 4, 4, 2), "flat": (12, 3),
        "view": (12, 2),
    }[kind]  # fmt: skip
