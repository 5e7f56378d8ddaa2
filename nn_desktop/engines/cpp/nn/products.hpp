// Matrix products, by hand: C = A B with B and C row by row, blocked for registers and for the cache.
#pragma once

#include <cstddef>
#include <cstring>

#include "vectors.hpp"

// A product of small matrices is over in fewer cycles than a call takes.
#if defined(__GNUC__)
#define NN_INLINE inline __attribute__((always_inline))
#else
#define NN_INLINE inline
#endif

namespace nn {

// The left factor, read one number at a time: element (row, column) is at data[row * down + column * across].
// So the same product reads a matrix or its transpose.
template <class T>
struct Left {
    const T* data;
    std::size_t down;
    std::size_t across;
};

// What a product begins with: nothing, what C holds already, or a number for each row (a bias).
template <class T>
struct Start {
    enum class Kind { zero, keep, rows } kind;
    const T* numbers = nullptr;
    std::size_t stride = 0;
};

namespace detail {

// Columns of A, rows of B, that are worked on at once: the part of B then stays in the cache.
constexpr std::size_t depth_block = 256;

// One block of C in registers: Rows × Vectors sums. All loops but the one over `depth` are unrolled.
template <std::size_t Lanes, int Rows, int Vectors, bool Across1, class T>
NN_INLINE void block(Left<T> a, const T* b, std::size_t b_stride, T* c, std::size_t c_stride, std::size_t depth,
                  const Start<T>& start) {
    Vector<T, Lanes> sum[Rows][Vectors];
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vectors; ++v) {
            if (start.kind == Start<T>::Kind::keep) {
                sum[r][v] = load<Lanes>(c + r * c_stride + v * Lanes);
            } else {
                sum[r][v] = repeat<Lanes>(start.kind == Start<T>::Kind::rows ? start.numbers[r * start.stride] : T(0));
            }
        }
    }
    const std::size_t down = Across1 ? a.down : 1, across = Across1 ? 1 : a.across;
    const T* factor = a.data;
    for (std::size_t p = 0; p < depth; ++p) {
        Vector<T, Lanes> right[Vectors];
        for (int v = 0; v < Vectors; ++v) right[v] = load<Lanes>(b + v * Lanes);
        for (int r = 0; r < Rows; ++r) {
            for (int v = 0; v < Vectors; ++v) sum[r][v] += factor[r * down] * right[v];
        }
        b += b_stride;
        factor += across;
    }
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vectors; ++v) store(c + r * c_stride + v * Lanes, sum[r][v]);
    }
}

// All rows of a strip of C that is `Vectors` wide: blocks of full height, then one of the rest.
template <std::size_t Lanes, int Vectors, bool Across1, int Rows = block_rows, class T>
NN_INLINE void strip(Left<T> a, const T* b, std::size_t b_stride, T* c, std::size_t c_stride, std::size_t rows,
                  std::size_t depth, Start<T> start) {
    while (rows >= Rows) {
        block<Lanes, Rows, Vectors, Across1>(a, b, b_stride, c, c_stride, depth, start);
        a.data += Rows * (Across1 ? a.down : 1);
        c += Rows * c_stride;
        if (start.kind == Start<T>::Kind::rows) start.numbers += Rows * start.stride;
        rows -= Rows;
    }
    if constexpr (Rows > 1) {
        if (rows > 0) strip<Lanes, Vectors, Across1, Rows - 1>(a, b, b_stride, c, c_stride, rows, depth, start);
    }
}

template <std::size_t Lanes, bool Across1, int Vectors = block_vectors, class T>
NN_INLINE void strips(Left<T> a, const T* b, std::size_t b_stride, T* c, std::size_t c_stride, std::size_t rows,
                   std::size_t vectors, std::size_t depth, Start<T> start) {
    while (vectors >= Vectors) {
        strip<Lanes, Vectors, Across1>(a, b, b_stride, c, c_stride, rows, depth, start);
        b += Vectors * Lanes;
        c += Vectors * Lanes;
        vectors -= Vectors;
    }
    if constexpr (Vectors > 1) {
        if (vectors > 0) {
            strips<Lanes, Across1, Vectors - 1>(a, b, b_stride, c, c_stride, rows, vectors, depth, start);
        }
    }
}

}  // namespace detail

// C (rows × columns) = start + A (rows × depth) B (depth × columns).
// `columns` is a multiple of `Lanes`; A has one of its strides 1.
template <std::size_t Lanes, class T>
void multiply(Left<T> a, const T* b, std::size_t b_stride, T* c, std::size_t c_stride, std::size_t rows,
              std::size_t columns, std::size_t depth, Start<T> start) {
    const std::size_t vectors = columns / Lanes;
    do {
        const std::size_t part = std::min(depth, detail::depth_block);
        if (a.across == 1) {
            detail::strips<Lanes, true>(a, b, b_stride, c, c_stride, rows, vectors, part, start);
        } else {
            detail::strips<Lanes, false>(a, b, b_stride, c, c_stride, rows, vectors, part, start);
        }
        a.data += part * a.across;
        b += part * b_stride;
        depth -= part;
        start = {Start<T>::Kind::keep};
    } while (depth > 0);
}

// Σ of the lanes: the halves are added until one number is left.
template <std::size_t Lanes, class T>
NN_INLINE T sum_of_lanes(const Vector<T, Lanes>& vector) {
    if constexpr (Lanes == 1) {
        return vector;
    } else {
        Vector<T, Lanes / 2> low, high;
        std::memcpy(&low, &vector, sizeof low);
        std::memcpy(&high, reinterpret_cast<const char*>(&vector) + sizeof low, sizeof high);
        low += high;
        return sum_of_lanes<Lanes / 2, T>(low);
    }
}

