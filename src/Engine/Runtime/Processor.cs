namespace Odm.Engine.Runtime;

/// <summary>What the processor can do, as the kernel and libtorch's own switches say.</summary>
/// <param name="Vendor">As /proc/cpuinfo names it: <c>AuthenticAMD</c>, <c>GenuineIntel</c>; empty where there is no such file.</param>
/// <param name="Flags">Instruction sets in the kernel's names.</param>
/// <param name="Held">Whether ATEN_CPU_CAPABILITY or ONEDNN_MAX_CPU_ISA keeps libtorch from AVX-512.</param>
public sealed record Processor(string Vendor, IReadOnlySet<string> Flags, bool Held)
{
    /// <summary>The processor's name; empty where /proc/cpuinfo has none.</summary>
    public string Model { get; init; } = "";

    private static readonly string[] Named = ["avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16"];

    /// <summary>This machine's.</summary>
    public static Processor This { get; } =
        Read(File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : [], Environment.GetEnvironmentVariable);

    /// <summary>From the lines of /proc/cpuinfo and the environment.</summary>
    public static Processor Read(IEnumerable<string> lines, Func<string, string?> variable)
    {
        var fields = lines.TakeWhile(l => l.Length > 0).Select(l => l.Split(':', 2)).Where(p => p.Length == 2)
            .ToLookup(p => p[0].Trim(), p => p[1].Trim(), StringComparer.Ordinal);
        bool Below512(string name) => variable(name) is { Length: > 0 } value && !value.Contains("512", StringComparison.Ordinal)
            && !value.Contains("amx", StringComparison.OrdinalIgnoreCase)
            && !value.Equals("all", StringComparison.OrdinalIgnoreCase);
        return new(fields["vendor_id"].FirstOrDefault() ?? "",
            fields["flags"].FirstOrDefault("").Split(' ').ToHashSet(StringComparer.Ordinal),
            Below512("ATEN_CPU_CAPABILITY") || Below512("ONEDNN_MAX_CPU_ISA"))
        { Model = fields["model name"].FirstOrDefault() ?? "" };
    }

    /// <summary>Whether products of bfloat16 numbers are instructions here; elsewhere they are emulated, a hundred times slower.</summary>
    public bool HasBf16 => !Held && (Flags.Contains("avx512_bf16") || Flags.Contains("amx_bf16"));

    /// <summary>
    /// Whether bfloat16 is faster than float32: with matrix tiles, and on AMD's cores, which do twice as many products. Intel's AVX-512
    /// alone does half as many (docs/decisions/kernels.md has the measurement).
    /// </summary>
    public bool PrefersBf16 => HasBf16 && (Flags.Contains("amx_bf16") || Vendor == "AuthenticAMD");

    /// <summary>The instruction sets that matter here, for people.</summary>
    public override string ToString() =>
        string.Join(" ", Named.Where(Flags.Contains).DefaultIfEmpty("no AVX2"))
        + (Held ? " (libtorch is held below AVX-512 by ATEN_CPU_CAPABILITY or ONEDNN_MAX_CPU_ISA)" : "");
}
