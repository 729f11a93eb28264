// The loops of odm::group_norm_silu over raw memory: one sample x [HW, C] (channels-last) at a time.
#pragma once

#include <ATen/Parallel.h>

#include <cmath>
#include <vector>

#include "simd.h"

namespace odm {
namespace {

// Per-channel sum and sum of squares of one sample x [HW, C]; blocks of 32 rows in float, their totals in double.
template <class T>
ODM_INLINE void channel_sums_body(const T* x, int64_t hw, int64_t c, float* s, float* q, double* sum, double* square) {
    for (int64_t j = 0; j < c; ++j) sum[j] = square[j] = 0;
    for (int64_t r0 = 0; r0 < hw; r0 += 32) {
        int64_t r1 = r0 + 32 < hw ? r0 + 32 : hw;
        for (int64_t j = 0; j < c; ++j) s[j] = q[j] = 0;
        for (int64_t r = r0; r < r1; ++r) {
            const T* row = x + r * c;
            for (int64_t j = 0; j < c; ++j) {
                float v = load(row, j);
                s[j] += v;
                q[j] += v * v;
            }
        }
        for (int64_t j = 0; j < c; ++j) {
            sum[j] += s[j];
            square[j] += q[j];
        }
    }
}
ODM_SIMD void channel_sums(const float* x, int64_t hw, int64_t c, float* s, float* q, double* sum, double* sq) {
    channel_sums_body(x, hw, c, s, q, sum, sq);
}
ODM_SIMD void channel_sums(const bf16* x, int64_t hw, int64_t c, float* s, float* q, double* sum, double* sq) {
    channel_sums_body(x, hw, c, s, q, sum, sq);
}

// y = dropout(silu(x * a + b)) for one sample.
template <class T>
ODM_INLINE void forward_body(const T* x, T* y, const float* a, const float* b, int64_t hw, int64_t c, bool silu,
                             uint32_t limit, float keep, uint32_t key) {
    for (int64_t r = 0; r < hw; ++r) {
        const T* in = x + r * c;
        T* out = y + r * c;
        uint32_t base = static_cast<uint32_t>(r * c);
        if (!silu) {
            for (int64_t j = 0; j < c; ++j) store(out, j, load(in, j) * a[j] + b[j]);
        } else if (limit == 0) {
            for (int64_t j = 0; j < c; ++j) {
                float z = load(in, j) * a[j] + b[j];
                store(out, j, z * sigmoid(z));
            }
        } else {
            for (int64_t j = 0; j < c; ++j) {
                float z = load(in, j) * a[j] + b[j];
                float v = z * sigmoid(z) * keep;
                store(out, j, mix(key, base + static_cast<uint32_t>(j)) < limit ? 0.0f : v);
            }
        }
    }
}
ODM_SIMD void forward_sample(const float* x, float* y, const float* a, const float* b, int64_t hw, int64_t c, bool silu,
                             uint32_t limit, float keep, uint32_t key) {
    forward_body(x, y, a, b, hw, c, silu, limit, keep, key);
}
ODM_SIMD void forward_sample(const bf16* x, bf16* y, const float* a, const float* b, int64_t hw, int64_t c, bool silu,
                             uint32_t limit, float keep, uint32_t key) {
    forward_body(x, y, a, b, hw, c, silu, limit, keep, key);
}

// g = dL/dz of one sample (into scratch), and its per-channel sums  A = sum g, B = sum g x.
template <class T>
ODM_INLINE void backward_sums_body(const T* x, const T* dy, const float* a, const float* b, int64_t hw, int64_t c,
                                   bool silu, uint32_t limit, float keep, uint32_t key, float* g, float* s, float* q,
                                   double* A, double* B) {
    for (int64_t j = 0; j < c; ++j) A[j] = B[j] = 0;
    for (int64_t r0 = 0; r0 < hw; r0 += 32) {
        int64_t r1 = r0 + 32 < hw ? r0 + 32 : hw;
        for (int64_t j = 0; j < c; ++j) s[j] = q[j] = 0;
        for (int64_t r = r0; r < r1; ++r) {
            const T* in = x + r * c;
            const T* d = dy + r * c;
            float* gr = g + r * c;
            uint32_t base = static_cast<uint32_t>(r * c);
            if (!silu) {
                for (int64_t j = 0; j < c; ++j) {
                    float v = load(d, j);
                    gr[j] = v;
                    s[j] += v;
                    q[j] += v * load(in, j);
                }
            } else if (limit == 0) {
                for (int64_t j = 0; j < c; ++j) {
                    float xv = load(in, j), z = xv * a[j] + b[j], p = sigmoid(z);
                    float v = load(d, j) * (p * (1.0f + z * (1.0f - p)));
                    gr[j] = v;
                    s[j] += v;
                    q[j] += v * xv;
                }
            } else {
                for (int64_t j = 0; j < c; ++j) {
                    float xv = load(in, j), z = xv * a[j] + b[j], p = sigmoid(z);
                    float v = load(d, j) * (p * (1.0f + z * (1.0f - p))) * keep;
                    v = mix(key, base + static_cast<uint32_t>(j)) < limit ? 0.0f : v;
                    gr[j] = v;
                    s[j] += v;
                    q[j] += v * xv;
                }
            }
        }
        for (int64_t j = 0; j < c; ++j) {
            A[j] += s[j];
            B[j] += q[j];
        }
    }
}
ODM_SIMD void backward_sums(const float* x, const float* dy, const float* a, const float* b, int64_t hw, int64_t c,
                            bool silu, uint32_t limit, float keep, uint32_t key, float* g, float* s, float* q, double* A,
                            double* B) {
    backward_sums_body(x, dy, a, b, hw, c, silu, limit, keep, key, g, s, q, A, B);
}
ODM_SIMD void backward_sums(const bf16* x, const bf16* dy, const float* a, const float* b, int64_t hw, int64_t c, bool silu,
                            uint32_t limit, float keep, uint32_t key, float* g, float* s, float* q, double* A, double* B) {
    backward_sums_body(x, dy, a, b, hw, c, silu, limit, keep, key, g, s, q, A, B);
}

// dx = g * a - u - x * v, per channel constants.
template <class T>
ODM_INLINE void backward_dx_body(const T* x, const float* g, T* dx, const float* a, const float* u, const float* v,
                                 int64_t hw, int64_t c) {
    for (int64_t r = 0; r < hw; ++r) {
        const T* in = x + r * c;
        const float* gr = g + r * c;
        T* out = dx + r * c;
        for (int64_t j = 0; j < c; ++j) store(out, j, gr[j] * a[j] - u[j] - load(in, j) * v[j]);
    }
}
ODM_SIMD void backward_dx(const float* x, const float* g, float* dx, const float* a, const float* u, const float* v,
                          int64_t hw, int64_t c) {
    backward_dx_body(x, g, dx, a, u, v, hw, c);
}
ODM_SIMD void backward_dx(const bf16* x, const float* g, bf16* dx, const float* a, const float* u, const float* v,
                          int64_t hw, int64_t c) {
    backward_dx_body(x, g, dx, a, u, v, hw, c);
}

struct Shape {
    int64_t n, c, hw, groups;
};
struct Dropout {
    uint32_t limit;
    float keep;
    int64_t seed;
};
Dropout dropout_of(double p, int64_t seed) {
    return {static_cast<uint32_t>(p * 4294967296.0), static_cast<float>(1.0 / (1.0 - p)), seed};
}

// The affine form z = x * a + b of the norm of (x + add): with group mean m and inverse deviation r, a = r w, b = bias +
// (add - m) r w.
void affine(const Shape& s, const double* sum, const double* square, const float* add, const float* w, const float* bias,
            double eps, float* mean, float* rstd, float* a, float* b) {
    int64_t d = s.c / s.groups;
    for (int64_t g = 0; g < s.groups; ++g) {
        double t = 0, q = 0;
        for (int64_t j = g * d; j < (g + 1) * d; ++j) {
            double e = add ? add[j] : 0;
            t += sum[j] + s.hw * e;
            q += square[j] + 2 * e * sum[j] + s.hw * e * e;
        }
        double m = t / (d * s.hw), var = q / (d * s.hw) - m * m, r = 1 / std::sqrt((var > 0 ? var : 0) + eps);
        mean[g] = static_cast<float>(m);
        rstd[g] = static_cast<float>(r);
        for (int64_t j = g * d; j < (g + 1) * d; ++j) {
            a[j] = static_cast<float>(r * w[j]);
            b[j] = static_cast<float>(bias[j] + ((add ? add[j] : 0) - m) * r * w[j]);
        }
    }
}

template <class T>
void forward_all(const Shape& s, const T* x, T* y, const float* add, const float* w, const float* bias, double eps,
                 bool silu, Dropout drop, float* mean, float* rstd) {
    at::parallel_for(0, s.n, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> f(4 * s.c);
        std::vector<double> d(2 * s.c);
        for (int64_t n = begin; n < end; ++n) {
            const T* xn = x + n * s.c * s.hw;
            channel_sums(xn, s.hw, s.c, &f[0], &f[s.c], &d[0], &d[s.c]);
            affine(s, &d[0], &d[s.c], add ? add + n * s.c : nullptr, w, bias, eps, mean + n * s.groups, rstd + n * s.groups,
                   &f[2 * s.c], &f[3 * s.c]);
            forward_sample(xn, y + n * s.c * s.hw, &f[2 * s.c], &f[3 * s.c], s.hw, s.c, silu, drop.limit, drop.keep,
                           sample_key(drop.seed, n));
        }
    });
}

template <class T>
void backward_all(const Shape& s, const T* x, const T* dy, T* dx, const float* add, const float* w, const float* bias,
                  const float* mean, const float* rstd, bool silu, Dropout drop, float* dadd, double* dw, double* db) {
    int64_t d = s.c / s.groups;
    double m = static_cast<double>(d * s.hw);
    at::parallel_for(0, s.n, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> f(6 * s.c), g(s.c * s.hw);
        std::vector<double> A(s.c), B(s.c);
        float *a = &f[2 * s.c], *b = &f[3 * s.c], *u = &f[4 * s.c], *v = &f[5 * s.c];
        for (int64_t n = begin; n < end; ++n) {
            const float* e = add ? add + n * s.c : nullptr;
            const float* mu = mean + n * s.groups;
            const float* r = rstd + n * s.groups;
            for (int64_t j = 0; j < s.c; ++j) {
                int64_t k = j / d;
                a[j] = r[k] * w[j];
                b[j] = bias[j] + ((e ? e[j] : 0) - mu[k]) * r[k] * w[j];
            }
            const T* xn = x + n * s.c * s.hw;
            backward_sums(xn, dy + n * s.c * s.hw, a, b, s.hw, s.c, silu, drop.limit, drop.keep, sample_key(drop.seed, n),
                          g.data(), &f[0], &f[s.c], A.data(), B.data());
            for (int64_t k = 0; k < s.groups; ++k) {
                double s0 = 0, s1 = 0;  // sums of g w and of g w xhat over the group
                for (int64_t j = k * d; j < (k + 1) * d; ++j) {
                    double hat = (B[j] + ((e ? e[j] : 0) - mu[k]) * A[j]) * r[k];
                    s0 += w[j] * A[j];
                    s1 += w[j] * hat;
                    dw[n * s.c + j] = hat;
                    db[n * s.c + j] = A[j];
                }
                for (int64_t j = k * d; j < (k + 1) * d; ++j) {
                    double shift = (e ? e[j] : 0) - mu[k];
                    v[j] = static_cast<float>(r[k] * r[k] * s1 / m);
                    u[j] = static_cast<float>(r[k] * s0 / m + shift * r[k] * r[k] * s1 / m);
                }
            }
            backward_dx(xn, g.data(), dx + n * s.c * s.hw, a, u, v, s.hw, s.c);
            if (dadd) {  // gradient of the embedding = sum of dx over the pixels
                for (int64_t j = 0; j < s.c; ++j) f[j] = 0;
                double hw = static_cast<double>(s.hw);
                channel_sums(xn, s.hw, s.c, &f[0], &f[s.c], B.data(), db + n * s.c);  // B = sum x; db is restored below
                for (int64_t j = 0; j < s.c; ++j) {
                    db[n * s.c + j] = A[j];
                    dadd[n * s.c + j] = static_cast<float>(A[j] * a[j] - hw * u[j] - B[j] * v[j]);
                }
            }
        }
    });
}

}  // namespace
}  // namespace odm
