using System.Diagnostics;
using System.Globalization;
using Odm.Engine.Native;
using static TorchSharp.torch;

namespace Odm.Engine.Runtime;

/// <summary>
/// What the tensor engine runs on: libtorch, threads, device, number format, memory.
/// </summary>
public static class TorchEngine
{
    /// <summary>The version of libtorch in use.</summary>
    public static string LibtorchVersion => __version__;

    /// <summary>Threads libtorch computes with.</summary>
    public static int Threads => get_num_threads();

    /// <summary>
    /// Sets the threads libtorch computes with; it starts with one on some builds. 0 takes every core this process may use.
    /// </summary>
    public static void Start(int threads = 0)
    {
        if (threads < 0)
        {
            throw new StudyException(string.Create(CultureInfo.InvariantCulture,
                $"threads: {threads} is not allowed; 0 (all cores) or more"));
        }
        if (NativeLibraries.Fault is { } fault)
        {
            throw new StudyException(fault);
        }
        NativeLibraries.KeepNumbers();
        set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>
    /// The device a study file names: <c>auto</c> (CUDA where the engine has it), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. Throws
    /// <see cref="StudyException"/> on anything else, or a device that is not there.
    /// </summary>
    public static Device Resolve(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var devices = name == "cpu" ? 0 : CudaDevices();
        if (name is "cpu" || (name is "auto" && devices == 0))
        {
            return CPU;
        }
        if (name is "auto" or "cuda")
        {
            return devices > 0 ? new Device(TorchSharp.DeviceType.CUDA, 0) : throw Missing(name, devices);
        }
        if (!name.StartsWith("cuda:", StringComparison.Ordinal)
            || !int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            throw new StudyException($"device: '{name}' is not allowed; auto, cpu, cuda or cuda:N");
        }
        return index < devices ? new Device(TorchSharp.DeviceType.CUDA, index) : throw Missing(name, devices);
    }

    private static int CudaDevices() => cuda.is_available() ? cuda.device_count() : 0;

    private static StudyException Missing(string name, int devices) => new(devices == 0
        ? $"device: '{name}' needs a CUDA build of libtorch and a CUDA device, and there is none; auto or cpu"
        : string.Create(CultureInfo.InvariantCulture, $"device: '{name}' is not there; auto, cpu, or cuda:0 to cuda:{devices - 1}"));

    /// <summary>The most memory this process ever held, in bytes (the kernel's mark lags a little behind).</summary>
    public static long PeakResidentBytes => Math.Max(Status("VmHWM:") ?? Process.GetCurrentProcess().PeakWorkingSet64, ResidentBytes);

    /// <summary>The memory this process holds now, in bytes.</summary>
    public static long ResidentBytes => Status("VmRSS:") ?? Process.GetCurrentProcess().WorkingSet64;

    /// <summary>The faster number format of a device.</summary>
    public static Precision FastestPrecision(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.type == TorchSharp.DeviceType.CUDA || Processor.This.PrefersBf16 ? Precision.Bf16 : Precision.Fp32;
    }

    /// <summary>Throws <see cref="StudyException"/> where bfloat16 would be emulated on the processor.</summary>
    public static void Demand(Precision precision, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (precision == Precision.Bf16 && device.type == TorchSharp.DeviceType.CPU && !Processor.This.HasBf16)
        {
            throw new StudyException("precision: 'bf16' needs a processor with bfloat16 instructions (AVX-512 BF16 or AMX) or a CUDA "
                + "device, and would be emulated many times slower here; fp32 or auto");
        }
    }

    private static long? Status(string field)
    {
        const string file = "/proc/self/status";
        if (!File.Exists(file))
        {
            return null;
        }
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None,
            CultureInfo.InvariantCulture);
    }

    /// <summary>Measured speed of a square float product on a device, in 10^9 operations a second: the median of five.</summary>
    public static double GemmGflops(Device? device = null, int size = 1024, int repeats = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var place = device ?? CPU;
        var a = ones([size, size], device: place);
        var b = ones([size, size], device: place);
        a.mm(b).Dispose(); // libraries wake up
        Synchronize(place);
        var seconds = new double[repeats];
        for (var i = 0; i < repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            Synchronize(place);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(seconds);
        return 2.0 * size * size * size / seconds[repeats / 2] / 1e9;
    }

    /// <summary>Waits until a CUDA device has done all it was given; nothing on the CPU.</summary>
    public static void Synchronize(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }
}
