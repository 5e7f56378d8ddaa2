"""Numbers come out of CSV files as they stand there, whoever wrote them; mistakes are named by place."""

import csv
import io
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import steering_characters

from nn_desktop.data import csv_reader
from nn_desktop.data.csv_reader import MAX_LINE_LENGTH, read_columns
from nn_desktop.data.dataset import DataError

TWO = ("a", "b")


def stream(content: str | bytes) -> io.BufferedReader:
    content = content.encode() if isinstance(content, str) else content
    return io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type]


def read(content: str | bytes, names: Sequence[str] = TWO, rows: int = 1000) -> list[list[float]]:
    pieces = list(read_columns(stream(content), "data.csv", names, rows))
    assert all(len(piece) == rows for piece in pieces[:-1])
    return [row for piece in pieces for row in piece.tolist()]


def complaint(content: str | bytes, names: Sequence[str] = TWO) -> str:
    """Return the one sentence that a mistake is answered with."""
    with pytest.raises(DataError) as caught:
        read(content, names)
    sentence = str(caught.value)
    assert sentence.startswith("The numbers in data.csv cannot be read: ")
    assert sentence.endswith(".")
    assert len(sentence) < 350
    assert not steering_characters(sentence)
    return sentence


@pytest.mark.parametrize(
    "content",
    [
        "1,2\n3,4.5\n",
        "1,2\n3,4.5",
        "1,2\r\n3,4.5\r\n",
        "1,2\r3,4.5\r",
        "\n  \n1,2\n\t\n\n3,4.5\n\n",
        " 1 , 2 \n3, 4.5",
        "1;2\n3;4.5",
        "1;2,0\n3;4,5",
        "1\t2\n3\t4,5",
        '"1","2"\n"3", "4.5"',
        "a,b\n1,2\n3,4.5",
        '"a";"b"\n1;2\n3;4,5',
        "b,a\n2,1\n4.5,3",
        "when,b,,a\nMonday,2,x,1\n,4.5,,3",
        'text;b;a\n"x;""y"", z";2;1\n"";4,5;3',
        "a,b\n1e0,+2\n.3e1,45e-1",
    ],
)
def test_the_same_numbers_in_many_ways(content: str) -> None:
    assert read(content) == [[1.0, 2.0], [3.0, 4.5]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(encoding: str) -> None:
    content = "Länge;größe\r\n1,5;2\r\n3;4\r\n".encode(encoding)
    assert read(content, ("größe", "Länge")) == [[2.0, 1.5], [4.0, 3.0]]


def test_a_byte_that_is_no_utf8_takes_no_other_line_along() -> None:
    content = "\ufeffπ,b,note\n1,2,".encode() + "é\n3,4,".encode("latin-1") + "é\n".encode()
    assert read(content, ("π", "b")) == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("content", ["1.5\n-2\n", "x\n1.5\n-2", "\ufeff1.5\r\n-2\r\n", '"x"\n"1.5"\n"-2"'])
def test_one_column(content: str) -> None:
    assert read(content, ["x"]) == [[1.5], [-2.0]]


def test_names_that_are_numbers_are_names() -> None:
    assert read("2,1\n5,6", ("1", "2")) == [[6.0, 5.0]]
    assert read("3,1\n5,6", ("1", "2")) == [[3.0, 1.0], [5.0, 6.0]]


def test_names_of_columns_may_hold_anything() -> None:
    names = ("a,b", 'the "c"', "d;e", "f\tg", " g ")
    for separator in ",;\t":
        text = io.StringIO()
        csv.writer(text, delimiter=separator).writerows([names, [1, 2, 3, 4, 5]])
        assert read(text.getvalue(), names) == [[1.0, 2.0, 3.0, 4.0, 5.0]]


def test_the_same_name_twice_is_right_where_the_model_has_it_so() -> None:
    assert read("x,x\n1,2", ("x", "x")) == [[1.0, 2.0]]
    assert 'two columns are called "x"' in complaint("x,x,y\n1,2,3", ("x", "y"))
    assert 'two columns are called "x"' in complaint("x,y\n1,2", ("x", "x"))


def test_names_without_numbers_give_nothing() -> None:
    assert read("a,b\n") == []


def test_pieces() -> None:
    pieces = list(read_columns(stream("1,2\n" * 7), "data.csv", TWO, 3))
    assert [piece.shape for piece in pieces] == [(3, 2), (3, 2), (1, 2)]
    assert {piece.dtype for piece in pieces} == {np.dtype(np.float64)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it is empty"),
        (b"\xff\xfe", "it is empty"),
        ("\n \n", "it is empty"),
        ("a,b\n1,2\n\n3,x\n", 'in line 4 column 2 ("b") is "x", which is no finite number'),
        ("b,c,a\n1,2,3\n4,5,\n", 'in line 3 column 3 ("a") is empty'),
        ("1,2\n3,nan\n", 'in line 2 column 2 ("b") is "nan"'),
        ("1,inf\n", 'in line 1 column 2 ("b") is "inf"'),
        ("1,1e999\n", 'in line 1 column 2 ("b") is "1e999"'),
        ("1,2\n1_0,2\n", 'in line 2 column 1 ("a") is "1_0"'),
        ("1,\n", 'in line 1 column 2 ("b") is empty'),
        ("1;2\n1.000,5;2\n", 'is "1.000,5", which is no'),
        ("1,2\n\x1b[31m,2\n", 'is "\\x1b[31m"'),
        (f"1,2\n{'9' * 500}x,2\n", f'is "{"9" * 80}…"'),
        ("1,2\n3\n", "line 2 has 1 column, but the first line has 2"),
        ("a,b\n1,2,\n", "line 2 has 3 columns, but the first line has 2"),
        ("1,2,3\n", "its lines have 3 columns, but there are 2 inputs"),
        ("1,5,2,5\n", "numbers with decimal commas need semicolons"),
        ("1 2\n", 'since "1 2" is no number, and "a", "b" are not among them'),
        ("a,B\n1,2\n", 'since "a" is no number, and "b" is not among them'),
        ('1,2\n"3,4\n5,6"\n', "the quotation marks in line 2 do not match"),
        ('1,2\n"3"x,4\n', "the quotation marks in line 2 do not match"),
        (b"\xff\xfe1\x00,\x002\x00\n\x003\x00,\x004", "line 2 is cut off or damaged"),
    ],
)
def test_a_mistake_is_named_by_its_place(content: str | bytes, words: str) -> None:
    assert words in complaint(content)


