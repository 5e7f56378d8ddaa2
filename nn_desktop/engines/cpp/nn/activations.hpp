// What a layer applies to z = Σ wᵢxᵢ + b, and its slope. Arrays are (units × samples), a row after the other,
// in a Buffer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>

#include "functions.hpp"
#include "vectors.hpp"

namespace nn {

enum class Activation {
    identity,
    sigmoid,
    tanh,
    relu,
    leaky_relu,
    elu,
    selu,
    softplus,
    gelu,
    swish,
    sine,
    softmax,
};

// Throws std::invalid_argument if there is none of this name.
inline Activation activation_named(const std::string& name) {
    static const std::map<std::string, Activation> names = {
        {"identity", Activation::identity}, {"sigmoid", Activation::sigmoid},
        {"tanh", Activation::tanh},         {"relu", Activation::relu},
        {"leaky-relu", Activation::leaky_relu}, {"elu", Activation::elu},
        {"selu", Activation::selu},         {"softplus", Activation::softplus},
        {"gelu", Activation::gelu},         {"swish", Activation::swish},
        {"sine", Activation::sine},         {"softmax", Activation::softmax},
    };
    const auto found = names.find(name);
    if (found == names.end()) throw std::invalid_argument("there is no activation \"" + name + "\"");
    return found->second;
}

constexpr double leaky_slope = 0.01;
constexpr double selu_scale = 1.0507009873554804934;  // λ and α of Klambauer et al. 2017
constexpr double selu_alpha = 1.6732632423543772848;
constexpr double gelu_scale = 0.79788456080286535588;  // √(2/π)
constexpr double gelu_cubic = 0.044715;

namespace detail {

// a[i] = function(z[i]), a vector at a time: buffers end with whole ones.
template <class T, class Function>
inline void map(const T* z, T* a, std::size_t count, Function function) {
    for (std::size_t begin = 0; begin < count; begin += lanes<T>) {
        T results[lanes<T>];  // of its own: nothing else can lie there, so the loop is vectorized
        for (std::size_t i = 0; i < lanes<T>; ++i) results[i] = function(z[begin + i]);
        std::copy(results, results + lanes<T>, a + begin);
    }
}

// delta[i] *= slope(z[i], a[i])
template <class T, class Slope>
inline void chain(const T* z, const T* a, T* delta, std::size_t count, Slope slope) {
    for (std::size_t begin = 0; begin < count; begin += lanes<T>) {
        T results[lanes<T>];
        for (std::size_t i = 0; i < lanes<T>; ++i) results[i] = delta[begin + i] * slope(z[begin + i], a[begin + i]);
        std::copy(results, results + lanes<T>, delta + begin);
    }
}

// eᶻ − 1 for z < 0, and 0 above.
template <class T>
inline T expm1_below(T z) {
    return expm1(at_least(at_most(z, T(0)), Numbers<T>::lowest_exponent));
}

template <class T>
inline T gelu_inner(T z) {
    return tanh(T(gelu_scale) * z * (1 + T(gelu_cubic) * z * z));
}

template <class T>
inline T gelu_slope(T z) {
    const T t = gelu_inner(z);
    return T(0.5) * (1 + t) + T(0.5) * z * (1 - t * t) * T(gelu_scale) * (1 + 3 * T(gelu_cubic) * z * z);
}

template <class T>
inline T swish_slope(T z) {
    const T s = sigmoid(z);
    return s * (1 + z * (1 - s));  // with a = z s it would cancel where z is large
}

template <class T>
inline bool all_within(const T* z, std::size_t count, T limit) {
    bool within = true;
    for (std::size_t i = 0; i < count; ++i) within &= std::abs(z[i]) <= limit;
    return within;
}

// Softmax of each column; the largest z becomes e⁰, so that nothing overflows.
template <class T>
inline void softmax(const T* z, T* a, std::size_t units, std::size_t samples) {
    for (std::size_t s = 0; s < samples; ++s) {
        T largest = z[s];
        for (std::size_t u = 1; u < units; ++u) largest = at_least(z[u * samples + s], largest);
        T sum = 0;
        for (std::size_t u = 0; u < units; ++u) sum += a[u * samples + s] = exp(z[u * samples + s] - largest);
        for (std::size_t u = 0; u < units; ++u) a[u * samples + s] /= sum;
    }
}

// δᵢ = aᵢ (uᵢ − Σⱼ aⱼuⱼ): every output of softmax depends on every z of its layer.
template <class T>
inline void softmax_chain(const T* a, T* delta, std::size_t units, std::size_t samples) {
    for (std::size_t s = 0; s < samples; ++s) {
        T mean = 0;
        for (std::size_t u = 0; u < units; ++u) mean += a[u * samples + s] * delta[u * samples + s];
        for (std::size_t u = 0; u < units; ++u) {
            delta[u * samples + s] = a[u * samples + s] * (delta[u * samples + s] - mean);
        }
    }
}

}  // namespace detail

// a = g(z)
template <class T>
void activate(Activation activation, const T* z, T* a, std::size_t units, std::size_t samples) {
    const std::size_t count = units * samples;
    switch (activation) {
        case Activation::identity: return detail::map(z, a, count, [](T x) { return x; });
        case Activation::sigmoid: return detail::map(z, a, count, [](T x) { return sigmoid(x); });
        case Activation::tanh: return detail::map(z, a, count, [](T x) { return tanh(x); });
        case Activation::relu: return detail::map(z, a, count, [](T x) { return at_least(x, T(0)); });
        case Activation::leaky_relu:
            return detail::map(z, a, count, [](T x) { return x > 0 ? x : x * T(leaky_slope); });
        case Activation::elu:
            return detail::map(z, a, count, [](T x) {
                const T below = detail::expm1_below(x);
                return x > 0 ? x : below;
            });
        case Activation::selu:
            return detail::map(z, a, count, [](T x) {
                const T below = T(selu_alpha) * detail::expm1_below(x);
                return T(selu_scale) * (x > 0 ? x : below);
            });
        case Activation::softplus: return detail::map(z, a, count, [](T x) { return softplus(x); });
        case Activation::gelu:
            return detail::map(z, a, count, [](T x) { return T(0.5) * x * (1 + detail::gelu_inner(x)); });
        case Activation::swish: return detail::map(z, a, count, [](T x) { return x * sigmoid(x); });
        case Activation::sine:
            if (detail::all_within(z, count, T(sine_limit))) {
                return detail::map(z, a, count, [](T x) { return static_cast<T>(sine(x, 0)); });
            }
            return detail::map(z, a, count, [](T x) { return std::sin(x); });
        case Activation::softmax: return detail::softmax(z, a, units, samples);
    }
}

// delta, which holds ∂L/∂a, becomes ∂L/∂z = ∂L/∂a · g'(z).
template <class T>
void apply_slope(Activation activation, const T* z, const T* a, T* delta, std::size_t units, std::size_t samples) {
    const std::size_t count = units * samples;
    switch (activation) {
        case Activation::identity: return;
        case Activation::sigmoid: return detail::chain(z, a, delta, count, [](T, T y) { return y * (1 - y); });
        case Activation::tanh: return detail::chain(z, a, delta, count, [](T, T y) { return 1 - y * y; });
        case Activation::relu: return detail::chain(z, a, delta, count, [](T x, T) { return T(x > 0); });
        case Activation::leaky_relu:
            return detail::chain(z, a, delta, count, [](T x, T) { return x > 0 ? T(1) : T(leaky_slope); });
        case Activation::elu:
            return detail::chain(z, a, delta, count, [](T, T y) { return 1 + at_most(y, T(0)); });
        case Activation::selu:  // below 0 it is λ α eᶻ = a + λ α
            return detail::chain(z, a, delta, count, [](T x, T y) {
                return x > 0 ? T(selu_scale) : y + T(selu_scale * selu_alpha);
            });
        case Activation::softplus: return detail::chain(z, a, delta, count, [](T x, T) { return sigmoid(x); });
        case Activation::gelu:
            return detail::chain(z, a, delta, count, [](T x, T) { return detail::gelu_slope(x); });
        case Activation::swish:
            return detail::chain(z, a, delta, count, [](T x, T) { return detail::swish_slope(x); });
        case Activation::sine:
            if (detail::all_within(z, count, T(sine_limit))) {
                return detail::chain(z, a, delta, count, [](T x, T) { return static_cast<T>(sine(x, 1)); });
            }
            return detail::chain(z, a, delta, count, [](T x, T) { return std::cos(x); });
        case Activation::softmax: return detail::softmax_chain(a, delta, units, samples);
    }
}

}  // namespace nn
