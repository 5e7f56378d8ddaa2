"""Points of the plane follow the formulas of TensorFlow Playground."""

import math
from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.planar import gaussians, plane
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.source import load

CLASSIFICATIONS = ["gauss", "circle", "xor", "spiral"]
REGRESSIONS = ["plane", "gaussians"]


def planar(name: str, noise: float = 0.0, samples: int | None = None, seed: int = 3) -> Dataset:
    plain = default_settings(name)
    return load(replace(plain, noise=noise, seed=seed, samples=samples or plain.samples))


def shifts(data: Dataset, reach: float, noise: float, seed: int = 3) -> np.ndarray:
    return random_stream(seed, Stream.NOISE).uniform(-reach, reach, (len(data.inputs), 2)) * noise


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_classes_are_named_and_halved(name: str) -> None:
    data = planar(name)
    assert data.task is Task.BINARY
    assert data.inputs.shape == (500, 2)
    assert data.class_names == ("negative", "positive")
    assert data.output_names == ("positive",)
    assert data.domain == ((-6.0, 6.0), (-6.0, 6.0))
    assert data.train.size == pytest.approx(250, abs=1)
    assert data.target_scaling.mean.shape == (1,)
    if name != "xor":  # there the class falls where the point does
        assert np.bincount(data.targets.astype(int)).tolist() == [250, 250]


@pytest.mark.parametrize("name", ["gauss", "circle", "spiral"])
@pytest.mark.parametrize("count", [4, 5, 7])
def test_an_odd_sample_goes_to_the_positive_class(name: str, count: int) -> None:
    data = planar(name, samples=count)
    assert np.bincount(data.targets.astype(int)).tolist() == [count // 2, count - count // 2]


@pytest.mark.parametrize("name", REGRESSIONS)
def test_regressions_have_one_target(name: str) -> None:
    data = planar(name)
    assert data.task is Task.REGRESSION
    assert data.inputs.shape == (1200, 2)
    assert data.targets.shape == (1200, 1)
    assert np.abs(data.inputs).max() <= 6.0
    assert data.class_names == ()
    assert data.output_count == 1


@pytest.mark.parametrize("noise", [0.0, 0.25])
def test_circle_labels_the_moved_point(noise: float) -> None:
    data = planar("circle", noise)
    radii = np.sqrt((data.inputs**2).sum(axis=1))
    assert radii[:250].max() <= 2.5
    assert radii[250:].min() >= 3.5
    assert radii[250:].max() <= 5.0
    moved = data.inputs + shifts(data, 5.0, noise)
    expected = [1 if math.sqrt(x * x + y * y) < 2.5 else 0 for x, y in moved.tolist()]
    assert data.targets.tolist() == expected
    assert (np.bincount(data.targets.astype(int)).tolist() == [250, 250]) == (noise == 0.0)


def test_the_angle_of_the_circle_is_uniform_and_starts_at_the_second_axis() -> None:
    data = planar("circle", samples=20_000)
    stream = random_stream(3, Stream.POSITIONS)
    radii = [*stream.uniform(0, 2.5, 10_000), *stream.uniform(3.5, 5, 10_000)]
    theta = stream.uniform(0, 2 * math.pi, 20_000)
    assert data.inputs[17].tolist() == pytest.approx(
        [radii[17] * math.sin(theta[17]), radii[17] * math.cos(theta[17])]
    )
    assert np.abs(data.inputs.mean(axis=0)).max() < 0.1
    assert radii[0] == pytest.approx(np.hypot(*data.inputs[0]))


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_xor_labels_the_sign_of_the_product_of_the_moved_point(noise: float) -> None:
    data = planar("xor", noise)
    assert np.abs(data.inputs).min() >= 0.3
    assert np.abs(data.inputs).max() <= 5.3
    moved = data.inputs + shifts(data, 5.0, noise)
    assert data.targets.tolist() == [1 if x * y >= 0 else 0 for x, y in moved.tolist()]


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_gauss_has_its_centres_and_variance(noise: float) -> None:
    data = planar("gauss", noise, samples=40_000)
    for label, centre in ((1, 2.0), (0, -2.0)):
        points = data.inputs[data.targets == label]
        assert points.mean(axis=0).tolist() == pytest.approx([centre, centre], abs=0.06)
        assert points.var(axis=0).tolist() == pytest.approx([0.5 + 7 * noise] * 2, rel=0.05)


def test_spiral_points_follow_the_formula() -> None:
    data = planar("spiral")
    for place, label, delta in ((0, 1, 0.0), (250, 0, math.pi)):
        for i in (0, 1, 100, 249):
            r = 5 * i / 250
            t = 1.75 * (i / 250) * 2 * math.pi + delta
            assert data.targets[place + i] == label
            assert data.inputs[place + i].tolist() == pytest.approx(
                [r * math.sin(t), r * math.cos(t)], abs=1e-12
            )
    # By hand: i = 200 of 250, r = 4, t = 2.8 pi, sin t = 0.587785, cos t = -0.809017.
    assert data.inputs[200].tolist() == pytest.approx([2.351141, -3.236068], abs=1e-6)


def test_spiral_noise_moves_points_within_its_share() -> None:
    difference = planar("spiral", 0.4).inputs - planar("spiral").inputs
    assert 0.35 < np.abs(difference).max() <= 0.4 + 1e-12
    np.testing.assert_allclose(difference, shifts(planar("spiral"), 1.0, 0.4), atol=1e-12)


def test_plane_and_gaussians_worked_by_hand() -> None:
    assert plane(np.array([[1.0, 2.0], [-6.0, 6.0]])).tolist() == [[pytest.approx(0.3)], [0.0]]
    points = np.array(
        [[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5], [5, 2.5], [2, 0], [0, 1.5]]
    )
    assert gaussians(points).ravel().tolist() == [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 0.5, 0.0, -0.5]


@pytest.mark.parametrize("name", REGRESSIONS)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_noise_moves_the_point_at_which_a_value_is_taken(name: str, noise: float) -> None:
    data = planar(name, noise)
    assert data.true_function is not None
    np.testing.assert_array_equal(data.targets, data.true_function(data.inputs + shifts(data, 6.0, noise)))
    np.testing.assert_array_equal(data.inputs, planar(name).inputs)


@pytest.mark.parametrize("name", CLASSIFICATIONS + REGRESSIONS)
def test_noise_does_not_change_the_split(name: str) -> None:
    clean, noisy = planar(name), planar(name, 0.5)
    np.testing.assert_array_equal(clean.train, noisy.train)
    np.testing.assert_array_equal(clean.test, noisy.test)
