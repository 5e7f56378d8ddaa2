// What training makes small: the sum over some samples, and its slope. Arrays are (outputs × samples).
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>

#include "activations.hpp"

namespace nn {

enum class Loss {
    mean_squared_error,
    half_squared_error,
    mean_absolute_error,
    huber,
    binary_cross_entropy,
    categorical_cross_entropy,
};

// Throws std::invalid_argument if there is none of this name.
inline Loss loss_named(const std::string& name) {
    static const std::map<std::string, Loss> names = {
        {"mse", Loss::mean_squared_error},
        {"half-squared", Loss::half_squared_error},
        {"mae", Loss::mean_absolute_error},
        {"huber", Loss::huber},
        {"binary-cross-entropy", Loss::binary_cross_entropy},
        {"categorical-cross-entropy", Loss::categorical_cross_entropy},
    };
    const auto found = names.find(name);
    if (found == names.end()) throw std::invalid_argument("there is no loss \"" + name + "\"");
    return found->second;
}

constexpr double huber_delta = 1.0;

// Whether the slope is that by z, the output activation being included.
inline bool is_from_logits(Loss loss) {
    return loss == Loss::binary_cross_entropy || loss == Loss::categorical_cross_entropy;
}

// Some losses are a mean over the outputs, others their sum.
inline double share_of_output(Loss loss, std::size_t outputs) {
    const bool is_sum = loss == Loss::half_squared_error || loss == Loss::categorical_cross_entropy;
    return is_sum ? 1.0 : 1.0 / static_cast<double>(outputs);
}

// The output layer for one tile: z, a and the targets y, each row `stride` long, of which `samples` are real.
template <class T>
struct Outputs {
    const T* z;
    const T* a;
    const T* y;
    std::size_t units;
    std::size_t samples;
    std::size_t stride;
};

namespace detail {

template <class T, class Term>
inline double sum_of(const Outputs<T>& o, Term term) {
    double total = 0;
    for (std::size_t u = 0; u < o.units; ++u) {
        const T *z = o.z + u * o.stride, *a = o.a + u * o.stride, *y = o.y + u * o.stride;
        T row = 0;
        for (std::size_t s = 0; s < o.samples; ++s) row += term(z[s], a[s], y[s]);
        total += static_cast<double>(row);
    }
    return total;
}

// −Σ y ln softmax(z) = ln Σ eᶻ − Σ y z for targets that add up to 1, shifted so that nothing overflows.
template <class T>
inline double categorical_cross_entropy(const Outputs<T>& o) {
    double total = 0;
    for (std::size_t s = 0; s < o.samples; ++s) {
        T largest = o.z[s];
        for (std::size_t u = 1; u < o.units; ++u) largest = at_least(o.z[u * o.stride + s], largest);
        T sum = 0, hit = 0;
        for (std::size_t u = 0; u < o.units; ++u) {
            const T shifted = o.z[u * o.stride + s] - largest;
            sum += exp(shifted);
            hit += o.y[u * o.stride + s] * shifted;
        }
        total += static_cast<double>(std::log(sum) - hit);
    }
    return total;
}

template <class T, class Slope>
inline void slope_of(const Outputs<T>& o, T scale, T* slope, Slope one) {
    for (std::size_t u = 0; u < o.units; ++u) {
        const T *a = o.a + u * o.stride, *y = o.y + u * o.stride;
        T* to = slope + u * o.stride;
        for (std::size_t s = 0; s < o.samples; ++s) to[s] = scale * one(a[s] - y[s]);
        for (std::size_t s = o.samples; s < o.stride; ++s) to[s] = 0;  // what only fills a vector teaches nothing
    }
}

}  // namespace detail

// Σ over the samples of the loss of each.
template <class T>
double loss_sum(Loss loss, const Outputs<T>& o) {
    const double share = share_of_output(loss, o.units);
    switch (loss) {
        case Loss::mean_squared_error:
            return share * detail::sum_of(o, [](T, T a, T y) { return (a - y) * (a - y); });
        case Loss::half_squared_error:
            return 0.5 * detail::sum_of(o, [](T, T a, T y) { return (a - y) * (a - y); });
        case Loss::mean_absolute_error:
            return share * detail::sum_of(o, [](T, T a, T y) { return std::abs(a - y); });
        case Loss::huber:
            return share * detail::sum_of(o, [](T, T a, T y) {
                       const T e = std::abs(a - y), near = at_most(e, T(huber_delta));
                       return near * (e - T(0.5) * near);
                   });
        case Loss::binary_cross_entropy:  // −y ln σ(z) − (1 − y) ln(1 − σ(z)) = ln(1 + eᶻ) − y z
            return share * detail::sum_of(o, [](T z, T, T y) { return softplus(z) - y * z; });
        case Loss::categorical_cross_entropy: return detail::categorical_cross_entropy(o);
    }
    return 0;
}

// ∂L/∂a, for the cross-entropies ∂L/∂z, with L the mean over `batch` samples.
template <class T>
void loss_slope(Loss loss, const Outputs<T>& o, std::size_t batch, T* slope) {
    const T scale = static_cast<T>(share_of_output(loss, o.units) / static_cast<double>(batch));
    switch (loss) {
        case Loss::mean_squared_error: return detail::slope_of(o, 2 * scale, slope, [](T e) { return e; });
        case Loss::mean_absolute_error:
            return detail::slope_of(o, scale, slope, [](T e) { return T(e > 0) - T(e < 0); });
        case Loss::huber:
            return detail::slope_of(o, scale, slope, [](T e) {
                return at_most(at_least(e, -T(huber_delta)), T(huber_delta));
            });
        case Loss::half_squared_error:
        case Loss::binary_cross_entropy:
        case Loss::categorical_cross_entropy: return detail::slope_of(o, scale, slope, [](T e) { return e; });
    }
}

}  // namespace nn
