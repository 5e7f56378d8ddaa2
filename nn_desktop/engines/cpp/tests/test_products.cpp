// Blocked products against three plain loops, for every form of block and every beginning.
#include <cstddef>
#include <random>
#include <vector>

#include "check.hpp"
#include "nn/products.hpp"

namespace {

std::mt19937 random_bits(1);

template <class T>
void fill(nn::Buffer<T>& numbers) {
    std::uniform_real_distribution<double> any(-1, 1);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers.data()[i] = static_cast<T>(any(random_bits));
}

template <std::size_t Lanes, class T>
void check_product(std::size_t rows, std::size_t columns, std::size_t depth, bool transposed, double tolerance) {
    using Kind = typename nn::Start<T>::Kind;
    nn::Buffer<T> a(rows * depth + 1), b(columns * depth + 1), start(rows);
    fill(a);
    fill(b);
    fill(start);
    const nn::Left<T> left = transposed ? nn::Left<T>{a.data(), 1, rows} : nn::Left<T>{a.data(), depth, 1};
    for (const Kind kind : {Kind::zero, Kind::keep, Kind::rows}) {
        nn::Buffer<T> c(rows * columns), before(rows * columns);
        fill(c);
        std::copy(c.data(), c.data() + c.size(), before.data());
        nn::multiply<Lanes>(left, b.data(), columns, c.data(), columns, rows, columns, depth, {kind, start.data(), 1});
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t j = 0; j < columns; ++j) {
                double sum = kind == Kind::keep   ? static_cast<double>(before.data()[r * columns + j])
                             : kind == Kind::rows ? static_cast<double>(start.data()[r])
                                                  : 0.0;
                for (std::size_t p = 0; p < depth; ++p) {
                    sum += static_cast<double>(left.data[r * left.down + p * left.across]) *
                           static_cast<double>(b.data()[p * columns + j]);
                }
                CHECK_NEAR(c.data()[r * columns + j], sum, tolerance);
            }
        }
    }
}

template <class T>
void check_products(double tolerance) {
    constexpr std::size_t lanes = nn::lanes<T>;
    for (std::size_t rows = 1; rows <= 19; ++rows) {
        for (const std::size_t vectors : {1, 2, 3, 4, 7}) {
            for (const std::size_t depth : {0, 1, 5, 255, 256, 600}) {
                for (const bool transposed : {false, true}) {
                    check_product<lanes, T>(rows, vectors * lanes, depth, transposed, tolerance);
                }
            }
        }
        for (const std::size_t columns : {1, 2, 5}) check_product<1, T>(rows, columns, 17, columns > 1, tolerance);
    }
}

template <class T>
void check_transpose() {
    for (std::size_t rows = 1; rows <= 13; ++rows) {
        for (std::size_t columns = 1; columns <= 13; ++columns) {
            nn::Buffer<T> from(rows * columns), to(columns * (rows + 3));
            fill(from);
            nn::transpose(from.data(), columns, to.data(), rows + 3, rows, columns);
            for (std::size_t r = 0; r < rows; ++r) {
                for (std::size_t c = 0; c < columns; ++c) {
                    CHECK(to.data()[c * (rows + 3) + r] == from.data()[r * columns + c]);
                }
                CHECK(to.data()[rows] == T(0));  // nothing is written beside it
            }
        }
    }
}

}  // namespace

int main() {
    check_products<float>(2e-5);
    check_products<double>(1e-13);
    check_transpose<float>();
    check_transpose<double>();
    return report();
}
