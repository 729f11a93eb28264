using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sets the grad mode and puts the former one back.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();

        internal GradMode(bool enabled) => odm_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => odm_set_grad_mode(before ? 1 : 0);
    }

    private sealed class InferenceMode(bool mode) : IDisposable
    {
        private nint guard = odm_enter_inference_mode(mode ? 1 : 0);

        public void Dispose()
        {
            var taken = Interlocked.Exchange(ref guard, 0);
            if (taken != 0) odm_leave_inference_mode(taken);
        }
    }

    public static IDisposable no_grad() => new GradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_grad_enabled() => odm_grad_mode() != 0;
    public static bool is_inference_mode_enabled() => odm_inference_mode() != 0;

    public static int get_num_threads() => odm_threads();
    public static void set_num_threads(int num) => Check(odm_set_threads(num));
    public static int get_num_interop_threads() => odm_interop_threads();
    public static void set_num_interop_threads(int num) => Check(odm_set_interop_threads(num));

    /// <summary>libtorch's version.</summary>
    public static string __version__ => Native.Version;
}
