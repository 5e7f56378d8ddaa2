"""C99: a trained network as one header for microcontrollers, and an example for a computer.

Everything is computed in float32 with the functions of ``math.h``; nothing is allocated and nothing printed.
All names begin with one made from the name of the file: ``wine.h`` has

- ``NN_WINE_INPUTS``, ``NN_WINE_OUTPUTS``, ``NN_WINE_CLASSES`` (0 in a regression);
- ``nn_wine_input_names``, ``nn_wine_output_names``, ``nn_wine_class_names``: UTF-8;
- ``void nn_wine_predict(const float *inputs, float *outputs)``: raw inputs in, raw answers out;
- ``int nn_wine_classify(const float *outputs)``: the place in ``nn_wine_class_names`` of the class that
  answers stand for, if classes were learned;
- ``nn_wine_layer1_weights``, ``nn_wine_layer1_biases``, ``nn_wine_layer3_weights_from_layer1``…, as in
  `native.array_names`, row by row; layers that no output depends on are left out.

Beside it stands ``wine_main.c``, a program that reads raw inputs as CSV and prints answers as CSV.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.atomic import FileError
from nn_desktop.files.checking import Answered, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.c_source import (
    C,
    Dialect,
    answer_by_compiling,
    comment_text,
    described_layers,
    file_stem,
    file_words,
    filled,
    identifier,
    in_columns,
    listed_inputs,
    string_literal,
)
from nn_desktop.files.programs.steps import Feed, Step, steps_of
from nn_desktop.network.functions import Activation

_FLOAT_BYTES = 4

_HEADER = Template("""\
/*
 * A trained network in C99 for microcontrollers, written by NN Desktop.
 *
 *     #include "$safe_file"
 *     float answers[${macro}_OUTPUTS];
 *     ${prefix}_predict(inputs, answers);
 *
 * takes raw inputs and gives raw answers, in float32 alone. Include it in one source file: everything is
 * static. Nothing is allocated. $main_file is an example for a computer; compile it with
 *
 *     cc -std=c99 -O2 $main_argument -o $program_argument -lm
 *
 * The network, for the data '$dataset':
 *
$layers
 *
 * Bytes of constants, besides the names: $constant_bytes. On most AVR chips constants take RAM too.
 * Bytes of RAM, besides the two arrays of the caller: $ram_bytes$ram_use.
 *
 * Names are UTF-8: what is not ASCII in them is written as the octal numbers of its bytes.
 */
#ifndef ${macro}_H
#define ${macro}_H

#include <math.h>
#include <stddef.h>

#define ${macro}_INPUTS $inputs
#define ${macro}_OUTPUTS $outputs
#define ${macro}_CLASSES $classes

$names
/* Answers raw inputs: $meaning. The two arrays must not overlap. */
static inline void ${prefix}_predict(const float *inputs, float *outputs);
$classify_declaration
/* Scaling, weights and biases. Row after row of a matrix: each the weights into one unit of its layer. */

$arrays
/* How it computes. */

