// libtorch's own state: grad mode, threads, generators, devices, versions, the last error.
#include "door.h"
#include "guard.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/api/include/torch/version.h>

#include <dlfcn.h>
#include <mutex>

std::string& last_error() {
    static thread_local std::string message;
    return message;
}

namespace {

/// A CUDA build registers its kernels when libtorch_cuda is loaded; nothing here names a symbol of it, so it must be asked for.
void* cuda_library() {
    static void* library = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
    return library;
}

at::Generator& generator(void* handle) { return *static_cast<at::Generator*>(handle); }

}  // namespace

extern "C" {

DOOR_API const char* odm_error() { return last_error().c_str(); }
DOOR_API const char* odm_version() { return TORCH_VERSION; }
DOOR_API void odm_start() { cuda_library(); }

DOOR_API int32_t odm_grad_mode() { return c10::GradMode::is_enabled(); }
DOOR_API void odm_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }
DOOR_API int32_t odm_inference_mode() { return c10::InferenceMode::is_enabled(); }
DOOR_API void* odm_enter_inference_mode(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
DOOR_API void odm_leave_inference_mode(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

DOOR_API int32_t odm_threads() { return at::get_num_threads(); }
DOOR_API int32_t odm_set_threads(int32_t count) {
    return guarded([&]() -> int32_t { at::set_num_threads(count); return 1; }, 0);
}
DOOR_API int32_t odm_interop_threads() { return at::get_num_interop_threads(); }
DOOR_API int32_t odm_set_interop_threads(int32_t count) {
    return guarded([&]() -> int32_t { at::set_num_interop_threads(count); return 1; }, 0);
}

/// A generator of its own on the device, or (with `shared`) the device's default one.
DOOR_API void* odm_generator(int64_t device, int32_t shared) {
    return guarded([&]() -> void* {
        auto where = device_from(device);
        if (!shared && where.is_cpu()) return new at::Generator(at::detail::createCPUGenerator());
        auto& common = at::globalContext().defaultGenerator(where);
        return new at::Generator(shared ? common : common.clone());
    }, nullptr);
}
DOOR_API void odm_release_generator(void* handle) { delete static_cast<at::Generator*>(handle); }
DOOR_API int32_t odm_seed(void* handle, uint64_t seed) {
    return guarded([&]() -> int32_t {
        std::lock_guard<std::mutex> lock(generator(handle).mutex());
        generator(handle).set_current_seed(seed);
        return 1;
    }, 0);
}
DOOR_API uint64_t odm_current_seed(void* handle) { return generator(handle).current_seed(); }
DOOR_API uint64_t odm_draw_seed(void* handle) {
    std::lock_guard<std::mutex> lock(generator(handle).mutex());
    return generator(handle).seed();
}
DOOR_API void* odm_generator_state(void* handle) {
    return guarded([&]() -> void* {
        std::lock_guard<std::mutex> lock(generator(handle).mutex());
        return release(generator(handle).get_state());
    }, nullptr);
}
DOOR_API int32_t odm_set_generator_state(void* handle, void* state) {
    return guarded([&]() -> int32_t {
        std::lock_guard<std::mutex> lock(generator(handle).mutex());
        generator(handle).set_state(borrow(state));
        return 1;
    }, 0);
}
/// Seeds the default generators of every device.
DOOR_API int32_t odm_manual_seed(uint64_t seed) {
    return guarded([&]() -> int32_t { at::manual_seed(seed); return 1; }, 0);
}

DOOR_API int32_t odm_cuda_count() {
    return guarded([&]() -> int32_t {
        if (!cuda_library() || !c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA)) return 0;
        return c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount();
    }, 0);
}
DOOR_API int32_t odm_cuda_synchronize(int32_t index) {
    return guarded([&]() -> int32_t { at::detail::getCUDAHooks().deviceSynchronize(index); return 1; }, 0);
}
/// Free and total bytes of the current CUDA device, by the CUDA runtime libtorch itself has loaded; 0 where there is none.
DOOR_API int32_t odm_cuda_memory(int64_t* free_bytes, int64_t* total_bytes) {
    using Query = int (*)(size_t*, size_t*);
    auto query = cuda_library() ? reinterpret_cast<Query>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo")) : nullptr;
    size_t available = 0, total = 0;
    if (!query || query(&available, &total) != 0) return 0;
    *free_bytes = static_cast<int64_t>(available);
    *total_bytes = static_cast<int64_t>(total);
    return 1;
}
/// TF32 in CUDA's products (bit 0) and in cuDNN (bit 1): read, and written where `value` is not negative.
DOOR_API int32_t odm_tf32(int32_t value) {
    return guarded([&]() -> int32_t {
        auto& context = at::globalContext();
        if (value >= 0) {
            context.setAllowTF32CuBLAS((value & 1) != 0);
            context.setAllowTF32CuDNN((value & 2) != 0);
        }
        return (context.allowTF32CuBLAS() ? 1 : 0) | (context.allowTF32CuDNN() ? 2 : 0);
    }, -1);
}

}  // extern "C"
