// What one asks of a tensor without an operator: its shape, its memory, its gradient.
#include "door.h"
#include "guard.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <vector>

namespace {

c10::TensorImpl* impl(void* handle) { return static_cast<c10::TensorImpl*>(handle); }

std::vector<at::Tensor> list(void** handles, int32_t count) {
    std::vector<at::Tensor> result;
    result.reserve(count);
    for (int i = 0; i < count; i++) result.push_back(handles[i] ? borrow(handles[i]) : at::Tensor());
    return result;
}

}  // namespace

extern "C" {

DOOR_API void odm_release(void* handle) {
    if (handle) c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl(handle));
}

DOOR_API int64_t odm_dim(void* handle) { return impl(handle)->dim(); }
DOOR_API int64_t odm_numel(void* handle) { return impl(handle)->numel(); }
DOOR_API int32_t odm_dtype(void* handle) { return static_cast<int32_t>(c10::typeMetaToScalarType(impl(handle)->dtype())); }
DOOR_API int64_t odm_device(void* handle) { return device_bits(impl(handle)->device()); }
DOOR_API int64_t odm_element_size(void* handle) { return impl(handle)->itemsize(); }
DOOR_API int64_t odm_storage_offset(void* handle) { return impl(handle)->storage_offset(); }
DOOR_API int32_t odm_is_contiguous(void* handle, int32_t channels_last) {
    return impl(handle)->is_contiguous(channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}
DOOR_API void odm_sizes(void* handle, int64_t* sizes) {
    for (auto size : impl(handle)->sizes()) *sizes++ = size;
}
DOOR_API void odm_strides(void* handle, int64_t* strides) {
    for (auto stride : impl(handle)->strides()) *strides++ = stride;
}
DOOR_API void* odm_data(void* handle) {
    return guarded([&]() -> void* { return borrow(handle).data_ptr(); }, nullptr);
}

/// A new strided CPU tensor that owns a copy of `bytes` (element order, contiguous).
DOOR_API void* odm_from_bytes(const void* bytes, const int64_t* sizes, int32_t dims, int32_t dtype) {
    return guarded([&]() -> void* {
        auto tensor = at::empty(at::IntArrayRef(sizes, dims), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
        if (tensor.nbytes() > 0) memcpy(tensor.data_ptr(), bytes, tensor.nbytes());
        return release(std::move(tensor));
    }, nullptr);
}

/// The one element of a tensor as a double, an integer or a bool in `result`; 0 on error.
DOOR_API int32_t odm_item(void* handle, DoorValue* result) {
    return guarded([&]() -> int32_t {
        at::NoGradGuard guard;
        auto scalar = borrow(handle).item();
        if (scalar.isFloatingPoint()) {
            result->tag = DOOR_DOUBLE;
            result->d = scalar.toDouble();
        } else {
            TORCH_CHECK(!scalar.isComplex(), "complex numbers cannot pass the door");
            result->tag = scalar.isBoolean() ? DOOR_BOOL : DOOR_INT;
            result->i = scalar.to<int64_t>();
        }
        return 1;
    }, 0);
}

DOOR_API int32_t odm_requires_grad(void* handle) { return impl(handle)->requires_grad(); }
DOOR_API int32_t odm_is_leaf(void* handle) { return borrow(handle).is_leaf(); }
DOOR_API int32_t odm_set_requires_grad(void* handle, int32_t value) {
    return guarded([&]() -> int32_t { borrow(handle).set_requires_grad(value != 0); return 1; }, 0);
}
DOOR_API int32_t odm_retain_grad(void* handle) {
    return guarded([&]() -> int32_t { borrow(handle).retain_grad(); return 1; }, 0);
}

/// The gradient, or null where there is none.
DOOR_API void* odm_grad(void* handle) {
    return guarded([&]() -> void* {
        auto tensor = borrow(handle);
        auto grad = tensor.grad();
        return grad.defined() ? release(std::move(grad)) : nullptr;
    }, nullptr);
}
DOOR_API int32_t odm_set_grad(void* handle, void* grad) {
    return guarded([&]() -> int32_t {
        auto tensor = borrow(handle);
        tensor.mutable_grad() = grad ? borrow(grad) : at::Tensor();
        return 1;
    }, 0);
}

/// Sums the gradients of `roots` into the leaves (or into `inputs` alone, where there are any); 0 on error.
DOOR_API int32_t odm_backward(void** roots, void** gradients, int32_t count, void** inputs, int32_t input_count, int32_t retain_graph, int32_t create_graph) {
    return guarded([&]() -> int32_t {
        torch::autograd::backward(list(roots, count), gradients ? list(gradients, count) : std::vector<at::Tensor>(), retain_graph != 0, create_graph != 0, list(inputs, input_count));
        return 1;
    }, 0);
}

/// The gradients of `roots` with respect to `inputs`, in `results` (null where unused and allowed); 0 on error.
DOOR_API int32_t odm_gradients(void** roots, void** gradients, int32_t count, void** inputs, int32_t input_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results) {
    return guarded([&]() -> int32_t {
        auto grads = torch::autograd::grad(list(roots, count), list(inputs, input_count), gradients ? list(gradients, count) : std::vector<at::Tensor>(), retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (auto& grad : grads) *results++ = grad.defined() ? release(std::move(grad)) : nullptr;
        return 1;
    }, 0);
}

}  // extern "C"
