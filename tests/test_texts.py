"""Foreign texts are shown without anything that steers a terminal or turns the direction of writing."""

import io
import json
import os
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sentences import steering_characters

from nn_desktop.cli.console import put, say
from nn_desktop.cli.results import format_json
from nn_desktop.errors import UserError
from nn_desktop.files.programs.c_source import string_literal
from nn_desktop.files.spreadsheet import cell
from nn_desktop.texts import (
    MAX_SENTENCE,
    MAX_SHOWN,
    MAX_SHOWN_PATH,
    one_line,
    sentence,
    shown,
    shown_file,
    shown_path,
    visible,
    visible_lines,
)


def test_what_steers_is_written_as_its_escape():
    assert shown("a\x1b[2Jb") == r"a\x1b[2Jb"
    assert shown("line\nline\r") == r"line\nline\r"
    assert shown("abc\u202egpj.exe") == r"abc\u202egpj.exe"
    assert shown("half \ud800") == r"half \ud800"
    assert shown("\u2028\x7f\x85\ufeff") == r"\u2028\x7f\x85\ufeff"


def test_ordinary_texts_of_all_scripts_stay():
    for text in ("größe", "μ² ≤ 3", "می‌خواهم", "温度", "👩‍🔬", "a\u00a0b"):
        assert shown(text) == text


def test_long_texts_are_cut():
    assert shown("x" * MAX_SHOWN) == "x" * MAX_SHOWN
    assert shown("x" * 1000) == "x" * MAX_SHOWN + "…"
    assert shown("abc", longest=2) == "ab…"
    assert shown(b"\x1b[2J") == "b'\\x1b[2J'"


def test_a_path_leaves_out_its_middle_and_keeps_its_file():
    path = Path("/home/maria") / ("folder/" * 100) / "network of the second try.json"
    assert shown_path(path).startswith("/home/maria/folder/")
    assert shown_path(path).endswith("/network of the second try.json")
    assert len(shown_path(path)) == MAX_SHOWN_PATH
    assert shown_path("a" * 100 + ".npz", 48) == "a" * 15 + "…" + "a" * 28 + ".npz"
    assert shown_file("a" * 100 + ".npz") == "a" * 26 + "…" + "a" * 49 + ".npz"


def test_a_short_path_stands_whole():
    assert shown_path(Path("größe/μ.nnd")) == "größe/μ.nnd"
    assert shown_path("x" * MAX_SHOWN_PATH) == "x" * MAX_SHOWN_PATH


def test_a_hostile_path_neither_steers_nor_pushes_its_suffix_out_of_sight():
    assert shown_path("/a\x1b[2J\n/net\u202egnp.exe") == r"/a\x1b[2J\n/net\u202egnp.exe"
    assert shown_path(os.fsdecode(b"/tmp/\xff.nnd")) == r"/tmp/\udcff.nnd"
    hidden = shown_path("/tmp/picture.png" + "\u202e" * 300 + ".exe")
    assert hidden.startswith("/tmp/picture.png")
    assert hidden.endswith(r"\u202e.exe")
    assert len(hidden) == MAX_SHOWN_PATH


@given(st.text(st.characters()))
def test_nothing_that_is_shown_steers(text):
    for safe in (shown(text), shown_path(text), visible(text), sentence(text), str(UserError(text))):
        safe.encode()
        assert not steering_characters(safe)
    assert not any(map(steering_characters, visible_lines(text).split("\n")))


@given(st.text(st.characters(), max_size=300).map(lambda text: text * 10))
def test_what_is_shown_has_a_bound_and_is_shown_again_as_it_is(text):
    assert len(shown(text)) <= MAX_SHOWN + 1
    assert len(shown_path(text)) <= MAX_SHOWN_PATH
    safe = sentence(text)
    assert len(safe) <= MAX_SENTENCE
    assert sentence(safe) == safe


def test_a_long_sentence_keeps_both_ends():
    whole = f"The file {'x' * 5000} cannot be read: choose another."
    assert sentence("short.") == "short."
    assert sentence(whole).startswith("The file xxx")
    assert sentence(whole).endswith("xxx cannot be read: choose another.")
    assert " … " in sentence(whole)


def test_the_lines_of_a_result_stay_lines(capsys):
    put("one\ntwo\x1b[2J\n")
    say("it\nfailed\x07")
    assert capsys.readouterr() == ("one\ntwo\\x1b[2J\n\n", "nn-desktop: it\\nfailed\\x07\n")


def test_a_stream_of_another_encoding_is_sent_what_it_can_take(monkeypatch):
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, "ascii"))
    put("größe \u202e \ud800")
    assert content.getvalue() == b"gr\\xf6\\xdfe \\u202e \\ud800\n"


CHARACTERS = st.characters(exclude_categories=("Cs",))  # JSON puts two halves of a pair together


@given(st.dictionaries(st.text(CHARACTERS), st.text(CHARACTERS)))
def test_json_is_plain_and_holds_all(result):
    text = format_json(result)
    assert text.isascii()
    assert not any(map(steering_characters, text.split("\n")))
    assert json.loads(text) == result


def test_a_text_of_one_line_has_no_end_and_no_half_in_it():
    assert one_line("a\r\nb\u2028c\x00d") == "a  b c d"
    assert one_line("\ud83d\ude00 \ud83d") == "\U0001f600 \ufffd"
    assert one_line("\ufeffgröße\u202e") == "\ufeffgröße\u202e"


@given(st.text(st.characters()))
def test_tables_and_sources_hold_the_same_text_of_one_line(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
    assert cell(text) == cell(line)
    assert string_literal(text) == string_literal(line)
    assert "?" in text or "?" not in string_literal(text)