$functions
static inline void ${prefix}_predict(const float *inputs, float *outputs)
{
$predict
}
$classify
#endif
""")

_CLASSIFY_DECLARATION = Template("""
/* Finds the class that answers stand for: its place in ${prefix}_class_names. */
static inline int ${prefix}_classify(const float *outputs);
""")

_CLASSIFY_BINARY = Template("""
static inline int ${prefix}_classify(const float *outputs)
{
    return outputs[0] > $threshold ? 1 : 0;
}
""")

_CLASSIFY_LARGEST = Template("""
static inline int ${prefix}_classify(const float *outputs)
{
    int largest = 0;
    for (int k = 1; k < ${macro}_OUTPUTS; ++k) {
        if (outputs[k] > outputs[largest]) {
            largest = k;
        }
    }
    return largest;
}
""")

_SCALE_INPUTS = Template("""\
    /*
     * The network sees scaled inputs. The mean is subtracted in two parts, the float nearest to it and
     * what that lacks: where the raw inputs are large and differ little, one float alone would be off by
     * more than they differ. (-ffast-math would undo this.)
     */
    float *const layer0 = $place;
    for (size_t j = 0; j < ${macro}_INPUTS; ++j) {
        layer0[j] = ((inputs[j] - ${prefix}_input_means[j]) - ${prefix}_input_mean_rests[j])
                    / ${prefix}_input_scales[j];
    }""")

_SCALE_OUTPUTS = Template("""\
    for (size_t k = 0; k < ${macro}_OUTPUTS; ++k) {
        outputs[k] = outputs[k] * ${prefix}_target_scales[k] + ${prefix}_target_means[k];
    }""")

_ADD_PRODUCTS = Template("""\
/* z += W x */
static inline void ${prefix}_add_products(const float *weights, const float *x, size_t sources, float *z,
                                          size_t units)
{
    for (size_t i = 0; i < units; ++i) {
        float sum = z[i];
        for (size_t j = 0; j < sources; ++j) {
            sum += *weights++ * x[j];
        }
        z[i] = sum;
    }
}
""")

_SOFTMAX = Template("""\
/* Makes positive numbers that add up to 1. The largest is taken from all, so no power is above 1. */
static inline void ${prefix}_softmax(float *values, size_t units)
{
    float largest = values[0];
    float total = 0.0f;
    for (size_t i = 1; i < units; ++i) {
        largest = values[i] > largest ? values[i] : largest;
    }
    for (size_t i = 0; i < units; ++i) {
        values[i] = expf(values[i] - largest);
        total += values[i];
    }
    for (size_t i = 0; i < units; ++i) {
        values[i] /= total;
    }
}
""")

_MAIN = Template(r"""/*
 * An example of the network in $safe_file.
 *
 * It reads raw inputs from standard input, a line of numbers with commas between for each sample, and
 * prints the answers in the same way. Compile and run it with
 *
 *     cc -std=c99 -O2 $main_argument -o $program_argument -lm
 *     ./$program_argument < inputs.csv
 *
 * A first line that holds no numbers is skipped: names of columns may stand there. The inputs are:
 *
$inputs
 */
#include "$file"

#include <float.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_SIZE = 64 };

typedef struct {
    size_t fields;
    size_t numbers;         /* how many of the fields are numbers */
    char wrong[FIELD_SIZE]; /* a field that is none */
    bool is_blank;
    bool is_last;
} Line;

/* Reads up to the next comma or the end of the line, of long fields the begin; returns what ended it. */
static int read_field(char *field)
{
    size_t length = 0;
    int c = getchar();
    for (; c != ',' && c != '\n' && c != EOF; c = getchar()) {
        if (length < FIELD_SIZE - 1 && c != '\r') {
            field[length++] = (char)c;
        }
    }
    field[length] = '\0';
    return c;
}

/* Reads a number that fills its field. */
static bool read_number(const char *field, float *number)
{
    char *end = NULL;
    if (strncmp(field, "\xEF\xBB\xBF", 3) == 0) {
        field += 3; /* what some programs begin UTF-8 with */
    }
    *number = strtof(field, &end);
    return end != field && strspn(end, " \t") == strlen(end) && strlen(field) < FIELD_SIZE - 1
           && fabsf(*number) <= FLT_MAX;
}

/* Writes text as a field of CSV. */
static void print_quoted(const char *text)
{
    if (strpbrk(text, "\",") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; ++text) {
        if (*text == '"') {
            putchar('"');
        }
        putchar(*text);
    }
    putchar('"');
}

/* Reads a line; its numbers become inputs. */
static Line read_line(float *inputs)
{
    Line line = {0};
    char field[FIELD_SIZE];
    int end = ',';
    for (; end == ','; ++line.fields) {
        float number = 0.0f;
        end = read_field(field);
        if (!read_number(field, &number)) {
            strcpy(line.wrong, field);
            continue;
        }
        ++line.numbers;
        if (line.fields < ${macro}_INPUTS) {
            inputs[line.fields] = number;
        }
    }
    line.is_blank = line.fields == 1 && strspn(field, " \t") == strlen(field);
    line.is_last = end == EOF;
    return line;
}

