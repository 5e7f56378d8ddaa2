// The trainer for Python: it takes numpy's arrays as they are, and lets go of the interpreter lock.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "nn/trainer.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

template <class Number>
using Vector = nb::ndarray<Number, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class Number>
using Matrix = nb::ndarray<Number, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
// Units, name of the activation, indices of the layers that feed it.
using LayerRow = std::tuple<std::size_t, std::string, std::vector<std::size_t>>;

static_assert(sizeof(nn::StopFlag) == 1 && nn::StopFlag::is_always_lock_free, "a byte of numpy can be the flag");

nn::Network make_network(const std::vector<LayerRow>& rows) {
    std::vector<nn::Layer> layers;
    for (const auto& [units, activation, sources] : rows) {
        layers.push_back({units, nn::activation_named(activation), sources});
    }
    return nn::Network(std::move(layers));
}

// Keeps the arrays alive that the trainer works on, and checks what the library takes on trust.
template <class T>
class Engine {
public:
    Engine(const std::vector<LayerRow>& layers, const std::string& loss, Matrix<const T> inputs,
           Matrix<const T> targets, Vector<T> parameters, std::optional<Vector<const T>> learns)
        : inputs_(inputs),
          targets_(targets),
          parameters_(parameters),
          learns_(learns),
          trainer_(make_network(layers), nn::loss_named(loss), {inputs.data(), targets.data()}, parameters.data(),
                   learns ? learns->data() : nullptr) {
        const nn::Network& network = trainer_.network();
        require(parameters.shape(0) == network.size(), "the number of parameters does not fit the network");
        require(!learns || learns->shape(0) == network.size(), "the mask does not fit the network");
        require(inputs.shape(1) == network.inputs(), "the inputs do not fit the network");
        require(targets.shape(1) == network.outputs(), "the targets do not fit the network");
        require(inputs.shape(0) == targets.shape(0), "there are not as many targets as inputs");
    }

    std::size_t train(Matrix<const std::int64_t> order, std::size_t batch_size, double learning_rate,
                      Vector<double> losses, std::optional<Vector<std::uint8_t>> stop) {
        const std::size_t epochs = order.shape(0), samples = order.shape(1);
        require(batch_size > 0, "a batch has one sample at least");
        require(losses.shape(0) >= epochs * ((samples + batch_size - 1) / batch_size), "too few places for losses");
        check_rows(order.data(), epochs * samples);
        const auto* flag = stop ? reinterpret_cast<const nn::StopFlag*>(stop->data()) : nullptr;
        nb::gil_scoped_release release;
        std::size_t done = 0;
        for (std::size_t epoch = 0; epoch < epochs && samples > 0; ++epoch) {
            done += trainer_.train(order.data() + epoch * samples, samples, batch_size, static_cast<T>(learning_rate),
                                   losses.data() + done, flag);
            if (!std::isfinite(losses.data()[done - 1]) || (flag && flag->load(std::memory_order_relaxed))) break;
        }
        return done;
    }

    double gradient(Vector<const std::int64_t> rows, Vector<T> gradient) {
        check_rows(rows.data(), rows.shape(0));
        require(rows.shape(0) > 0, "there are no samples");
        require(gradient.shape(0) == trainer_.network().size(), "the gradient does not fit the network");
        nb::gil_scoped_release release;
        return trainer_.gradient(rows.data(), rows.shape(0), gradient.data());
    }

    double loss(Matrix<const double> inputs, Matrix<const double> targets) {
        require(inputs.shape(1) == trainer_.network().inputs(), "the inputs do not fit the network");
        require(inputs.shape(0) > 0, "there are no samples");
        require(targets.shape(0) == inputs.shape(0), "there are not as many targets as inputs");
        require(targets.shape(1) == trainer_.network().outputs(), "the targets do not fit the network");
        nb::gil_scoped_release release;
        return trainer_.loss(inputs.data(), targets.data(), inputs.shape(0));
    }

    // Seconds of forward pass, backward pass and update, over all batches, and the number of updates.
    std::tuple<double, double, double, std::size_t> time_phases(Vector<const std::int64_t> order, std::size_t batch_size,
                                                   double learning_rate) {
        require(batch_size > 0, "a batch has one sample at least");
        check_rows(order.data(), order.shape(0));
        nb::gil_scoped_release release;
        const nn::Phases phases =
            trainer_.time_phases(order.data(), order.shape(0), batch_size, static_cast<T>(learning_rate));
        return {phases.forward, phases.backward, phases.update, phases.updates};
    }

private:
    static void require(bool is_right, const char* otherwise) {
        if (!is_right) throw nb::value_error(otherwise);
    }

    void check_rows(const std::int64_t* rows, std::size_t count) const {
        bool inside = true;
        for (std::size_t i = 0; i < count; ++i) inside &= static_cast<std::uint64_t>(rows[i]) < inputs_.shape(0);
        require(inside, "there is no such sample");
    }

    Matrix<const T> inputs_, targets_;
    Vector<T> parameters_;
    std::optional<Vector<const T>> learns_;
    nn::Trainer<T> trainer_;
};

template <class T>
void bind(nb::module_& module, const char* name) {
    nb::class_<Engine<T>>(module, name)
        .def(nb::init<const std::vector<LayerRow>&, const std::string&, Matrix<const T>, Matrix<const T>, Vector<T>,
                      std::optional<Vector<const T>>>(),
             "layers"_a, "loss"_a, "inputs"_a, "targets"_a, "parameters"_a.noconvert(), "learns"_a.none())
        // What is written to is taken as it is, or refused: a copy would be written in vain.
        .def("train", &Engine<T>::train, "order"_a, "batch_size"_a, "learning_rate"_a, "losses"_a.noconvert(),
             "stop"_a.noconvert().none())
        .def("gradient", &Engine<T>::gradient, "rows"_a, "gradient"_a.noconvert())
        .def("loss", &Engine<T>::loss, "inputs"_a, "targets"_a)
        .def("time_phases", &Engine<T>::time_phases, "order"_a, "batch_size"_a, "learning_rate"_a);
}

// The instruction sets beyond the baseline that this processor has, of those that modules are built for.
std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
#if defined(__GNUC__) && defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        names.push_back("avx2");
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
            names.push_back("avx512");
        }
    }
#endif
    return names;
}

}  // namespace

NB_MODULE(NN_MODULE, module) {
    nb::set_leak_warnings(false);  // what a cache of Python still holds when the process ends is no leak
    bind<float>(module, "Engine32");
    bind<double>(module, "Engine64");
    module.def("instruction_sets", &instruction_sets);
}
