// Trains 1-16-16-1 on a sine and prints the loss as it falls, and the curve at the end.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "nn/trainer.hpp"

int main() {
    constexpr double pi = 3.14159265358979323846;
    constexpr std::size_t samples = 160, epochs = 3000, batch_size = 16;
    std::mt19937_64 random(0);

    std::vector<double> x(samples), y(samples);
    std::uniform_real_distribution<double> position(-pi, pi);
    for (std::size_t i = 0; i < samples; ++i) {
        x[i] = position(random);
        y[i] = std::sin(x[i]);
    }

    const nn::Network network({
        {1},
        {16, nn::Activation::tanh, {0}},
        {16, nn::Activation::tanh, {1}},
        {1, nn::Activation::identity, {2}},
    });
    // Weights from ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases 0.
    std::vector<double> parameters(network.size(), 0.0);
    for (std::size_t l = 1; l < network.layers().size(); ++l) {
        const std::size_t units = network.layers()[l].units, row = network.row(l);
        const double limit = std::sqrt(6.0 / static_cast<double>(units + row - 1));
        std::uniform_real_distribution<double> weight(-limit, limit);
        for (std::size_t u = 0; u < units; ++u) {
            for (std::size_t i = 0; i + 1 < row; ++i) parameters[network.begin(l) + u * row + i] = weight(random);
        }
    }

    nn::Trainer<double> trainer(network, nn::Loss::mean_squared_error, {x.data(), y.data()}, parameters.data());
    std::vector<std::int64_t> order(samples);
    std::iota(order.begin(), order.end(), 0);
    std::vector<double> losses(samples / batch_size + 1);
    std::printf("epoch 0: loss %.6f\n", trainer.loss(x.data(), y.data(), samples));
    for (std::size_t epoch = 1; epoch <= epochs; ++epoch) {
        std::shuffle(order.begin(), order.end(), random);
        trainer.train(order.data(), samples, batch_size, 0.1, losses.data());
        if (epoch % 500 == 0) {
            std::printf("epoch %zu: loss %.6f\n", epoch, trainer.loss(x.data(), y.data(), samples));
        }
    }

    // The curve, turned by 90°: x runs down, y to the right. "o" is the network, "." the sine beside it.
    constexpr std::size_t lines = 33;
    std::vector<double> at(lines);
    for (std::size_t i = 0; i < lines; ++i) at[i] = -pi + 2 * pi * static_cast<double>(i) / (lines - 1);
    trainer.evaluate(at.data(), lines, [&](const nn::Passes<double>& passes, std::size_t begin, std::size_t count) {
        const double* answers = passes.activations(network.layers().size() - 1);
        for (std::size_t i = 0; i < count; ++i) {
            const auto column = [](double value) { return static_cast<std::size_t>(std::lround(30 + 28 * value)); };
            std::string line(61, ' ');
            line[column(std::sin(at[begin + i]))] = '.';
            line[column(std::fmin(1, std::fmax(-1, answers[i])))] = 'o';
            std::printf("%6.2f |%s\n", at[begin + i], line.c_str());
        }
    });
    return trainer.loss(x.data(), y.data(), samples) < 0.01 ? 0 : 1;
}
