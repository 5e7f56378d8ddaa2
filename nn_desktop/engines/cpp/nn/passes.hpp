// Forward and backward pass over a tile of samples: as many as stay in the cache.
#pragma once

#include <cstddef>
#include <vector>

#include "losses.hpp"
#include "network.hpp"
#include "products.hpp"
#include "vectors.hpp"

namespace nn {

// Arrays are features first, (units × samples): a weight is multiplied with a vector of samples. `width` is the
// length of a row, the number of samples made a multiple of a vector's length.
template <class T>
class Passes {
public:
    explicit Passes(const Network& network) : network_(network) {
        for (std::size_t l = 0; l < network.layers().size(); ++l) {
            const Layer& layer = network.layers()[l];
            State state;
            state.a = Buffer<T>(padded<T>(layer.units * tile), buffers_++);
            if (l > 0) state.z = Buffer<T>(padded<T>(layer.units * tile), buffers_++);
            states_.push_back(std::move(state));
        }
        for (std::size_t l = 1; l < network.layers().size(); ++l) {
            for (const std::size_t source : network.layers()[l].sources) states_[source].is_source = true;
        }
    }

    // Samples that are worked on at once, at most.
    static constexpr std::size_t tile = 256;

    // ŷ = g(Σ wᵢxᵢ + b), layer after layer. `fill(to, width)` writes the inputs, (inputs × width).
    template <class Fill>
    void forward(const T* parameters, std::size_t samples, Fill fill) {
        samples_ = samples;
        width_ = samples == 1 ? 1 : padded<T>(samples);
        fill(states_[0].a.data(), width_);
        for (std::size_t l = 1; l < states_.size(); ++l) {
            const Layer& layer = network_.layers()[l];
            const std::size_t row = network_.row(l);
            const T* matrix = parameters + network_.begin(l);
            T* z = states_[l].z.data();
            Start<T> start{Start<T>::Kind::rows, matrix + row - 1, row};  // the biases
            if (layer.sources.empty()) times_samples({matrix, row, 1}, nullptr, z, layer.units, 0, start);
            for (const std::size_t source : layer.sources) {
                const std::size_t inputs = network_.layers()[source].units;
                times_samples({matrix, row, 1}, states_[source].a.data(), z, layer.units, inputs, start);
                start = {Start<T>::Kind::keep};
                matrix += inputs;
            }
            activate(layer.activation, z, states_[l].a.data(), layer.units, width_);
        }
    }

    // What a layer gives out at the last forward pass, (units × width).
    const T* activations(std::size_t layer) const { return states_[layer].a.data(); }
    std::size_t width() const { return width_; }

    // The output layer of the last forward pass beside its targets, (outputs × width).
    Outputs<T> outputs(const T* targets) const {
        const State& last = states_.back();
        return {last.z.data(), last.a.data(), targets, network_.outputs(), samples_, width_};
    }

    // Add the gradient of the loss, from the output layer back to the first, with L the mean over `batch` samples.
    void backward(const T* parameters, Loss loss, const T* targets, std::size_t batch) {
        prepare_backward();
        for (std::size_t l = 0; l < states_.size(); ++l) {
            const std::size_t units = network_.layers()[l].units;
            if (!states_[l].is_source || is_narrow(units)) continue;
            transpose(states_[l].a.data(), width_, states_[l].by_sample.data(), padded<T>(units), units, samples_);
        }
        const std::size_t last = states_.size() - 1;
        loss_slope(loss, outputs(targets), batch, states_[last].delta.data());
        for (State& state : states_) state.is_reached = false;
        states_[last].is_reached = true;
        for (std::size_t l = last; l > 0; --l) {
            State& state = states_[l];
            const Layer& layer = network_.layers()[l];
            if (!state.is_reached) {  // nothing comes of it
                std::fill(state.delta.data(), state.delta.data() + layer.units * width_, T(0));
            } else if (l != last || !is_from_logits(loss)) {
                apply_slope(layer.activation, state.z.data(), state.a.data(), state.delta.data(), layer.units, width_);
            }
            weight_gradients(l);
            pass_back(l, parameters);
        }
    }

