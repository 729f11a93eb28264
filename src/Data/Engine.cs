using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace Odm.Data;

/// <summary>
/// What the tensor engine runs on: package set, libtorch, BLAS, threads, device, memory. The one place that may differ
/// between the package sets.
/// </summary>
public static class Engine
{
    /// <summary>Which package set this build uses: <c>system</c> or <c>nuget</c>.</summary>
    public const string PackageSet = "nuget";

    /// <summary>Bytes free and in all on the current CUDA device; null without one, and in the nuget set, which cannot ask.</summary>
    public static (long Free, long Total)? DeviceMemory() => null;

    /// <summary>The version of libtorch in use.</summary>
    public static string LibtorchVersion => __version__;

    /// <summary>Threads libtorch computes with.</summary>
    public static int Threads => get_num_threads();

    /// <summary>Sets the threads libtorch computes with; it starts with one on some builds. 0 takes every core this process may use.</summary>
    public static void Start(int threads = 0)
    {
        if (threads < 0) throw new StudyException(string.Create(CultureInfo.InvariantCulture, $"threads: {threads} is not allowed; 0 (all cores) or more"));
        set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>The device a study file names: <c>auto</c> (CUDA where the engine has it), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. Throws <see cref="StudyException"/> on anything else, or a device that is not there.</summary>
    public static Device Resolve(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var devices = name == "cpu" ? 0 : CudaDevices();
        if (name is "cpu" || (name is "auto" && devices == 0)) return CPU;
        if (name is "auto" or "cuda")
            return devices > 0 ? new Device(TorchSharp.DeviceType.CUDA, 0) : throw Missing(name, devices);
        if (!name.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            throw new StudyException($"device: '{name}' is not allowed; auto, cpu, cuda or cuda:N");
        return index < devices ? new Device(TorchSharp.DeviceType.CUDA, index) : throw Missing(name, devices);
    }

    private static int CudaDevices() => cuda.is_available() ? cuda.device_count() : 0;

    private static StudyException Missing(string name, int devices) => new(devices == 0
        ? $"device: '{name}' needs a CUDA build of libtorch and a CUDA device, and there is none; auto or cpu"
        : string.Create(CultureInfo.InvariantCulture, $"device: '{name}' is not there; auto, cpu, or cuda:0 to cuda:{devices - 1}"));

    /// <summary>The BLAS in use, by the libraries this process has loaded: <c>OpenBLAS</c>, <c>MKL</c>, <c>BLIS</c>, <c>reference BLAS</c> (thirty times slower), or what libtorch brings in itself.</summary>
    public static string Blas()
    {
        _ = LibtorchVersion; // loads libtorch
        const string maps = "/proc/self/maps";
        var lines = File.Exists(maps) ? File.ReadAllLines(maps) : [];
        bool Loaded(string part) => Array.Exists(lines, line => line.Contains(part, StringComparison.OrdinalIgnoreCase));
        return Loaded("openblas") ? "OpenBLAS"
            : Loaded("libmkl") ? "MKL"
            : Loaded("blis") ? "BLIS"
            : Loaded("atlas") ? "ATLAS"
            : Loaded("libblas.so") ? "reference BLAS"
            : "built into libtorch";
    }

    /// <summary>The most memory this process ever held, in bytes (the kernel's mark lags a little behind).</summary>
    public static long PeakResidentBytes => Math.Max(Status("VmHWM:") ?? Process.GetCurrentProcess().PeakWorkingSet64, ResidentBytes);

    /// <summary>The memory this process holds now, in bytes.</summary>
    public static long ResidentBytes => Status("VmRSS:") ?? Process.GetCurrentProcess().WorkingSet64;

    /// <summary>bfloat16 where there is a CUDA device or the processor has the instructions (it emulates them slowly elsewhere), else float32.</summary>
    public static Precision FastestPrecision()
    {
        const string file = "/proc/cpuinfo";
        var flags = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) ?? "" : "";
        return CudaDevices() > 0 || flags.Contains("avx512_bf16", StringComparison.Ordinal) || flags.Contains("amx_bf16", StringComparison.Ordinal)
            ? Precision.Bf16 : Precision.Fp32;
    }

    private static long? Status(string field)
    {
        const string file = "/proc/self/status";
        if (!File.Exists(file)) return null;
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
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
        if (device.type == TorchSharp.DeviceType.CUDA) cuda.synchronize(device);
    }
}
