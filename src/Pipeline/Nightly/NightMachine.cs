using System.Globalization;
using System.Runtime.InteropServices;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Nightly;

/// <summary>The machine in words; nights are compared where these are the same.</summary>
internal static class NightMachine
{
    /// <summary><c>AMD EPYC (avx2 avx512f), 2 cores, 24 GB, linux-x64</c>, with the nightly file's own words behind.</summary>
    public static string Words(string own)
    {
        var processor = Processor.This;
        var gigabytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9);
        var model = processor.Model.Length > 0 ? processor.Model : "processor";
        var words = string.Create(CultureInfo.InvariantCulture, $"{model} ({processor}), {Environment.ProcessorCount} "
            + $"core{(Environment.ProcessorCount == 1 ? "" : "s")}, {gigabytes:0} GB, {RuntimeInformation.RuntimeIdentifier}");
        return own.Length == 0 ? words : $"{words}; {own}";
    }
}
