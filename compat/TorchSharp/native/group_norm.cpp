// Group norm + SiLU + dropout of an activation to which an embedding may be added, in one pass forward and two backward:
// odm::group_norm_silu. Channels-last, float32 or bfloat16 in and out, float32 arithmetic, totals in double. libtorch does
// the same in five passes and keeps four tensors for the backward pass; this keeps the input and two numbers a group.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "group_norm.h"

namespace {

using namespace odm;
using at::Tensor;

Shape shape_of(const Tensor& x, int64_t groups) {
    TORCH_CHECK(x.dim() == 4, "group_norm_silu: expected [N, C, H, W], got ", x.sizes());
    TORCH_CHECK(x.size(1) % groups == 0, "group_norm_silu: ", x.size(1), " channels are no multiple of ", groups,
                " groups");
    return {x.size(0), x.size(1), x.size(2) * x.size(3), groups};
}
const float* floats(const Tensor& t) { return t.defined() ? t.data_ptr<float>() : nullptr; }
template <class F>
void by_type(const Tensor& x, F f) {
    if (x.scalar_type() == at::kFloat)
        f(static_cast<float*>(nullptr));
    else {
        TORCH_CHECK(x.scalar_type() == at::kBFloat16, "group_norm_silu: float32 or bfloat16, got ", x.scalar_type());
        f(static_cast<bf16*>(nullptr));
    }
}

struct GroupNormSilu : torch::autograd::Function<GroupNormSilu> {
    static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& input, const Tensor& weight,
                          const Tensor& bias, const c10::optional<Tensor>& added, int64_t groups, double eps, bool silu,
                          double p, int64_t seed) {
        Tensor add = added.has_value() ? *added : Tensor();
        Shape s = shape_of(input, groups);
        Tensor x = input.contiguous(at::MemoryFormat::ChannelsLast),
               e = add.defined() ? add.to(at::kFloat).contiguous() : add;
        Tensor y = at::empty_like(x), mean = at::empty({s.n, groups}, x.options().dtype(at::kFloat)),
               rstd = at::empty_like(mean);
        by_type(x, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            forward_all(s, static_cast<const T*>(x.data_ptr()), static_cast<T*>(y.data_ptr()), floats(e),
                        weight.data_ptr<float>(), bias.data_ptr<float>(), eps, silu, dropout_of(p, seed),
                        mean.data_ptr<float>(), rstd.data_ptr<float>());
        });
        ctx->save_for_backward({x, weight, bias, e, mean, rstd});
        ctx->saved_data["groups"] = groups;
        ctx->saved_data["silu"] = silu;
        ctx->saved_data["p"] = p;
        ctx->saved_data["seed"] = seed;
        ctx->saved_data["add"] = add.defined() ? static_cast<int64_t>(add.scalar_type()) : -1;
        return y;
    }
    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::tensor_list grads) {
        auto saved = ctx->get_saved_variables();
        Tensor x = saved[0], weight = saved[1], bias = saved[2], e = saved[3], mean = saved[4], rstd = saved[5];
        Shape s = shape_of(x, ctx->saved_data["groups"].toInt());
        bool silu = ctx->saved_data["silu"].toBool();
        Tensor dy = grads[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast), dx = at::empty_like(x);
        Tensor dw = at::empty({s.n, s.c}, x.options().dtype(at::kDouble)), db = at::empty_like(dw), dadd;
        if (e.defined()) dadd = at::empty({s.n, s.c}, x.options().dtype(at::kFloat));
        by_type(x, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            backward_all(s, static_cast<const T*>(x.data_ptr()), static_cast<const T*>(dy.data_ptr()),
                         static_cast<T*>(dx.data_ptr()), floats(e), weight.data_ptr<float>(), bias.data_ptr<float>(),
                         mean.data_ptr<float>(), rstd.data_ptr<float>(), silu,
                         dropout_of(ctx->saved_data["p"].toDouble(), ctx->saved_data["seed"].toInt()),
                         dadd.defined() ? dadd.data_ptr<float>() : nullptr, dw.data_ptr<double>(), db.data_ptr<double>());
        });
        int64_t kind = ctx->saved_data["add"].toInt();
        if (kind >= 0) dadd = dadd.to(static_cast<at::ScalarType>(kind));
        return {dx,      dw.sum(0).to(at::kFloat), db.sum(0).to(at::kFloat), dadd, Tensor(), Tensor(), Tensor(), Tensor(),
                Tensor()};
    }
};

Tensor group_norm_silu(const Tensor& x, const Tensor& weight, const Tensor& bias, const c10::optional<Tensor>& add,
                       int64_t groups, double eps, bool silu, double p) {
    int64_t seed = 0;
    if (p > 0) {
        auto gen = at::detail::getDefaultCPUGenerator();
        std::lock_guard<std::mutex> lock(gen.mutex());
        seed = static_cast<int64_t>(at::check_generator<at::CPUGeneratorImpl>(gen)->random64());
    }
    return GroupNormSilu::apply(x, weight, bias, add, groups, eps, silu, p, seed);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(odm, library) {
    library.def(
        "group_norm_silu(Tensor x, Tensor weight, Tensor bias, Tensor? add, int groups, float eps, bool silu, float p) -> "
        "Tensor",
        group_norm_silu);
}
