// What a network is: layers of units, each fed by layers before it, and where its numbers lie.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include "activations.hpp"

namespace nn {

struct Layer {
    std::size_t units;
    Activation activation = Activation::identity;
    // Indices of the layers that feed it, in rising order; empty for the input layer, or for a layer whose
    // units give constants.
    std::vector<std::size_t> sources = {};
};

// The parameters are one flat vector: for each layer after the input layer a matrix of (units × inputs + 1),
// row by row, whose last column is the bias. Its inputs are the units of all its sources, one after the other.
class Network {
public:
    // Throws std::invalid_argument where the layers do not make a network.
    explicit Network(std::vector<Layer> layers) : layers_(std::move(layers)), begins_(layers_.size(), 0), rows_(layers_.size(), 0) {
        if (layers_.size() < 2) throw std::invalid_argument("a network needs two layers at least");
        if (!layers_[0].sources.empty()) throw std::invalid_argument("nothing can feed the input layer");
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            if (layers_[l].units == 0) throw std::invalid_argument("a layer has no units");
            for (std::size_t i = 0; i < layers_[l].sources.size(); ++i) {
                const std::size_t source = layers_[l].sources[i];
                if (source >= l) throw std::invalid_argument("a connection can only run forward");
                if (i > 0 && source <= layers_[l].sources[i - 1]) {
                    throw std::invalid_argument("the sources of a layer are not in rising order");
                }
            }
            begins_[l] = size_;
            if (l == 0) continue;
            rows_[l] = 1;
            for (const std::size_t source : layers_[l].sources) rows_[l] += layers_[source].units;
            size_ += layers_[l].units * rows_[l];
        }
    }

    const std::vector<Layer>& layers() const { return layers_; }
    std::size_t inputs() const { return layers_.front().units; }
    std::size_t outputs() const { return layers_.back().units; }

    // Number of parameters.
    std::size_t size() const { return size_; }

    // Where the matrix of a layer begins.
    std::size_t begin(std::size_t layer) const { return begins_[layer]; }

    // Length of a row of that matrix: its inputs, and the bias.
    std::size_t row(std::size_t layer) const { return rows_[layer]; }

private:
    std::vector<Layer> layers_;
    std::vector<std::size_t> begins_, rows_;
    std::size_t size_ = 0;
};

}  // namespace nn