def test_many_missing_columns_are_counted() -> None:
    names = [f"x{number}" for number in range(10)]
    assert '"x1", "x2", "x3" and 6 others are not' in complaint("x0,y\n1,2", names)
    assert '"x7", "x8", "x9" are not' in complaint("x0,x1,x2,x3,x4,x5,x6\n", names)


def test_what_comes_before_a_mistake_is_given() -> None:
    pieces = read_columns(stream("1,2\n3,4\n5,x\n"), "data.csv", TWO, 2)
    assert next(pieces).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    with pytest.raises(DataError, match="line 3"):
        next(pieces)


@pytest.mark.parametrize(
    "content",
    [
        b"1" * (5 * MAX_LINE_LENGTH),
        b"," * (MAX_LINE_LENGTH + 1),
        b"\xff\xfe" + b"1\x00" * (5 * MAX_LINE_LENGTH),
    ],
)
def test_a_line_that_never_ends_is_refused_in_bounded_memory(content: bytes) -> None:
    source = stream(content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"line 1 has more than 1,000,000 characters"):
            list(read_columns(source, "data.csv", TWO, 1000))
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_the_longest_line_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "MAX_LINE_LENGTH", 10)
    assert read("1,2345678\n") == [[1.0, 2345678.0]]
    assert "line 2 has more than 10 characters" in complaint("1,2\n1,234567890\n")


def test_a_long_file_takes_no_more_memory_than_a_short_one() -> None:
    class Endless(io.RawIOBase):
        """Many lines, made as they are read."""

        left = 50

        def readable(self) -> bool:
            return True

        def readinto(self, place: memoryview) -> int:  # type: ignore[override]
            if self.left == 0:
                return 0
            self.left -= 1
            content = b"1.25,2\n" * 1000
            place[: len(content)] = content
            return len(content)

    tracemalloc.start()
    try:
        source = io.BufferedReader(Endless(), 8192)
        count = sum(len(piece) for piece in read_columns(source, "data.csv", TWO, 1000))
        assert count == 50_000
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


def test_a_disk_that_fails_is_explained() -> None:
    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, place: object) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(DataError, match=r"data\.csv cannot be read \(Input/output error\)"):
        list(read_columns(io.BufferedReader(Failing()), "data.csv", TWO, 10))


def test_the_stream_stays_open_for_who_opened_it() -> None:
    source = stream("1,2\n3,x\n")
    with pytest.raises(DataError):
        list(read_columns(source, "data.csv", TWO, 10))
    assert not source.closed
    for piece in read_columns(stream("1,2\n3,4"), "data.csv", TWO, 1):
        assert piece.tolist() == [[1.0, 2.0]]
        break


FINITE = st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=9)


@given(data=st.data(), width=st.integers(1, 5), separator=st.sampled_from(",;\t"), has_names=st.booleans())
def test_every_float_comes_back_to_the_bit(
    data: st.DataObject, width: int, separator: str, has_names: bool
) -> None:
    names = data.draw(st.lists(NAMES, min_size=width, max_size=width, unique=True))
    rows = data.draw(st.lists(st.lists(FINITE, min_size=width, max_size=width), min_size=1, max_size=6))
    order = data.draw(st.permutations(range(width))) if has_names else range(width)
    decimal = data.draw(st.sampled_from(",.")) if separator != "," and width > 1 else "."
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=data.draw(st.sampled_from([0, 1])))
    titles = [[names[place] for place in order]] if has_names else []
    numbers = [[repr(row[place]).replace(".", decimal) for place in order] for row in rows]
    writer.writerows([*titles, *numbers])
    found = read(text.getvalue(), names)
    assert np.array(found).tobytes() == np.array(rows).tobytes()


@given(st.binary(max_size=200))
def test_any_bytes_are_numbers_or_one_sentence(content: bytes) -> None:
    try:
        rows = read(content)
    except DataError as error:
        assert not steering_characters(str(error))
        return
    assert np.isfinite(rows).all()