static void print_titles(void)
{
    for (size_t k = 0; k < ${macro}_OUTPUTS; ++k) {
        if (k > 0) {
            putchar(',');
        }
        print_quoted(${prefix}_output_names[k]);
    }
    puts("$class_title");
}

static void print_answers(const float *answers)
{
    for (size_t k = 0; k < ${macro}_OUTPUTS; ++k) {
        printf(k > 0 ? ",%.9g" : "%.9g", (double)answers[k]);
    }
$print_class    putchar('\n');
}

int main(void)
{
    static float inputs[${macro}_INPUTS];
    static float answers[${macro}_OUTPUTS];
    bool is_heading_possible = true;
    Line line = {0};
    print_titles();
    for (unsigned long number = 1; !line.is_last; ++number) {
        line = read_line(inputs);
        const bool is_heading = is_heading_possible && line.numbers == 0;
        if (line.is_blank || is_heading) {
            is_heading_possible = is_heading_possible && line.is_blank;
            continue;
        }
        is_heading_possible = false;
        if (line.fields != ${macro}_INPUTS) {
            fprintf(stderr, "Line %lu holds a wrong number of fields (%lu, not %d): ", number,
                    (unsigned long)line.fields, ${macro}_INPUTS);
            fputs("write one number for each input.\n", stderr);
            return 2;
        }
        if (line.numbers != ${macro}_INPUTS) {
            fprintf(stderr, "Line %lu holds \"%s\", which is no finite number: ", number, line.wrong);
            fputs("write it like -1.25 or 3e-4.\n", stderr);
            return 2;
        }
        ${prefix}_predict(inputs, answers);
        print_answers(answers);
    }
    return 0;
}
""")

_PRINT_CLASS = Template("""\
    putchar(',');
    print_quoted(${prefix}_class_names[${prefix}_classify(answers)]);
""")


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a network as the header of this name, and an example beside it; always in the same way.

    Raises
    ------
    FileError
        If no source could include a file of this name, or numbers of the network are beyond float32.
    """
    stem = file_stem(name)
    main = f"{stem}_main.c"
    words = {"prefix": identifier(stem), "macro": identifier(stem).upper(), **file_words(name, main)}
    return {name: _header(model, words).encode(), main: _main(model, words).encode()}


def answer(path: Path, question: Question) -> Answered:
    """Compile the example, and let it answer.

    Raises
    ------
    NotCheckedError
        If there is no compiler, or the program cannot be compiled or run.
    """
    return answer_by_compiling(C, path.with_name(f"{path.stem}_main.c"), question)


# --- what is where in memory


@dataclass(frozen=True)
class Memory:
    """Where the values of the layers before the last one lie in one array of floats.

    Attributes
    ----------
    places
        Index at which each layer's values begin, by the layer's number.
    size
        Length of the array that all values share.
    """

    places: Mapping[int, int]
    size: int


def plan_memory(sizes: Mapping[int, int], steps: Sequence[Step]) -> Memory:
    """Give each layer a place that it has for itself until the last layer that it feeds was computed.

    Parameters
    ----------
    sizes
        How many values are to be kept of each layer, by its number.
    steps
        What is computed, in order; they are not to feed on layers after them.
    """
    last_use = {feed.source: step.number for step in steps for feed in step.feeds}
    places: dict[int, int] = {}
    for number in sorted(sizes):
        taken = sorted(
            (places[other], places[other] + sizes[other]) for other in places if last_use[other] >= number
        )
        place = 0
        for begin, end in taken:
            if begin >= place + sizes[number]:
                break
            place = max(place, end)
        places[number] = place
    return Memory(places, max((place + sizes[number] for number, place in places.items()), default=0))


