// exp and its kin against the standard library in a wider type, in units in the last place.
#include <cfloat>
#include <cmath>
#include <limits>

#include "check.hpp"
#include "nn/functions.hpp"

namespace {

template <class T>
struct Wider;
template <>
struct Wider<float> {
    using type = double;
};
template <>
struct Wider<double> {
    using type = long double;
};

// The largest error over an interval, in units in the last place of the true value.
template <class T, class Function, class Truth>
double worst(T low, T high, Function function, Truth truth) {
    using W = typename Wider<T>::type;
    double largest = 0;
    constexpr int steps = 200'001;
    for (int i = 0; i < steps; ++i) {
        const T x = low + (high - low) * (static_cast<T>(i) / static_cast<T>(steps - 1));
        const W expected = truth(static_cast<W>(x));
        const T size = std::abs(static_cast<T>(expected));
        const T unit = std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
        const W error = std::abs(static_cast<W>(function(x)) - expected) / static_cast<W>(unit);
        largest = std::fmax(largest, static_cast<double>(error));
    }
    return largest;
}

#define CHECK_WORST(low, high, function, truth, units)                                    \
    do {                                                                                  \
        const double error_ = worst<T>(low, high, [](T x) { return function; },           \
                                       [](W x) { return truth; });                        \
        if (!(error_ <= (units))) {                                                       \
            std::printf("%s is off by %.2f units in the last place\n", #function, error_); \
            ++failures();                                                                 \
        }                                                                                 \
    } while (false)

template <class T>
void check_functions() {
    using W = typename Wider<T>::type;
    CHECK_WORST(T(-80), T(80), nn::exp(x), std::exp(x), 2);
    CHECK_WORST(T(-1), T(1), nn::expm1(x), std::expm1(x), 3);
    CHECK_WORST(T(-80), T(80), nn::expm1(x), std::expm1(x), 3);
    CHECK_WORST(T(-1), T(1), nn::tanh(x), std::tanh(x), 5);
    CHECK_WORST(T(-30), T(30), nn::tanh(x), std::tanh(x), 5);
    CHECK_WORST(T(-80), T(80), nn::sigmoid(x), 1 / (1 + std::exp(-x)), 4);
    CHECK_WORST(T(0), T(1), nn::log1p(x), std::log1p(x), 3);
    CHECK_WORST(T(-80), T(80), nn::softplus(x), std::log1p(std::exp(x)), 4);
}

void check_special() {
    const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    CHECK(std::isnan(nn::exp(nan)));
    CHECK(std::isnan(nn::tanh(nan)));
    CHECK(std::isnan(nn::sigmoid(nan)));
    CHECK(nn::tanh(inf) == 1.0 && nn::tanh(-inf) == -1.0);
    CHECK(nn::tanh(0.0) == 0.0 && std::signbit(nn::tanh(-0.0)));
    CHECK(nn::sigmoid(inf) == 1.0 && nn::sigmoid(-inf) < 1e-300);
    CHECK(nn::exp(1e9) > 1e300 && nn::exp(-1e9) < 1e-300);
    CHECK(nn::tanh(1e-300) == 1e-300);
}

// Near a zero of the sine its relative error means little: the absolute one counts.
void check_sine() {
    double sin_error = 0, cos_error = 0;
    for (int i = -200'000; i <= 200'000; ++i) {
        const double x = i * 0.499999;
        if (std::abs(x) > nn::sine_limit) continue;
        sin_error = std::fmax(sin_error, static_cast<double>(std::abs(nn::sine(x, 0) - std::sin((long double)x))));
        cos_error = std::fmax(cos_error, static_cast<double>(std::abs(nn::sine(x, 1) - std::cos((long double)x))));
    }
    CHECK(sin_error < 4 * DBL_EPSILON);
    CHECK(cos_error < 4 * DBL_EPSILON);
}

}  // namespace

int main() {
    check_functions<float>();
    check_functions<double>();
    check_special();
    check_sine();
    return report();
}
