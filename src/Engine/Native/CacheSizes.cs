using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Odm.Engine.Native;

/// <summary>
/// What oneDNN believes of the processor's caches. A virtual machine may hide the CPUID leaf in which AMD's processors describe them
/// (0x8000001D); oneDNN 3.7 reads its zeros as three caches of one byte each, and blocks its convolutions by that: some divide by zero and
/// end the process, others give values that are not finite, the rest are slow (docs/decisions/caches.md). The older leaves 0x80000005 and
/// 0x80000006 still tell the sizes, which are written where oneDNN keeps them.
/// </summary>
internal static unsafe class CacheSizes
{
    private const int Levels = 3;
    private const int Most = 10; // places that oneDNN's table has

    /// <summary>What was found, in a few words, for <c>odm doctor</c>.</summary>
    public static string Finding { get; private set; } = "as the processor describes them";

    /// <summary>Whether this processor's caches are hidden from oneDNN.</summary>
    public static bool Hidden => X86Base.IsSupported && OperatingSystem.IsLinux() && X86Base.CpuId(0, 0).Ebx == 0x68747541 // "Auth"enticAMD
        && (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax >= 0x80000006 && X86Base.CpuId(unchecked((int)0x8000001D), 0).Eax == 0;

    /// <summary>Bytes of the caches of one core by the older leaves: data, second level, third level (counted for eight cores).</summary>
    public static int[] Described()
    {
        var (first, second) = (X86Base.CpuId(unchecked((int)0x80000005), 0), X86Base.CpuId(unchecked((int)0x80000006), 0));
        var data = (int)((uint)first.Ecx >> 24) << 10;
        var middle = (int)((uint)second.Ecx >> 16) << 10;
        return [data > 0 ? data : 32 << 10, middle > 0 ? middle : 512 << 10, 4 << 20];
    }

    /// <summary>Writes the sizes into oneDNN's table where they are hidden; loads libtorch then.</summary>
    public static void Repair()
    {
        if (!Hidden)
        {
            return;
        }
        try
        {
            using (NewDisposeScope()) // oneDNN looks at the processor at its first convolution
            using (no_grad())
            {
                nn.functional.conv2d(zeros([1, 16, 48, 48]), zeros([16, 16, 3, 3]), padding: [1, 1]);
            }
            Quieten();
            var found = Tables();
            foreach (var table in found)
            {
                Described().CopyTo(new Span<int>((void*)table, Levels));
            }
            Finding = found.Count == 0 ? "hidden by this machine, and oneDNN's table of them was not found: convolutions may fail"
                : string.Create(CultureInfo.InvariantCulture, $"hidden by this machine; oneDNN was told {string.Join(", ",
                    Described().Select(b => $"{b >> 10} KB"))}");
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or ExternalException
            or InvalidOperationException or EntryPointNotFoundException)
        {
            Finding = $"hidden by this machine; libtorch did not load ({e.Message})";
        }
    }

    // NNPACK cannot start without the caches' sizes and says so at every convolution, on stderr; errors are still told
    private static void Quieten()
    {
        const int error = 2;
        var file = Maps().Select(m => m.File).First(f => f.EndsWith("/libc10.so", StringComparison.Ordinal));
        *(int*)NativeLibrary.GetExport(NativeLibrary.Load(file), "FLAGS_caffe2_log_level") = error;
    }

    // sizes 1, 1, 1; cores that share them 1, 1, 1; three levels: nothing else in the library's data looks like it
    private static List<nint> Tables()
    {
        int[] wanted = [.. Row(1), .. Row(1), Levels];
        var tables = new List<nint>();
        foreach (var (from, to) in Data())
        {
            var words = new ReadOnlySpan<int>((void*)from, (int)((to - from) / sizeof(int)));
            for (var at = 0; words[at..].IndexOf(wanted) is >= 0 and var next; at += next + 1)
            {
                tables.Add((nint)(from + (at + next) * sizeof(int)));
            }
        }
        return tables;

        static IEnumerable<int> Row(int value) => Enumerable.Repeat(value, Levels).Concat(Enumerable.Repeat(0, Most - Levels));
    }

    // the writable memory of libtorch_cpu.so, with what follows it without a file
    private static IEnumerable<(long From, long To)> Data()
    {
        var within = false;
        foreach (var (from, to, rights, file) in Maps())
        {
            within = file.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal) || (within && file.Length == 0);
            if (within && rights.StartsWith("rw", StringComparison.Ordinal))
            {
                yield return (from, to);
            }
        }
    }

    private static IEnumerable<(long From, long To, string Rights, string File)> Maps()
    {
        foreach (var line in File.ReadAllLines("/proc/self/maps"))
        {
            var parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries); // addresses, rights, offset, device, inode, file
            var ends = parts[0].Split('-');
            yield return (Address(ends[0]), Address(ends[1]), parts[1], parts.Length > 5 ? parts[5].Trim() : "");
        }

        static long Address(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
