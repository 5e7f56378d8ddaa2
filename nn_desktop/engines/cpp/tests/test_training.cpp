// Gradients against central differences, an update by hand, the same bits however it is called, and divergence.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "check.hpp"
#include "nn/trainer.hpp"

namespace {

using nn::Activation;
using nn::Loss;

struct Problem {
    nn::Network network;
    std::vector<double> parameters, inputs, targets;
    std::size_t samples;
};

Problem make_problem(std::vector<nn::Layer> layers, std::size_t samples, bool shares = false) {
    Problem problem{nn::Network(std::move(layers)), {}, {}, {}, samples};
    std::mt19937 random(7);
    std::normal_distribution<double> normal(0, 0.7);
    problem.parameters.resize(problem.network.size());
    problem.inputs.resize(samples * problem.network.inputs());
    problem.targets.resize(samples * problem.network.outputs());
    for (auto* numbers : {&problem.parameters, &problem.inputs, &problem.targets}) {
        for (double& number : *numbers) number = normal(random);
    }
    if (shares) {  // one class of several is right
        const std::size_t outputs = problem.network.outputs();
        for (std::size_t i = 0; i < problem.targets.size(); ++i) {
            problem.targets[i] = i % outputs == (i / outputs) % outputs ? 1.0 : 0.0;
        }
    }
    return problem;
}

std::vector<std::int64_t> rows(std::size_t count) {
    std::vector<std::int64_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

void check_gradient(Problem problem, Loss loss) {
    nn::Trainer<double> trainer(problem.network, loss, {problem.inputs.data(), problem.targets.data()},
                                problem.parameters.data());
    std::vector<double> gradient(problem.network.size());
    const auto order = rows(problem.samples);
    const double value = trainer.gradient(order.data(), order.size(), gradient.data());
    const auto loss_now = [&] {
        return trainer.loss(problem.inputs.data(), problem.targets.data(), problem.samples);
    };
    CHECK_NEAR(value, loss_now(), 1e-13);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const double before = problem.parameters[i], step = 1e-5;
        problem.parameters[i] = before + step;
        const double above = loss_now();
        problem.parameters[i] = before - step;
        const double below = loss_now();
        problem.parameters[i] = before;
        CHECK_NEAR(gradient[i], (above - below) / (2 * step), 1e-8);
    }
}

void check_gradients() {
    for (const Activation activation :
         {Activation::identity, Activation::sigmoid, Activation::tanh, Activation::relu, Activation::leaky_relu,
          Activation::elu, Activation::selu, Activation::softplus, Activation::gelu, Activation::swish,
          Activation::sine}) {
        for (const std::size_t samples : {1, 5, 300}) {  // one lane, a part of a vector, two tiles
            // Two links skip a layer; the last hidden layer reaches nothing.
            check_gradient(make_problem({{3},
                                         {5, activation, {0}},
                                         {4, activation, {0, 1}},
                                         {2, activation, {1}},
                                         {2, Activation::identity, {1, 2}}},
                                        samples),
                           Loss::mean_squared_error);
        }
    }
    for (const Loss loss : {Loss::half_squared_error, Loss::mean_absolute_error, Loss::huber}) {
        check_gradient(make_problem({{2}, {3, Activation::tanh, {0}}, {2, Activation::sigmoid, {1}}}, 7), loss);
    }
    check_gradient(make_problem({{2}, {3, Activation::tanh, {0}}, {3, Activation::softmax, {1}}}, 7, true),
                   Loss::mean_squared_error);
    check_gradient(make_problem({{2}, {3, Activation::tanh, {0}}, {3, Activation::softmax, {1}}}, 7, true),
                   Loss::categorical_cross_entropy);
    check_gradient(make_problem({{2}, {3, Activation::tanh, {0}}, {2, Activation::sigmoid, {1}}}, 7, true),
                   Loss::binary_cross_entropy);
    // A layer that nothing feeds gives its biases.
    check_gradient(make_problem({{2}, {3, Activation::tanh, {}}, {1, Activation::identity, {0, 1}}}, 5),
                   Loss::mean_squared_error);
}

// ŷ = w x + b with w = 0.5, b = 0.1, x = 2, y = 2: ŷ = 1.1, L = 0.81, ∂L/∂w = 2 (ŷ − y) x = −3.6, ∂L/∂b = −1.8.
void check_by_hand() {
    double parameters[] = {0.5, 0.1}, x = 2, y = 2, loss = 0;
    const std::int64_t order = 0;
    nn::Trainer<double> trainer(nn::Network({{1}, {1, Activation::identity, {0}}}), Loss::mean_squared_error, {&x, &y},
                                parameters);
    CHECK(trainer.train(&order, 1, 1, 0.1, &loss) == 1);
    CHECK_NEAR(loss, 0.81, 1e-15);
    CHECK_NEAR(parameters[0], 0.86, 1e-15);
    CHECK_NEAR(parameters[1], 0.28, 1e-15);
}

// What does not learn keeps its bits.
void check_mask() {
    Problem problem = make_problem({{2}, {9, Activation::tanh, {0}}, {1, Activation::identity, {1}}}, 20);
    std::vector<double> learns(problem.network.size(), 1.0), before = problem.parameters, losses(20);
    for (std::size_t i = 0; i < learns.size(); i += 3) learns[i] = 0.0;
    nn::Trainer<double> trainer(problem.network, Loss::mean_squared_error,
                                {problem.inputs.data(), problem.targets.data()}, problem.parameters.data(),
                                learns.data());
    const auto order = rows(20);
    trainer.train(order.data(), 20, 4, 0.1, losses.data());
    for (std::size_t i = 0; i < learns.size(); ++i) CHECK((problem.parameters[i] == before[i]) == (learns[i] == 0.0));
}

template <class T>
void check_same_bits() {
    const Problem problem = make_problem({{2}, {17, Activation::tanh, {0}}, {1, Activation::identity, {0, 1}}}, 50);
    const std::vector<T> inputs(problem.inputs.begin(), problem.inputs.end());
    const std::vector<T> targets(problem.targets.begin(), problem.targets.end());
    const auto order = rows(50);
    std::vector<T> at_once(problem.parameters.begin(), problem.parameters.end()), one_by_one = at_once;
    std::vector<double> losses(50), other_losses(50);
    nn::Trainer<T> one(problem.network, Loss::huber, {inputs.data(), targets.data()}, at_once.data());
    nn::Trainer<T> two(problem.network, Loss::huber, {inputs.data(), targets.data()}, one_by_one.data());
    const std::size_t batches = one.train(order.data(), 50, 7, T(0.05), losses.data());
    CHECK(batches == 8);
    for (std::size_t i = 0; i < 50; i += 7) {
        two.train(order.data() + i, std::min<std::size_t>(7, 50 - i), 7, T(0.05), other_losses.data() + i / 7);
    }
    for (std::size_t i = 0; i < batches; ++i) CHECK(losses[i] == other_losses[i]);
    CHECK(at_once == one_by_one);
}

void check_divergence() {
    Problem problem = make_problem({{1}, {4, Activation::identity, {0}}, {1, Activation::identity, {1}}}, 8);
    nn::Trainer<double> trainer(problem.network, Loss::mean_squared_error,
                                {problem.inputs.data(), problem.targets.data()}, problem.parameters.data());
    std::vector<std::int64_t> order;
    for (int epoch = 0; epoch < 100; ++epoch) {
        for (std::int64_t row = 0; row < 8; ++row) order.push_back(row);
    }
    std::vector<double> losses(order.size());
    const std::size_t done = trainer.train(order.data(), order.size(), 1, 1e6, losses.data());
    CHECK(done < order.size());
    CHECK(!std::isfinite(losses[done - 1]));
    CHECK(done < 2 || std::isfinite(losses[done - 2]));
    // From finite parameters it goes on as if nothing had been.
    for (double& number : problem.parameters) number = 0.1;
    CHECK(trainer.train(order.data(), 8, 8, 0.01, losses.data()) == 1);
    for (const double number : problem.parameters) CHECK(std::isfinite(number));
}

void check_refusals() {
    const auto is_refused = [](std::vector<nn::Layer> layers) {
        try {
            nn::Network network(std::move(layers));
            return false;
        } catch (const std::invalid_argument&) {
            return true;
        }
    };
    CHECK(is_refused({{1}}));
    CHECK(is_refused({{1}, {0, Activation::tanh, {0}}}));
    CHECK(is_refused({{1}, {1, Activation::tanh, {1}}}));
    CHECK(is_refused({{1}, {1, Activation::tanh, {0}}, {1, Activation::tanh, {1, 0}}}));
    CHECK(!is_refused({{1}, {1, Activation::tanh, {0}}}));
    CHECK(nn::activation_named("leaky-relu") == Activation::leaky_relu);
    CHECK(nn::loss_named("huber") == Loss::huber);
    try {
        nn::activation_named("cubic");
        CHECK(false);
    } catch (const std::invalid_argument& error) {
        CHECK(std::string(error.what()).find("cubic") != std::string::npos);
    }
}

}  // namespace

int main() {
    check_gradients();
    check_by_hand();
    check_mask();
    check_same_bits<float>();
    check_same_bits<double>();
    check_divergence();
    check_refusals();
    return report();
}
