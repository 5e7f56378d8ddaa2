// Training: forward, loss, backward, update, batch after batch.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "passes.hpp"

namespace nn {

// Samples, each a row: inputs (count × inputs), targets (count × outputs). They belong to the caller.
template <class T>
struct Samples {
    const T* inputs;
    const T* targets;
};

// Seconds that the parts of all updates took, and the number of updates.
struct Phases {
    double forward = 0, backward = 0, update = 0;
    std::size_t updates = 0;
};

// Set by any thread; looked at between two batches.
using StopFlag = std::atomic<unsigned char>;

template <class T>
class Trainer {
public:
    // `learns`, if it is there, has a 1 for each parameter that learns and a 0 for each other one. Samples,
    // `parameters` and `learns` belong to the caller; the parameters are changed in place.
    Trainer(Network network, Loss loss, Samples<T> samples, T* parameters, const T* learns = nullptr)
        : network_(std::move(network)),
          loss_(loss),
          samples_(samples),
          parameters_(parameters),
          learns_(learns),
          passes_(network_),
          targets_(network_.outputs() * Passes<T>::tile) {}

    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    const Network& network() const { return network_; }

    // One update for each batch of the `count` samples in `order`; the last batch may be smaller. Writes the loss
    // of each batch before its update into `losses` and returns how many. It ends with the first loss that is not
    // finite, whose batch does no update, and after any batch once `stop` is set.
    std::size_t train(const std::int64_t* order, std::size_t count, std::size_t batch_size, T learning_rate,
                      double* losses, const StopFlag* stop = nullptr) {
        std::size_t batches = 0;
        for (std::size_t begin = 0; begin < count; begin += batch_size) {
            const double loss = compute_gradient(order + begin, std::min(batch_size, count - begin));
            losses[batches++] = loss;
            if (!std::isfinite(loss)) {
                clear_gradient();
                break;
            }
            update(learning_rate);
            if (stop && stop->load(std::memory_order_relaxed)) break;
        }
        return batches;
    }

    // Train as `train` does, with a watch in hand: every tile's forward and backward pass, and every update.
    Phases time_phases(const std::int64_t* order, std::size_t count, std::size_t batch_size, T learning_rate) {
        Phases phases;
        for (std::size_t begin = 0; begin < count; begin += batch_size) {
            const double loss = compute_gradient(order + begin, std::min(batch_size, count - begin), &phases);
            if (!std::isfinite(loss)) {
                clear_gradient();
                break;
            }
            ++phases.updates;
            const auto began = Clock::now();
            update(learning_rate);
            phases.update += seconds_since(began);
        }
        return phases;
    }

    // The mean loss over some samples; its gradient, a flat vector, is written too.
    double gradient(const std::int64_t* order, std::size_t count, T* gradient) {
        const double loss = compute_gradient(order, count);
        std::copy(passes_.gradient(), passes_.gradient() + network_.size(), gradient);
        clear_gradient();
        return loss;
    }

    // Run the forward pass over any samples, tile by tile: visit(passes, first sample, number of samples).
    template <class Number, class Visit>
    void evaluate(const Number* inputs, std::size_t count, Visit visit) {
        const std::size_t size = network_.inputs();
        for (std::size_t begin = 0; begin < count; begin += Passes<T>::tile) {
            const std::size_t samples = std::min(Passes<T>::tile, count - begin);
            passes_.forward(parameters_, samples, [&](T* to, std::size_t width) {
                gather(inputs + begin * size, size, samples, to, width, [](std::size_t s) { return s; });
            });
            visit(passes_, begin, samples);
        }
    }

    // The mean loss over any samples.
    template <class Number>
    double loss(const Number* inputs, const Number* targets, std::size_t count) {
        double total = 0;
        evaluate(inputs, count, [&](const Passes<T>& passes, std::size_t begin, std::size_t samples) {
            const std::size_t size = network_.outputs();
            gather(targets + begin * size, size, samples, targets_.data(), passes.width(),
                   [](std::size_t s) { return s; });
            total += loss_sum(loss_, passes.outputs(targets_.data()));
        });
        return total / static_cast<double>(count);
    }

private:
    using Clock = std::chrono::steady_clock;

    static double seconds_since(Clock::time_point began) {
        return std::chrono::duration<double>(Clock::now() - began).count();
    }

    // Turn samples, each a row, into features first, (size × width); what only fills a vector becomes 0.
    template <class Number, class Row>
    static void gather(const Number* from, std::size_t size, std::size_t samples, T* to, std::size_t width, Row row) {
        const auto sample = [=](std::size_t s) { return from + static_cast<std::size_t>(row(s)) * size; };
        std::size_t s = 0;
        for (; s + 4 <= samples; s += 4) {  // four numbers are written at once
            const Number *a = sample(s), *b = sample(s + 1), *c = sample(s + 2), *d = sample(s + 3);
            for (std::size_t i = 0; i < size; ++i) {
                const T four[4] = {T(a[i]), T(b[i]), T(c[i]), T(d[i])};
                std::copy(four, four + 4, to + i * width + s);
            }
        }
        for (; s < samples; ++s) {
            for (std::size_t i = 0; i < size; ++i) to[i * width + s] = T(sample(s)[i]);
        }
        for (std::size_t i = 0; i < size && samples < width; ++i) {
            std::fill(to + i * width + samples, to + (i + 1) * width, T(0));
        }
    }

    double compute_gradient(const std::int64_t* order, std::size_t batch, Phases* phases = nullptr) {
        double total = 0;
        for (std::size_t begin = 0; begin < batch; begin += Passes<T>::tile) {
            const std::int64_t* rows = order + begin;
            const std::size_t samples = std::min(Passes<T>::tile, batch - begin);
            const auto began = phases ? Clock::now() : Clock::time_point();
            const auto row = [rows](std::size_t s) { return rows[s]; };
            passes_.forward(parameters_, samples, [&](T* to, std::size_t width) {
                gather(samples_.inputs, network_.inputs(), samples, to, width, row);
            });
            gather(samples_.targets, network_.outputs(), samples, targets_.data(), passes_.width(), row);
            total += loss_sum(loss_, passes_.outputs(targets_.data()));
            if (phases) phases->forward += seconds_since(began);
            const auto turned = phases ? Clock::now() : Clock::time_point();
            passes_.backward(parameters_, loss_, targets_.data(), batch);
            if (phases) phases->backward += seconds_since(turned);
        }
        return total / static_cast<double>(batch);
    }

    void clear_gradient() { std::fill(passes_.gradient(), passes_.gradient() + network_.size(), T(0)); }

    // W ← W − η ∂L/∂W, and the gradient is 0 again.
    void update(T learning_rate) {
        T* gradient = passes_.gradient();
        for (std::size_t i = 0; i < network_.size(); ++i) {
            // Not times 0: what does not learn keeps its bits, also where the gradient is infinite.
            const bool learns = !learns_ || learns_[i] != T(0);
            parameters_[i] = learns ? parameters_[i] - learning_rate * gradient[i] : parameters_[i];
            gradient[i] = 0;
        }
    }

    Network network_;
    Loss loss_;
    Samples<T> samples_;
    T* parameters_;
    const T* learns_;
    Passes<T> passes_;
    Buffer<T> targets_;
};

}  // namespace nn
