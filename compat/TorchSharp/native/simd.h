// What the kernels share: one source compiled for AVX-512, AVX2 and the base instructions and chosen at start, bfloat16 in
// and out, an exponential that vectorises, and random bits that are a function of a key and a counter.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ODM_SIMD __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ODM_SIMD
#endif
#define ODM_INLINE inline __attribute__((always_inline))

namespace odm {
using bf16 = uint16_t;

ODM_INLINE float load(const float* p, int64_t i) { return p[i]; }
ODM_INLINE float load(const bf16* p, int64_t i) {
    uint32_t bits = static_cast<uint32_t>(p[i]) << 16;
    float f;
    std::memcpy(&f, &bits, 4);
    return f;
}
ODM_INLINE void store(float* p, int64_t i, float v) { p[i] = v; }
ODM_INLINE void store(bf16* p, int64_t i,
                      float v) {  // round to nearest even; a NaN stays one because its quiet bit is in the upper half
    uint32_t bits;
    std::memcpy(&bits, &v, 4);
    uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    p[i] = static_cast<bf16>((bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16) | 0x40u : rounded);
}

// exp(x) to 2 ulp: 2^n times a degree-6 polynomial on [-ln2/2, ln2/2] (Cephes' expf); clamps at the ends of float32's
// range.
ODM_INLINE float fast_exp(float x) {
    x = x < -87.3f ? -87.3f : x;
    x = x > 88.3f ? 88.3f : x;
    float n = std::nearbyintf(x * 1.44269504088896341f);
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t e = (static_cast<int32_t>(n) + 127) << 23;
    float s;
    std::memcpy(&s, &e, 4);
    return p * s;
}
ODM_INLINE float sigmoid(float z) { return 1.0f / (1.0f + fast_exp(-z)); }

// A well-mixed 32-bit hash of (key, counter): the dropout mask is a function of the two and is never stored.
ODM_INLINE uint32_t mix(uint32_t key, uint32_t i) {
    uint32_t x = i * 0x9E3779B9u + key;
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    return x;
}
inline uint32_t sample_key(int64_t seed, int64_t n) {  // splitmix64
    uint64_t z = static_cast<uint64_t>(seed) + 0x9E3779B97F4A7C15ull * (n + 1);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return static_cast<uint32_t>(z >> 32);
}

}  // namespace odm
