// One pass over weights, gradients and moments: odm::adam_step, and over weights and their average: odm::ema_step.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include "simd.h"

namespace {

using namespace odm;
using at::Tensor;

// Adam (Kingma & Ba 2015, algorithm 1) with decoupled or plain weight decay left to the caller: one pass over w, g, m, v.
ODM_SIMD void adam_span(float* w, const float* g, float* m, float* v, int64_t n, float lr, float b1, float b2, float eps,
                        float c1, float c2, float decay, float shrink) {
    for (int64_t i = 0; i < n; ++i) {
        float wi = w[i] * shrink, gi = g[i] + decay * wi, mi = m[i] + (1 - b1) * (gi - m[i]),
              vi = b2 * v[i] + (1 - b2) * gi * gi;
        m[i] = mi;
        v[i] = vi;
        w[i] = wi - lr * (mi / c1) / (std::sqrt(vi / c2) + eps);
    }
}
ODM_SIMD void lerp_span(float* a, const float* w, int64_t n, float k) {
    for (int64_t i = 0; i < n; ++i) a[i] += k * (w[i] - a[i]);
}

// weight and both moments are updated in place; all dense, alike in strides. decay: L2 in the gradient (Adam); shrink: 1 -
// lr * decay (AdamW).
void adam_step(at::TensorList weights, at::TensorList grads, at::TensorList m, at::TensorList v, int64_t step, double lr,
               double b1, double b2, double eps, double decay, bool decoupled) {
    float c1 = static_cast<float>(1 - std::pow(b1, step)), c2 = static_cast<float>(1 - std::pow(b2, step));
    for (size_t k = 0; k < weights.size(); ++k) {
        Tensor g = grads[k];
        if (!g.defined()) continue;
        TORCH_CHECK(weights[k].scalar_type() == at::kFloat && weights[k].is_non_overlapping_and_dense() &&
                        m[k].strides() == weights[k].strides() && v[k].strides() == weights[k].strides(),
                    "adam_step: dense float32 tensors of equal strides");
        if (g.strides() != weights[k].strides() || g.scalar_type() != at::kFloat) g = at::empty_like(weights[k]).copy_(g);
        float *w = weights[k].data_ptr<float>(), *mk = m[k].data_ptr<float>(), *vk = v[k].data_ptr<float>();
        const float* gk = g.data_ptr<float>();
        at::parallel_for(0, weights[k].numel(), 65536, [&](int64_t a, int64_t b) {
            adam_span(w + a, gk + a, mk + a, vk + a, b - a, static_cast<float>(lr), static_cast<float>(b1),
                      static_cast<float>(b2), static_cast<float>(eps), c1, c2, decoupled ? 0.0f : static_cast<float>(decay),
                      decoupled ? static_cast<float>(1 - lr * decay) : 1.0f);
        });
    }
}

// average += (1 - decay) * (weight - average), every pair alike in strides.
void ema_step(at::TensorList average, at::TensorList weights, double decay) {
    for (size_t k = 0; k < average.size(); ++k) {
        TORCH_CHECK(average[k].strides() == weights[k].strides() && average[k].scalar_type() == at::kFloat &&
                        average[k].is_non_overlapping_and_dense(),
                    "ema_step: dense float32 tensors of equal strides");
        float* a = average[k].data_ptr<float>();
        const float* w = weights[k].data_ptr<float>();
        at::parallel_for(0, average[k].numel(), 65536,
                         [&](int64_t i, int64_t j) { lerp_span(a + i, w + i, j - i, static_cast<float>(1 - decay)); });
    }
}
}  // namespace

TORCH_LIBRARY_FRAGMENT(odm, library) {
    library.def(
        "adam_step(Tensor[] weights, Tensor[] grads, Tensor[] m, Tensor[] v, int step, float lr, float b1, float b2, float "
        "eps, float decay, bool decoupled) -> ()",
        adam_step);
    library.def("ema_step(Tensor[] average, Tensor[] weights, float decay) -> ()", ema_step);
}