// Σ aᵢbᵢ; what is left by whole vectors is done by shorter ones.
template <class T, std::size_t Lanes = lanes<T>>
NN_INLINE T dot(const T* a, const T* b, std::size_t count) {
    if constexpr (Lanes == 1) {
        T sum = 0;
        for (std::size_t i = 0; i < count; ++i) sum += a[i] * b[i];
        return sum;
    } else {
        if (count < Lanes) return dot<T, Lanes / 2>(a, b, count);
        Vector<T, Lanes> sums{};
        for (; count >= Lanes; count -= Lanes, a += Lanes, b += Lanes) sums += load<Lanes>(a) * load<Lanes>(b);
        const T sum = sum_of_lanes<Lanes, T>(sums);
        return count == 0 ? sum : sum + dot<T, Lanes / 2>(a, b, count);
    }
}

// y += A x, every element of y being `y_stride` after the last: for an x of whole vectors, rows by fours.
template <class T, int Rows = 4>
inline void add_times_vector(const T* a, std::size_t a_stride, const T* x, T* y, std::size_t y_stride,
                             std::size_t rows, std::size_t depth) {
    for (; rows >= Rows; rows -= Rows, a += Rows * a_stride, y += Rows * y_stride) {
        Vector<T, lanes<T>> sums[Rows] = {};
        for (std::size_t p = 0; p < depth; p += lanes<T>) {
            const auto right = load<lanes<T>>(x + p);
            for (int r = 0; r < Rows; ++r) sums[r] += load<lanes<T>>(a + r * a_stride + p) * right;
        }
        for (int r = 0; r < Rows; ++r) y[r * y_stride] += sum_of_lanes<lanes<T>, T>(sums[r]);
    }
    if constexpr (Rows > 1) {
        if (rows > 0) add_times_vector<T, 1>(a, a_stride, x, y, y_stride, rows, depth);
    }
}

// y = start + A x: for one sample the rows of A are the vectors. A has `across` 1.
template <class T>
void times_vector(Left<T> a, const T* x, T* y, std::size_t rows, std::size_t depth, Start<T> start) {
    for (std::size_t r = 0; r < rows; ++r) {
        const T begin = start.kind == Start<T>::Kind::rows   ? start.numbers[r * start.stride]
                        : start.kind == Start<T>::Kind::keep ? y[r]
                                                             : T(0);
        y[r] = begin + dot(a.data + r * a.down, x, depth);
    }
}

// y = start + A x for an A that has `down` 1, the transpose of a matrix that lies row by row.
template <class T, std::size_t Lanes = lanes<T>>
NN_INLINE void transposed_times_vector(Left<T> a, const T* x, T* y, std::size_t rows, std::size_t depth,
                                       bool is_kept) {
    for (; rows >= Lanes; rows -= Lanes, a.data += Lanes, y += Lanes) {
        Vector<T, Lanes> sums = is_kept ? load<Lanes>(y) : Vector<T, Lanes>{};
        for (std::size_t p = 0; p < depth; ++p) sums += x[p] * load<Lanes>(a.data + p * a.across);
        store(y, sums);
    }
    if constexpr (Lanes > 1) {
        if (rows > 0) transposed_times_vector<T, Lanes / 2>(a, x, y, rows, depth, is_kept);
    }
}

namespace detail {

// A square of 4 × 4 numbers, turned: in registers, where they hold four and the compiler knows shuffles.
template <class T>
inline void turn(const T* from, std::size_t from_stride, T* to, std::size_t to_stride) {
#if !defined(NN_PLAIN_VECTORS) && defined(__GNUC__) && (defined(__clang__) || __GNUC__ >= 12)
    if constexpr (4 * sizeof(T) <= vector_bytes) {
        Vector<T, 4> row[4];
        for (int r = 0; r < 4; ++r) row[r] = load<4>(from + r * from_stride);
        const auto low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
        const auto low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
        const auto high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
        const auto high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
        store(to, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
        store(to + to_stride, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
        store(to + 2 * to_stride, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
        store(to + 3 * to_stride, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
        return;
    }
#endif
    for (int c = 0; c < 4; ++c) {
        for (int r = 0; r < 4; ++r) to[c * to_stride + r] = from[r * from_stride + c];
    }
}

}  // namespace detail

// to (columns × rows) = from (rows × columns), each with its stride.
template <class T>
void transpose(const T* from, std::size_t from_stride, T* to, std::size_t to_stride, std::size_t rows,
               std::size_t columns) {
    if (columns == 1 && from_stride == 1) {
        std::copy(from, from + rows, to);
        return;
    }
    constexpr std::size_t side = 4;
    const std::size_t whole_rows = rows / side * side, whole_columns = columns / side * side;
    for (std::size_t r = 0; r < whole_rows; r += side) {
        for (std::size_t c = 0; c < whole_columns; c += side) {
            detail::turn(from + r * from_stride + c, from_stride, to + c * to_stride + r, to_stride);
        }
        for (std::size_t c = whole_columns; c < columns; ++c) {
            for (std::size_t i = r; i < r + side; ++i) to[c * to_stride + i] = from[i * from_stride + c];
        }
    }
    for (std::size_t r = whole_rows; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) to[c * to_stride + r] = from[r * from_stride + c];
    }
}

}  // namespace nn