    // Written by the backward pass, laid out as the parameters are. Whoever has used it sets it to 0 again.
    T* gradient() { return gradient_.data(); }

private:
    struct State {
        Buffer<T> z, a, delta;
        // The activations sample by sample, (samples × padded units): what the gradient of weights needs.
        Buffer<T> by_sample;
        bool is_source = false;
        bool is_reached = false;
    };

    // Buffers of the backward pass: who only predicts needs none.
    void prepare_backward() {
        if (gradient_.size() > 0) return;
        ones_ = Buffer<T>(tile, buffers_++);
        std::fill(ones_.data(), ones_.data() + tile, T(1));
        for (std::size_t l = 0; l < states_.size(); ++l) {
            const Layer& layer = network_.layers()[l];
            State& state = states_[l];
            if (state.is_source && !is_narrow(layer.units)) {
                state.by_sample = Buffer<T>(tile * padded<T>(layer.units), buffers_++);
            }
            if (l == 0) continue;
            state.delta = Buffer<T>(padded<T>(layer.units * tile), buffers_++);
        }
        // Last: it tells that all are there, also if memory ran out once.
        gradient_ = Buffer<T>(padded<T>(network_.size()) + lanes<T>, buffers_++);
    }

    // A product whose right factor is features first.
    void times_samples(Left<T> left, const T* right, T* result, std::size_t rows, std::size_t depth, Start<T> start) {
        if (width_ > 1) {
            multiply<lanes<T>>(left, right, width_, result, width_, rows, width_, depth, start);
        } else if (left.across == 1) {
            times_vector(left, right, result, rows, depth, start);
        } else {
            transposed_times_vector(left, right, result, rows, depth, start.kind == Start<T>::Kind::keep);
        }
    }

    // ∂L/∂W += δ xᵀ, ∂L/∂b += Σ δ
    //
    // A row of the product is made of whole vectors and so longer than one of the matrix: it writes over what
    // follows, but with the numbers that were there, since the samples end with zeros.
    void weight_gradients(std::size_t l) {
        const Layer& layer = network_.layers()[l];
        const std::size_t row = network_.row(l);
        const T* delta = states_[l].delta.data();
        T* gradient = gradient_.data() + network_.begin(l);
        for (const std::size_t index : layer.sources) {
            const State& source = states_[index];
            const std::size_t inputs = network_.layers()[index].units;
            if (is_narrow(inputs)) {
                for (std::size_t i = 0; i < inputs; ++i) {
                    add_over_samples(delta, source.a.data() + i * width_, gradient + i, layer.units, row);
                }
            } else {
                const std::size_t columns = padded<T>(inputs);
                multiply<lanes<T>>({delta, width_, 1}, source.by_sample.data(), columns, gradient, row, layer.units,
                                   columns, samples_, {Start<T>::Kind::keep});
            }
            gradient += inputs;
        }
        add_over_samples(delta, ones_.data(), gradient, layer.units, row);
    }

    // One column of the gradient: for each unit Σ δ x over the samples.
    void add_over_samples(const T* delta, const T* x, T* column, std::size_t units, std::size_t row) {
        if (width_ > 1) {
            add_times_vector(delta, width_, x, column, row, units, width_);
        } else {
            for (std::size_t u = 0; u < units; ++u) column[u * row] += delta[u] * *x;
        }
    }

    // So few inputs that a product made of whole vectors would be mostly padding.
    static bool is_narrow(std::size_t inputs) { return 4 * inputs <= lanes<T>; }

    // ∂L/∂x = Wᵀ δ, added up over all that a layer feeds; nobody asks for that of the inputs.
    void pass_back(std::size_t l, const T* parameters) {
        const Layer& layer = network_.layers()[l];
        const std::size_t row = network_.row(l);
        const T* matrix = parameters + network_.begin(l);
        using Kind = typename Start<T>::Kind;
        for (const std::size_t index : layer.sources) {
            State& source = states_[index];
            const std::size_t inputs = network_.layers()[index].units;
            if (index > 0) {
                times_samples({matrix, 1, row}, states_[l].delta.data(), source.delta.data(), inputs, layer.units,
                              {source.is_reached ? Kind::keep : Kind::zero});
                source.is_reached = true;
            }
            matrix += inputs;
        }
    }

    const Network& network_;
    std::size_t samples_ = 0, width_ = 0, buffers_ = 0;
    std::vector<State> states_;
    Buffer<T> gradient_, ones_;
};

}  // namespace nn
