// The least that a test needs: say what failed and where, and end with an exit code.
#pragma once

#include <cmath>
#include <cstdio>

inline int& failures() {
    static int count = 0;
    return count;
}

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            std::printf("%s:%d: %s is not so\n", __FILE__, __LINE__, #condition);     \
            ++failures();                                                             \
        }                                                                             \
    } while (false)

// |actual − expected| ≤ tolerance · max(1, |expected|)
#define CHECK_NEAR(actual, expected, tolerance)                                                                   \
    do {                                                                                                          \
        const double a_ = static_cast<double>(actual), e_ = static_cast<double>(expected);                        \
        if (!(std::abs(a_ - e_) <= (tolerance) * std::fmax(1.0, std::abs(e_)))) {                                 \
            std::printf("%s:%d: %s is %.17g, not %.17g\n", __FILE__, __LINE__, #actual, a_, e_);                  \
            ++failures();                                                                                         \
        }                                                                                                         \
    } while (false)

inline int report() {
    std::printf(failures() ? "%d failed\n" : "all passed\n", failures());
    return failures() ? 1 : 0;
}
