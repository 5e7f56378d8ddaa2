// exp, tanh, sin and their kin from arithmetic alone, without a branch: so a loop over them is vectorized.
//
// Each splits its argument into a whole number of steps and a small rest, and takes the Taylor series of the
// rest. Results are right to about two units in the last place.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace nn {

// What differs between float and double.
template <class T>
struct Numbers;

template <>
struct Numbers<float> {
    using Bits = std::int32_t;
    static constexpr int mantissa_bits = 23, exponent_bias = 127;
    static constexpr float rounder = 12582912.0f;  // 1.5 · 2²³: adding it rounds to a whole number
    static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;  // high has spare zeros
    static constexpr float lowest_exponent = -87.0f, highest_exponent = 88.0f;
    static constexpr float tanh_is_one = 10.0f;
    static constexpr int exp_terms = 7, log_terms = 8;
};

template <>
struct Numbers<double> {
    using Bits = std::int64_t;
    static constexpr int mantissa_bits = 52, exponent_bias = 1023;
    static constexpr double rounder = 6755399441055744.0;  // 1.5 · 2⁵²
    static constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    static constexpr double lowest_exponent = -708.0, highest_exponent = 709.0;
    static constexpr double tanh_is_one = 20.0;
    static constexpr int exp_terms = 13, log_terms = 17;
};

// Both keep what is not a number.
template <class T>
inline T at_least(T x, T low) {
    return x < low ? low : x;
}
template <class T>
inline T at_most(T x, T high) {
    return x > high ? high : x;
}

template <class T>
constexpr T factorial(int n) {
    return n < 2 ? T(1) : n * factorial<T>(n - 1);
}

// Σ coefficient(n) xⁿ for n < Terms, by Horner's rule; the coefficients are computed by the compiler.
template <int Terms, int First = 0, class T, class Coefficient>
inline T polynomial(T x, Coefficient coefficient) {
    constexpr T number = coefficient(First);
    if constexpr (First + 1 == Terms) {
        return number;
    } else {
        return number + x * polynomial<Terms, First + 1>(x, coefficient);
    }
}

// x = steps · ln 2 + rest: eˣ = 2^steps e^rest; gives 2^steps and e^rest − 1.
template <class T>
struct ExpParts {
    T power;
    T rest_minus_one;
};

template <class T>
inline ExpParts<T> exp_parts(T x) {
    using N = Numbers<T>;
    using Bits = typename N::Bits;
    const T shifted = x * T(1.44269504088896340736) + N::rounder;
    const T steps = shifted - N::rounder;
    const T rest = (x - steps * N::ln2_high) - steps * N::ln2_low;
    const T series = polynomial<N::exp_terms>(rest, [](int n) { return 1 / factorial<T>(n + 1); });
    // The last bits of `shifted` are the whole number; those of the rounder are 0.
    Bits bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    bits = static_cast<Bits>(static_cast<typename std::make_unsigned<Bits>::type>(bits + N::exponent_bias)
                             << N::mantissa_bits);
    T power;
    std::memcpy(&power, &bits, sizeof power);
    return {power, rest * series};
}

template <class T>
inline T within_exponents(T x) {
    return at_most(at_least(x, Numbers<T>::lowest_exponent), Numbers<T>::highest_exponent);
}

// eˣ, never 0 and never infinite.
template <class T>
inline T exp(T x) {
    const ExpParts<T> parts = exp_parts(within_exponents(x));
    return parts.power + parts.power * parts.rest_minus_one;
}

// eˣ − 1, also right where x is small; x is within the exponents.
template <class T>
inline T expm1(T x) {
    const ExpParts<T> parts = exp_parts(x);
    return (parts.power - 1) + parts.power * parts.rest_minus_one;
}

// tanh x = E / (E + 2) with E = e²ˣ − 1, for x ≥ 0; it is odd.
template <class T>
inline T tanh(T x) {
    const T e = expm1(2 * at_most(std::abs(x), Numbers<T>::tanh_is_one));
    return std::copysign(e / (e + 2), x);
}

template <class T>
inline T sigmoid(T x) {
    return 1 / (1 + exp(-x));
}

// ln(1 + x) for 0 ≤ x ≤ 1: 2 artanh s with s = x / (2 + x) ≤ 1/3.
template <class T>
inline T log1p(T x) {
    const T s = x / (2 + x), square = s * s;
    return 2 * s * polynomial<Numbers<T>::log_terms>(square, [](int n) { return T(1) / (2 * n + 1); });
}

// ln(1 + eˣ)
template <class T>
inline T softplus(T x) {
    return at_least(x, T(0)) + log1p(exp(x < 0 ? x : -x));
}

// Beyond this size of x the rest of a division by π/2 is not exact any more.
constexpr double sine_limit = 1e5;

// sin(x + quarters · π/2) for |x| ≤ sine_limit.
inline double sine(double x, int quarters) {
    constexpr double rounder = Numbers<double>::rounder;
    const double shifted = x * 0.63661977236758134308 + rounder;
    const double steps = shifted - rounder;
    // π/2 in three parts (Cody and Waite): the products with `steps` are exact.
    const double rest = ((x - steps * 1.57079632673412561417e+00) - steps * 6.07710050630396597660e-11) -
                        steps * 2.02226624879595063154e-21;
    std::int64_t quarter;
    std::memcpy(&quarter, &shifted, sizeof quarter);
    quarter += quarters;
    const double square = rest * rest;
    const double sin_series =
        rest * polynomial<9>(square, [](int n) { return (n % 2 ? -1 : 1) / factorial<double>(2 * n + 1); });
    const double cos_series =
        polynomial<9>(square, [](int n) { return (n % 2 ? -1 : 1) / factorial<double>(2 * n); });
    const double result = (quarter & 1) ? cos_series : sin_series;
    return (quarter & 2) ? -result : result;
}

}  // namespace nn