# --- the header


@dataclass(frozen=True, eq=False)
class _Array:
    """An array of constants."""

    name: str
    values: FloatArray

    def source(self, dialect: Dialect) -> str:
        """Define it, each row of a matrix from the begin of a line."""
        rows = [dialect.literals(row) for row in np.atleast_2d(self.values)]
        widest = max(len(number) for row in rows for number in row)
        lines = [line for row in rows for line in in_columns(row, "    ", widest)]
        size = " * ".join(map(str, self.values.shape))
        return f"static const float {dialect.prefix}{self.name}[{size}] = {{\n" + "\n".join(lines) + "\n};\n"


def _header(model: TrainedModel, words: Mapping[str, str]) -> str:
    dialect = Dialect("float", "{}f".format, "static inline", words["prefix"] + "_")
    steps = steps_of(model.parameters)
    reads_inputs = any(feed.source == 0 for step in steps for feed in step.feeds)
    arrays = [
        *(_input_arrays(model.input_scaling) if reads_inputs else []),
        *(array for step in steps for array in _step_arrays(step)),
        *_target_arrays(model.target_scaling),
    ]
    memory = _memory_of(model, steps, reads_inputs)
    return _HEADER.substitute(
        words,
        dataset=comment_text(model.dataset),
        layers="\n".join(f" *     {line}" for line in described_layers(model, steps)),
        constant_bytes=_FLOAT_BYTES * sum(array.values.size for array in arrays),
        ram_bytes=_FLOAT_BYTES * memory.size,
        ram_use=", shared by all calls: one must end before the next" if memory.size else "",
        inputs=len(model.input_names),
        outputs=len(model.output_names),
        classes=len(model.class_names),
        names=_names(model, words),
        meaning="what the output layer gives" if model.class_names else "in their own units",
        classify_declaration=_CLASSIFY_DECLARATION.substitute(words) if model.class_names else "",
        arrays="\n".join(array.source(dialect) for array in arrays),
        functions="\n".join(_functions(dialect, words, steps)),
        predict="\n\n".join(_predict(dialect, words, model, steps, memory, reads_inputs)),
        classify=_classify(dialect, words, model),
    )


def _names(model: TrainedModel, words: Mapping[str, str]) -> str:
    lists = {
        ("input_names", "INPUTS"): model.input_names,
        ("output_names", "OUTPUTS"): model.output_names,
        ("class_names", "CLASSES"): model.class_names,
    }
    return "\n".join(
        f"static const char *const {words['prefix']}_{kind}[{words['macro']}_{count}] = {{\n"
        + "\n".join(filled(list(map(string_literal, names)), "    "))
        + "\n};\n"
        for (kind, count), names in lists.items()
        if names
    )


def _input_arrays(scaling: Scaling) -> list[_Array]:
    if scaling.is_none:
        return []
    means = _to_float32(scaling.mean)
    return [
        _Array("input_means", means),
        _Array("input_mean_rests", _to_float32(scaling.mean - means.astype(np.float64))),
        _Array("input_scales", _scales(scaling)),
    ]


def _target_arrays(scaling: Scaling) -> list[_Array]:
    if scaling.is_none:
        return []
    return [_Array("target_scales", _scales(scaling)), _Array("target_means", _to_float32(scaling.mean))]


def _scales(scaling: Scaling) -> FloatArray:
    scales = _to_float32(scaling.scale)
    if not scales.all():
        raise _beyond_float32()
    return scales


def _step_arrays(step: Step) -> Iterator[_Array]:
    for feed in step.feeds:
        yield _Array(_weights_name(step, feed), _to_float32(feed.weights))
    yield _Array(f"layer{step.number}_biases", _to_float32(step.biases))


def _weights_name(step: Step, feed: Feed) -> str:
    name = f"layer{step.number}_weights"
    return name if feed.source == step.number - 1 else f"{name}_from_layer{feed.source}"


