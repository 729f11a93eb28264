using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The door's C ABI (native/door.h, tensor.cpp, runtime.cpp). Getters skip the GC transition: they take nanoseconds.</summary>
internal static unsafe partial class Native
{
    private const string Library = "odmtorch";

    /// <summary>A tagged value, as in door.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Value
    {
        internal Tag Tag;
        internal int Length;
        internal long Bits;
    }

    /// <summary>What a <see cref="Value"/> holds.</summary>
    internal enum Tag { None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, String, Device, Generator, Bools }

    // libgomp's threads would else spin while they wait and take the cores from OpenBLAS's, and from whatever else runs: asleep
    // they are faster even on a quiet machine (bench/README.md). libgomp looks when it is loaded, so before the first call.
    static Native()
    {
        if (OperatingSystem.IsLinux()) setenv("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        odm_start();
    }

    [DllImport("libc")] private static extern int setenv([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    [DllImport(Library)] private static extern void odm_start();
    [DllImport(Library)] private static extern byte* odm_error();
    [DllImport(Library)] private static extern byte* odm_version();

    // the door
    [DllImport(Library)] internal static extern nint odm_operator([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string overload);
    [DllImport(Library)] internal static extern int odm_call(nint op, Value* arguments, int count, Value* results, int capacity);
    [DllImport(Library)] internal static extern void odm_free_list(nint handles);

    // tensors
    [DllImport(Library)] internal static extern void odm_release(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern long odm_dim(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern long odm_numel(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern int odm_dtype(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern long odm_device(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern long odm_element_size(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern long odm_storage_offset(nint handle);
    [DllImport(Library), SuppressGCTransition] internal static extern int odm_is_contiguous(nint handle, int channelsLast);
    [DllImport(Library), SuppressGCTransition] internal static extern void odm_sizes(nint handle, long* sizes);
    [DllImport(Library), SuppressGCTransition] internal static extern void odm_strides(nint handle, long* strides);
    [DllImport(Library)] internal static extern nint odm_data(nint handle);
    [DllImport(Library)] internal static extern nint odm_from_bytes(void* bytes, long* sizes, int dims, int dtype);
    [DllImport(Library)] internal static extern int odm_item(nint handle, Value* result);
    [DllImport(Library)] internal static extern int odm_requires_grad(nint handle);
    [DllImport(Library)] internal static extern int odm_is_leaf(nint handle);
    [DllImport(Library)] internal static extern int odm_set_requires_grad(nint handle, int value);
    [DllImport(Library)] internal static extern int odm_retain_grad(nint handle);
    [DllImport(Library)] internal static extern nint odm_grad(nint handle);
    [DllImport(Library)] internal static extern int odm_set_grad(nint handle, nint grad);
    [DllImport(Library)] internal static extern int odm_backward(nint* roots, nint* gradients, int count, nint* inputs, int inputCount, int retainGraph, int createGraph);
    [DllImport(Library)] internal static extern int odm_gradients(nint* roots, nint* gradients, int count, nint* inputs, int inputCount, int retainGraph, int createGraph, int allowUnused, nint* results);

    // libtorch's state
    [DllImport(Library), SuppressGCTransition] internal static extern int odm_grad_mode();
    [DllImport(Library), SuppressGCTransition] internal static extern void odm_set_grad_mode(int enabled);
    [DllImport(Library), SuppressGCTransition] internal static extern int odm_inference_mode();
    [DllImport(Library)] internal static extern nint odm_enter_inference_mode(int enabled);
    [DllImport(Library)] internal static extern void odm_leave_inference_mode(nint guard);
    [DllImport(Library)] internal static extern int odm_threads();
    [DllImport(Library)] internal static extern int odm_set_threads(int count);
    [DllImport(Library)] internal static extern int odm_interop_threads();
    [DllImport(Library)] internal static extern int odm_set_interop_threads(int count);
    [DllImport(Library)] internal static extern nint odm_generator(long device, int shared);
    [DllImport(Library)] internal static extern void odm_release_generator(nint handle);
    [DllImport(Library)] internal static extern int odm_seed(nint handle, ulong seed);
    [DllImport(Library)] internal static extern ulong odm_current_seed(nint handle);
    [DllImport(Library)] internal static extern ulong odm_draw_seed(nint handle);
    [DllImport(Library)] internal static extern nint odm_generator_state(nint handle);
    [DllImport(Library)] internal static extern int odm_set_generator_state(nint handle, nint state);
    [DllImport(Library)] internal static extern int odm_manual_seed(ulong seed);
    [DllImport(Library)] internal static extern int odm_cuda_count();
    [DllImport(Library)] internal static extern int odm_cuda_synchronize(int index);
    [DllImport(Library)] internal static extern int odm_cuda_memory(long* free, long* total);
    [DllImport(Library)] internal static extern int odm_tf32(int value);

    /// <summary>libtorch's version, as in its version.h.</summary>
    internal static string Version => Marshal.PtrToStringUTF8((nint)odm_version())!;

    /// <summary>The exception for this thread's last native error: libtorch's first line.</summary>
    internal static ExternalException Error() => new(Marshal.PtrToStringUTF8((nint)odm_error()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int succeeded)
    {
        if (succeeded == 0) throw Error();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nint Check(nint handle) => handle != 0 ? handle : throw Error();
}
