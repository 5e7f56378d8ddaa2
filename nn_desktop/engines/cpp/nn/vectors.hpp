// Vectors of numbers as wide as the processor's registers, and memory aligned for them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace nn {

#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
constexpr int block_rows = 8, block_vectors = 3;  // 24 sums, 3 operands: they fit 32 registers
#elif defined(__AVX__)
constexpr std::size_t vector_bytes = 32;
constexpr int block_rows = 4, block_vectors = 3;  // 12 sums, 3 operands, 1 factor: 16 registers
#elif defined(__aarch64__)
constexpr std::size_t vector_bytes = 16;
constexpr int block_rows = 8, block_vectors = 3;
#else
constexpr std::size_t vector_bytes = 16;
constexpr int block_rows = 4, block_vectors = 2;
#endif

// Numbers in one vector.
template <class T>
constexpr std::size_t lanes = vector_bytes / sizeof(T);

// The smallest multiple of a vector's length that is not below `count`.
template <class T>
constexpr std::size_t padded(std::size_t count, std::size_t length = lanes<T>) {
    return (count + length - 1) / length * length;
}

// `Lanes` numbers with + and *. GCC and Clang know such vectors and map them to SSE, AVX or NEON.
// NN_PLAIN_VECTORS has them made of loops, as for other compilers.
template <class T, std::size_t Lanes>
struct VectorOf {
#if defined(__GNUC__) && !defined(NN_PLAIN_VECTORS)
    typedef T type __attribute__((vector_size(Lanes * sizeof(T))));
#else
    struct type {
        T lane[Lanes];

        type& operator+=(const type& other) {
            for (std::size_t i = 0; i < Lanes; ++i) lane[i] += other.lane[i];
            return *this;
        }
        friend type operator*(T factor, type vector) {
            for (T& number : vector.lane) number *= factor;
            return vector;
        }
        friend type operator*(type a, const type& b) {
            for (std::size_t i = 0; i < Lanes; ++i) a.lane[i] *= b.lane[i];
            return a;
        }
    };
#endif
};
// A vector of one is the number itself.
template <class T>
struct VectorOf<T, 1> {
    typedef T type;
};
template <class T, std::size_t Lanes>
using Vector = typename VectorOf<T, Lanes>::type;

template <std::size_t Lanes, class T>
inline Vector<T, Lanes> load(const T* from) {
    Vector<T, Lanes> vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

template <class Vector, class T>
inline void store(T* to, const Vector& vector) {
    std::memcpy(to, &vector, sizeof vector);
}

// All lanes the same number.
template <std::size_t Lanes, class T>
inline Vector<T, Lanes> repeat(T number) {
    T numbers[Lanes];
    for (T& each : numbers) each = number;
    return load<Lanes>(numbers);
}

// Zeros in memory that begins at a multiple of a vector's size.
//
// Arrays that are worked on together want to begin at different places within a page: a processor compares only
// the last twelve bits of addresses at first, and holds a load back if a store before it seems to be of the same.
template <class T>
class Buffer {
public:
    Buffer() = default;
    // `place` is the number of the buffer among those that are worked on together.
    explicit Buffer(std::size_t size, std::size_t place = 0)
        : memory_(::operator new(size * sizeof(T) + page, std::align_val_t{page})),
          numbers_(reinterpret_cast<T*>(static_cast<char*>(memory_) + place * 13 % 64 * (page / 64))),
          size_(size) {
        std::fill(numbers_, numbers_ + size, T(0));
    }
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Buffer() { ::operator delete(memory_, std::align_val_t{page}); }

    T* data() { return numbers_; }
    const T* data() const { return numbers_; }
    std::size_t size() const { return size_; }

private:
    static constexpr std::size_t page = 4096;

    void swap(Buffer& other) {
        std::swap(memory_, other.memory_);
        std::swap(numbers_, other.numbers_);
        std::swap(size_, other.size_);
    }

    void* memory_ = nullptr;
    T* numbers_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace nn
