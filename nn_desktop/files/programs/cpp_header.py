"""C++17: a trained network as one header that needs nothing but the standard library, and an example.

The namespace is made from the name of the file: ``wine.hpp`` has ``nn_wine``. In it are

- ``input_count``, ``output_count``, ``class_count`` (0 in a regression);
- ``input_names``, ``output_names``, ``class_names``: UTF-8, as ``std::string_view``;
- ``predict``: raw inputs in, raw answers out, both arrays of ``double``;
- ``class_name``: what answers mean, if classes were learned;
- ``Number``: the type that the network computes with, the one it was trained with;
- ``layer1_weights``, ``layer1_biases``, ``layer3_weights_from_layer1``…, as in `native.array_names`; layers
  that no output depends on are left out.

Beside it stands ``wine_main.cpp``, a program that reads raw inputs as CSV and prints answers as CSV.
"""

from collections.abc import Sequence
from pathlib import Path
from string import Template

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.checking import Answered, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.c_source import (
    CPP,
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

_DOUBLE = Dialect("double", "std::{}".format)
_FLOAT = Dialect("float", "std::{}".format)

_HEADER = Template("""\
// A trained network in C++17, written by NN Desktop.
//
//     #include "$safe_file"
//     const auto answers = $namespace::predict(inputs);
//
// takes raw inputs and gives raw answers. Nothing is needed but the standard library. $main_file
// is an example; compile it with
//
//     c++ -std=c++17 -O2 $main_argument -o $program_argument
//
// The network, for the data "$dataset":
//
$layers
//
// It computes with $number, as it was trained; all numbers below are exact. Names are UTF-8: what is not
// ASCII in them is written as the octal numbers of its bytes.
#ifndef $guard
#define $guard

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace $namespace {

using Number = $number;

inline constexpr std::size_t input_count = $inputs;
inline constexpr std::size_t output_count = $outputs;
inline constexpr std::size_t class_count = $classes;

$names
/// Answers raw inputs: $meaning.
inline std::array<double, output_count> predict(const std::array<double, input_count>& raw);
$class_declaration
// Scaling, weights and biases. Row i of a matrix holds the weights into unit i of its layer.

$arrays
// How it computes.

$functions
inline std::array<double, output_count> predict($parameter)
{
$predict
}
$class_name
}  // namespace $namespace

#endif
""")

_ADD_PRODUCTS = """\
/// z += W x
template <std::size_t Units, std::size_t Sources>
void add_products(const Number (&weights)[Units][Sources], const std::array<Number, Sources>& x,
                  std::array<Number, Units>& z)
{
    for (std::size_t i = 0; i < Units; ++i) {
        Number sum = z[i];
        for (std::size_t j = 0; j < Sources; ++j) {
            sum += weights[i][j] * x[j];
        }
        z[i] = sum;
    }
}
"""

_SOFTMAX = Template("""\
/// Makes positive numbers that add up to 1. The largest is taken from all, so no power is above 1.
template <std::size_t Units>
void softmax(std::array<Number, Units>& values)
{
    const Number largest = *std::max_element(values.begin(), values.end());
    Number total = $zero;
    for (Number& value : values) {
        value = std::exp(value - largest);
        total += value;
    }
    for (Number& value : values) {
        value /= total;
    }
}
""")

_CLASS_DECLARATION = """
/// Names the class that answers stand for.
inline std::string_view class_name(const std::array<double, output_count>& answers);
"""

_BINARY_CLASS = Template("""
inline std::string_view class_name(const std::array<double, output_count>& answers)
{
    return class_names[answers[0] > $threshold ? 1 : 0];
}
""")

_LARGEST_CLASS = """
inline std::string_view class_name(const std::array<double, output_count>& answers)
{
    const auto largest = std::max_element(answers.begin(), answers.end());
    return class_names[static_cast<std::size_t>(largest - answers.begin())];
}
"""

_MAIN = Template(r"""// An example of the network in $safe_file.
//
// It reads raw inputs from standard input, a line of numbers with commas between for each sample, and
// prints the answers in the same way. Compile and run it with
//
//     c++ -std=c++17 -O2 $main_argument -o $program_argument
//     ./$program_argument < inputs.csv
//
// A first line that holds no numbers is skipped: names of columns may stand there. The inputs are:
//
$inputs
#include "$file"

#include <array>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace network = $namespace;

namespace {

std::vector<std::string> split(const std::string& line)
{
    std::vector<std::string> fields{""};
    for (const char c : line) {
        if (c == ',') {
            fields.emplace_back();
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    return fields;
}

/// Reads a number that fills its field.
bool read_number(const std::string& field, double& number)
{
    const char* const begin = field.c_str();
    char* end = nullptr;
    number = std::strtod(begin, &end);
    return end != begin && std::string_view(end).find_first_not_of(" \t") == std::string_view::npos
           && std::isfinite(number);
}

struct Line {
    std::size_t fields = 0;
    std::size_t numbers = 0;  // how many of the fields are numbers
    std::string wrong;        // a field that is none
};

/// Reads a line; its numbers become inputs.
Line read_line(const std::string& text, std::array<double, network::input_count>& inputs)
{
    Line line;
    for (const std::string& field : split(text)) {
        double number = 0.0;
        if (!read_number(field, number)) {
            line.wrong = field;
        } else {
            ++line.numbers;
            if (line.fields < inputs.size()) {
                inputs[line.fields] = number;
            }
        }
        ++line.fields;
    }
    return line;
}

/// Writes text as a field of CSV.
std::string quoted(const std::string_view text)
{
    if (text.find_first_of("\",") == std::string_view::npos) {
        return std::string(text);
    }
    std::string result = "\"";
    for (const char c : text) {
        result += c;
        if (c == '"') {
            result += c;
        }
    }
    return result + '"';
}

void print_titles()
{
    for (std::size_t k = 0; k < network::output_count; ++k) {
        std::cout << (k > 0 ? "," : "") << quoted(network::output_names[k]);
    }
    std::cout << $class_title"\n";
}

void print_answers(const std::array<double, network::output_count>& answers)
{
    for (std::size_t k = 0; k < network::output_count; ++k) {
        std::cout << (k > 0 ? "," : "") << answers[k];
    }
    std::cout << $class_field"\n";
}

}  // namespace

int main()
{
    std::cout << std::setprecision(17);
    print_titles();
    std::array<double, network::input_count> inputs{};
    bool is_heading_possible = true;
    std::string text;
    for (unsigned long number = 1; std::getline(std::cin, text); ++number) {
        if (number == 1 && text.compare(0, 3, "\xEF\xBB\xBF") == 0) {
            text.erase(0, 3);  // what some programs begin UTF-8 with
        }
        if (text.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        const Line line = read_line(text, inputs);
        const bool is_heading = is_heading_possible && line.numbers == 0;
        is_heading_possible = false;
        if (is_heading) {
            continue;
        }
        if (line.fields != inputs.size()) {
            std::cerr << "Line " << number << " holds a wrong number of fields (" << line.fields << ", not "
                      << inputs.size() << "): write one number for each input.\n";
            return 2;
        }
        if (line.numbers != inputs.size()) {
            std::cerr << "Line " << number << " holds \"" << line.wrong
                      << "\", which is no finite number: write it like -1.25 or 3e-4.\n";
            return 2;
        }
        print_answers(network::predict(inputs));
    }
    return 0;
}
""")


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a network as the header of this name, and an example beside it; always in the same way.

    Raises
    ------
    FileError
        If no source could include a file of this name.
    """
    stem = file_stem(name)
    main = f"{stem}_main.cpp"
    words = {"namespace": identifier(stem), **file_words(name, main)}
    return {name: _header(model, words).encode(), main: _main(model, words).encode()}


def answer(path: Path, question: Question) -> Answered:
    """Compile the example, and let it answer.

    Raises
    ------
    NotCheckedError
        If there is no compiler, or the program cannot be compiled or run.
    """
    return answer_by_compiling(CPP, path.with_name(f"{path.stem}_main.cpp"), question)


def _header(model: TrainedModel, words: dict[str, str]) -> str:
    dialect = _FLOAT if model.parameters.vector.dtype == np.float32 else _DOUBLE
    steps = steps_of(model.parameters)
    reads_inputs = any(feed.source == 0 for step in steps for feed in step.feeds)
    arrays = [
        *(_scaling_arrays("input", model.input_scaling) if reads_inputs else []),
        *(array for step in steps for array in _step_arrays(dialect, step)),
        *_scaling_arrays("target", model.target_scaling),
    ]
    return _HEADER.substitute(
        words,
        dataset=comment_text(model.dataset),
        layers="\n".join(f"//     {line}" for line in described_layers(model, steps)),
        number=dialect.number,
        guard=words["namespace"].upper() + "_HPP",
        inputs=len(model.input_names),
        outputs=len(model.output_names),
        classes=len(model.class_names),
        names=_names(model),
        arrays="\n".join(arrays),
        functions="\n".join(_functions(dialect, steps)),
        meaning="in their own units" if model.task is Task.REGRESSION else "what the output layer gives",
        class_declaration=_CLASS_DECLARATION if model.class_names else "",
        parameter=("" if reads_inputs else "[[maybe_unused]] ")
        + "const std::array<double, input_count>& raw",
        predict="\n\n".join(_predict(dialect, model, steps, reads_inputs)),
        class_name=_class_name(model),
    )


def _names(model: TrainedModel) -> str:
    lists = {"input": model.input_names, "output": model.output_names, "class": model.class_names}
    return "\n".join(
        f"inline constexpr std::array<std::string_view, {kind}_count> {kind}_names = {{{{\n"
        + "\n".join(filled(list(map(string_literal, names)), "    "))
        + "\n}};\n"
        for kind, names in lists.items()
        if names
    )


def _scaling_arrays(kind: str, scaling: Scaling) -> list[str]:
    if scaling.is_none:
        return []
    return [
        _vector(_DOUBLE, f"{kind}_means", scaling.mean),
        _vector(_DOUBLE, f"{kind}_scales", scaling.scale),
    ]


def _step_arrays(dialect: Dialect, step: Step) -> list[str]:
    return [
        *(_matrix(dialect, _weights_name(step, feed), feed.weights) for feed in step.feeds),
        _vector(dialect, f"layer{step.number}_biases", step.biases),
    ]


def _weights_name(step: Step, feed: Feed) -> str:
    name = f"layer{step.number}_weights"
    return name if feed.source == step.number - 1 else f"{name}_from_layer{feed.source}"


def _vector(dialect: Dialect, name: str, values: FloatArray) -> str:
    lines = "\n".join(in_columns(dialect.literals(values), "    "))
    return f"inline constexpr std::array<{dialect.number}, {len(values)}> {name} = {{{{\n{lines}\n}}}};\n"


def _matrix(dialect: Dialect, name: str, values: FloatArray) -> str:
    units, sources = values.shape
    rows = [dialect.literals(row) for row in values]
    widest = max(len(number) for row in rows for number in row)
    lines = "\n".join(_row(row, widest) for row in rows)
    return f"inline constexpr {dialect.number} {name}[{units}][{sources}] = {{\n{lines}\n}};\n"


def _row(numbers: Sequence[str], widest: int) -> str:
    lines = in_columns(numbers, " " * 5, widest)
    # The brackets take the place of a space before and of the comma after.
    return "    {" + "\n".join(lines)[5:-1] + "},"


def _functions(dialect: Dialect, steps: Sequence[Step]) -> list[str]:
    functions = dialect.activation_functions(steps)
    if any(step.activation is Activation.SOFTMAX for step in steps):
        functions.append(_SOFTMAX.substitute(zero=dialect.literal(0.0)))
    if any(step.feeds for step in steps):
        functions.append(_ADD_PRODUCTS)
    return functions


def _predict(dialect: Dialect, model: TrainedModel, steps: Sequence[Step], reads_inputs: bool) -> list[str]:
    """Write the parts of the function's body."""
    parts = [_predict_inputs(model.input_scaling)] if reads_inputs else []
    parts += [_predict_layer(dialect, step) for step in steps]
    last = f"layer{steps[-1].number}[k]"
    raw = f"static_cast<double>({last})" if dialect is _FLOAT else last
    if not model.target_scaling.is_none:
        raw = f"{raw} * target_scales[k] + target_means[k]"
    elif dialect is _DOUBLE:
        return [*parts, f"    return layer{steps[-1].number};"]
    return [
        *parts,
        f"""\
    std::array<double, output_count> answers{{}};
    for (std::size_t k = 0; k < output_count; ++k) {{
        answers[k] = {raw};
    }}
    return answers;""",
    ]


def _predict_inputs(scaling: Scaling) -> str:
    if scaling.is_none:
        value, why = "raw[j]", "The network sees the raw inputs."
    else:
        value, why = "(raw[j] - input_means[j]) / input_scales[j]", "The network sees scaled inputs."
    return f"""\
    // {why}
    std::array<Number, input_count> layer0{{}};
    for (std::size_t j = 0; j < input_count; ++j) {{
        layer0[j] = static_cast<Number>({value});
    }}"""


def _predict_layer(dialect: Dialect, step: Step) -> str:
    layer = f"layer{step.number}"
    lines = [f"    auto {layer} = {layer}_biases;"]
    lines += [
        f"    add_products({_weights_name(step, feed)}, layer{feed.source}, {layer});" for feed in step.feeds
    ]
    function = dialect.activate(step.activation)
    if step.activation is Activation.SOFTMAX:
        lines.append(f"    softmax({layer});")
    elif function is not None:
        lines += [f"    for (Number& value : {layer}) {{", f"        value = {function}(value);", "    }"]
    return "\n".join(lines)


def _class_name(model: TrainedModel) -> str:
    if not model.class_names:
        return ""
    if model.threshold is None:
        return _LARGEST_CLASS
    return _BINARY_CLASS.substitute(threshold=_DOUBLE.literal(model.threshold))


def _main(model: TrainedModel, words: dict[str, str]) -> str:
    has_classes = bool(model.class_names)
    return _MAIN.substitute(
        words,
        inputs="\n".join(f"//     {line}" for line in listed_inputs(model)),
        class_title='",class" << ' if has_classes else "",
        class_field="',' << quoted(network::class_name(answers)) << " if has_classes else "",
    )
