using System.Diagnostics;
using System.Globalization;

namespace Odm.Engine.Kernels;

/// <summary>
/// A switch of the tests alone: with <c>ODM_TEST_SLOWED_KERNELS=N</c> in the environment each loop of the engine's own kernels waits N
/// times as long as it took, so that the nightly benchmark can be seen to find a slower kernel. Results stay as they are.
/// </summary>
internal static class SlowedKernels
{
    /// <summary>How many times a loop's own time is waited; 0 unless the environment says otherwise.</summary>
    public static double Factor { get; } = Read(Environment.GetEnvironmentVariable("ODM_TEST_SLOWED_KERNELS"));

    /// <summary>Waits, awake, for a loop that began at a time.</summary>
    public static void Wait(long began)
    {
        var until = Stopwatch.GetTimestamp() + (long)(Factor * (Stopwatch.GetTimestamp() - began));
        while (Stopwatch.GetTimestamp() < until)
        {
            Thread.SpinWait(20);
        }
    }

    private static double Read(string? text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) && factor > 0 ? factor : 0;
}
