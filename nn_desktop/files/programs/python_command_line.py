"""The command line of exported programs in Python: how it is written, and how a check makes use of it.

A program reads a CSV file, or standard input, and prints CSV: a line with the names of the outputs (and
``class`` if classes were learned), then a line for each sample. A first line without numbers is taken as the
titles of columns. A table that is not as it should be is answered by one sentence and the exit code 2.
"""

from collections.abc import Sequence
from pathlib import Path

from nn_desktop.arrays import FloatArray
from nn_desktop.files.check_vectors import CLASS
from nn_desktop.files.checking import Question, read_answers, run_program, write_inputs
from nn_desktop.files.model import TrainedModel
from nn_desktop.programs import isolated_python

START = """\
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""

_COMMAND_LINE = '''\
def is_number(field):
    """Tell whether a field of a table holds a number."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def is_title_line(fields):
    """Tell whether the first line of a table holds the titles of its columns."""
    numbers = sum(map(is_number, fields))
    # The name of an input may be a number.
    return numbers == 0 or (numbers < len(fields) and set(INPUT_NAMES) <= set(fields))


def find_columns(titles):
    """Return where the inputs stand, by their names; or by their order if none of the names is there."""
    titles = [title.strip() for title in titles]
    names = [name.strip() for name in INPUT_NAMES]
    missing = [name for name in names if name not in titles]
    if not missing:
        return [titles.index(name) for name in names]
    if len(missing) < len(names):
        raise ValueError(f'no column is called "{missing[0]}", as an input is')
    if len(titles) != len(names):
        raise ValueError(f"it has {len(titles)} columns, but there are {len(names)} inputs")
    return list(range(len(names)))


def read_samples(file):
    """Return the inputs of each sample of a table; raise ValueError if it is not as it should be."""
    samples = []
    columns = None
    reader = csv.reader(file)
    for fields in reader:
        if not fields:
            continue
        if columns is None:
            columns, width = range(len(INPUT_NAMES)), len(INPUT_NAMES)
            if is_title_line(fields):
                columns, width = find_columns(fields), len(fields)
                continue
        if len(fields) != width:
            raise ValueError(f"line {reader.line_num} has {len(fields)} columns, but should have {width}")
        for column in columns:
            if not is_number(fields[column]) or not math.isfinite(float(fields[column])):
                raise ValueError(f'line {reader.line_num} has "{fields[column]}" where a number should be')
        samples.append([float(fields[column]) for column in columns])
    return samples


def main(arguments):
    """Answer the samples of a table, as said at the top; return the exit code."""
    sys.stdout.reconfigure(encoding="utf-8", newline="\\n")
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    table = arguments[0] if arguments else "standard input"
    try:
        if len(arguments) > 1:
            raise ValueError("one table is enough: give a single file, or none")
        with open(arguments[0] if arguments else 0, encoding="utf-8-sig", newline="") as file:
            samples = read_samples(file)
        answers = {answers}
    except UnicodeDecodeError:
        print(f"{table}: it is no text in UTF-8", file=sys.stderr)
        return 2
    except (csv.Error, ValueError) as error:
        print(f"{table}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    writer = csv.writer(sys.stdout, lineterminator="\\n")
    writer.writerow({title})
    for row in answers:
        writer.writerow({row})
    return 0
'''


def name_class_source(model: TrainedModel) -> str:
    """Write the function that names the class of one row of answers."""
    if model.threshold is not None:
        choice = f"CLASS_NAMES[1] if answers[0] > {model.threshold!r} else CLASS_NAMES[0]"
    else:
        choice = "CLASS_NAMES[answers.index(max(answers))]"
    return f'''\
def name_class(answers):
    """Return the name of the class that the answers to one sample, a list, stand for."""
    return {choice}
'''


def command_line_source(model: TrainedModel, answers: str) -> str:
    """Write the functions that read samples and answer them."""
    title, row = ("OUTPUT_NAMES", "row")
    if model.class_names:
        title, row = f'[*OUTPUT_NAMES, "{CLASS}"]', "[*row, name_class(row)]"
    return _COMMAND_LINE.replace("{answers}", answers).replace("{title}", title).replace("{row}", row)


def run(arguments: Sequence[str | Path], question: Question) -> FloatArray:
    """Let an exported program answer on its command line; return shape (n, outputs).

    Parameters
    ----------
    arguments
        Command line of Python. The last argument is the program, in a folder with nothing but its own files.
    question
        Its inputs are given on standard input.

    Raises
    ------
    NotCheckedError
        If it cannot be run, fails, or prints no table.
    """
    folder = Path(arguments[-1]).parent
    command = [*isolated_python(), *arguments]
    printed = run_program(command, folder, question.stop, write_inputs(question.inputs))
    return read_answers(printed, question.outputs)