def _to_float32(values: FloatArray) -> FloatArray:
    with np.errstate(over="ignore", under="ignore"):
        rounded = values.astype(np.float32)
    if not np.isfinite(rounded).all():
        raise _beyond_float32()
    return rounded


def _beyond_float32() -> FileError:
    return FileError(
        "Nothing was exported, since numbers of this network are too large or too small for float32, which "
        "a C header computes with: export it as a C++ header (.hpp)."
    )


def _memory_of(model: TrainedModel, steps: Sequence[Step], reads_inputs: bool) -> Memory:
    """Plan for all but what the caller's arrays hold: the last layer, and inputs that are not scaled."""
    sizes = {step.number: step.units for step in steps[:-1]}
    if reads_inputs and not model.input_scaling.is_none:
        sizes[0] = len(model.input_names)
    return plan_memory(sizes, steps)


def _functions(dialect: Dialect, words: Mapping[str, str], steps: Sequence[Step]) -> list[str]:
    functions = dialect.activation_functions(steps)
    if any(step.activation is Activation.SOFTMAX for step in steps):
        functions.append(_SOFTMAX.substitute(words))
    if any(step.feeds for step in steps):
        functions.append(_ADD_PRODUCTS.substitute(words))
    return functions


def _predict(
    dialect: Dialect,
    words: Mapping[str, str],
    model: TrainedModel,
    steps: Sequence[Step],
    memory: Memory,
    reads_inputs: bool,
) -> Iterator[str]:
    """Write the parts of the function's body."""
    if memory.size:
        yield f"    static float memory[{memory.size}];"
    if not reads_inputs:
        yield "    (void)inputs; /* No output depends on them. */"
    elif model.input_scaling.is_none:
        yield "    const float *const layer0 = inputs;"
    else:
        yield _SCALE_INPUTS.substitute(words, place=_place(memory, 0))
    for step in steps[:-1]:
        yield _predict_layer(dialect, step, _place(memory, step.number))
    yield _predict_layer(dialect, steps[-1], "outputs")
    if not model.target_scaling.is_none:
        yield _SCALE_OUTPUTS.substitute(words)


def _place(memory: Memory, number: int) -> str:
    place = memory.places[number]
    return f"memory + {place}" if place else "memory"


def _predict_layer(dialect: Dialect, step: Step, place: str) -> str:
    prefix, layer, units = dialect.prefix, f"layer{step.number}", step.units
    lines = [
        f"    float *const {layer} = {place};",
        f"    for (size_t i = 0; i < {units}; ++i) {{",
        f"        {layer}[i] = {prefix}{layer}_biases[i];",
        "    }",
    ]
    for feed in step.feeds:
        weights, sources = prefix + _weights_name(step, feed), feed.weights.shape[1]
        lines.append(f"    {prefix}add_products({weights}, layer{feed.source}, {sources}, {layer}, {units});")
    function = dialect.activate(step.activation)
    if step.activation is Activation.SOFTMAX:
        lines.append(f"    {prefix}softmax({layer}, {units});")
    elif function is not None:
        lines += [
            f"    for (size_t i = 0; i < {units}; ++i) {{",
            f"        {layer}[i] = {function}({layer}[i]);",
            "    }",
        ]
    return "\n".join(lines)


def _classify(dialect: Dialect, words: Mapping[str, str], model: TrainedModel) -> str:
    if not model.class_names:
        return ""
    if model.threshold is None:
        return _CLASSIFY_LARGEST.substitute(words)
    return _CLASSIFY_BINARY.substitute(words, threshold=dialect.literal(model.threshold))


def _main(model: TrainedModel, words: Mapping[str, str]) -> str:
    has_classes = bool(model.class_names)
    return _MAIN.substitute(
        words,
        inputs="\n".join(f" *     {line}" for line in listed_inputs(model)),
        class_title=",class" if has_classes else "",
        print_class=_PRINT_CLASS.substitute(words) if has_classes else "",
    )
